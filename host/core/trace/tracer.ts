import type { SysResult } from "../errno.js";
import type { Verdict } from "../permissions/question.js";

/** One call that a guest made, as a tracer sees it when the call has returned. */
export interface CallEvent {
  /** Counts from 1 in each guest. */
  readonly sequence: number;
  /** Seconds since the guest started. */
  readonly time: number;
  /** Seconds that the call took, waiting included. */
  readonly duration: number;
  readonly call: string;
  /** Each argument in strace's notation, guest text escaped. */
  readonly arguments: readonly string[];
  readonly result: SysResult;
  /** What policy said, where it was asked. */
  readonly verdict: Verdict | null;
}

/** Receives each event; chosen when a guest's imports are built, so that untraced guests never ask. */
export type Tracer = (event: CallEvent) => void;
