import { errnoName } from "../core/errno.js";
import { ECANCELED } from "../core/linux.generated.js";
import { writeAll } from "../kernel/write-all.js";
import { stop } from "./stop.js";

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

/**
 * Writes what must not be lost to `hostFd`, in a call of the guest's: answers why it could not, or null.
 *
 * A guest that is cancelled while nobody reads ends there.
 */
export function auditOutput(hostFd: number, cancelFd: number): (text: string) => string | null {
  return (text) => {
    const result = writeAll(hostFd, encoder.encode(text), -1, cancelFd);
    if (result === -ECANCELED) stop("cancelled", { name: AUDIT, hostFds: [] });
    return result < 0 ? errnoName(-result) : null;
  };
}

/** What the guest was doing then. */
export const AUDIT = "audit";
