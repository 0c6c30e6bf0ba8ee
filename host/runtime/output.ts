import { writeAll } from "../kernel/write-all.js";

/** Writes text to a stream, unless that takes longer than it may. */
export type WriteText = (text: string) => void;

const encoder = new TextEncoder();

/** Writes to `hostFd` until the guest is cancelled: a stream that nobody reads must not outlast its time limit. */
export function cancellableOutput(hostFd: number, cancelFd: number): WriteText {
  return (text) => void writeAll(hostFd, encoder.encode(text), -1, cancelFd);
}

/** Writes to `hostFd`, and gives up a text that takes longer than `patience` milliseconds. */
export function impatientOutput(hostFd: number, patience: number): WriteText {
  return (text) => void writeAll(hostFd, encoder.encode(text), patience * 1e6, -1);
}
