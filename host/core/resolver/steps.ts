import { isErrno, type SysResult } from "../errno.js";
import type { Kernel } from "../kernel.js";
import { ETIMEDOUT } from "../linux.generated.js";

/** `performance.now()` at which to give up. */
export type Deadline = number;

export function deadlineIn(seconds: number): Deadline {
  return performance.now() + seconds * 1000;
}

/** What has to happen before the next step: `events` of a descriptor, or the deadline. */
export interface Wait {
  readonly hostFd: number;
  readonly events: number;
  readonly deadline: Deadline;
}

/**
 * Work that never blocks: it yields what it waits for, and is resumed with what poll(2) says of that, 0 at the
 * deadline. Whoever gives it up ends it with `return`, which closes what it has opened.
 */
export type Steps<Result> = Generator<Wait, Result, SysResult>;

/** Waits for `events` or an error; 0, or `-ETIMEDOUT` at the deadline. */
export function* waitFor(hostFd: number, events: number, deadline: Deadline): Steps<SysResult> {
  if (performance.now() >= deadline) return -ETIMEDOUT;
  const ready = yield { hostFd, events, deadline };
  if (isErrno(ready)) return ready;
  return ready === 0 ? -ETIMEDOUT : 0;
}

/** A time limit that is none. */
export const FOR_EVER = -1;

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** Polls one descriptor for up to `milliseconds`; 1, 0 when the time is up, or `-errno`. */
export function poll(kernel: Kernel, hostFd: number, events: number, milliseconds: number): SysResult {
  const pollfd = new Uint8Array(8);
  const view = new DataView(pollfd.buffer);
  view.setInt32(0, hostFd, true);
  view.setInt16(4, events, true);
  return kernel.poll(pollfd, 1, milliseconds * NANOSECONDS_PER_MILLISECOND);
}
