import { cpuTime, watchCancel } from "../kernel/cancel.js";

/** What a worker says first: how many milliseconds of processor time its thread has used before the guest's first. */
export interface Began {
  readonly began: number;
}

/** Makes the calling thread the guest's; from here on its processor time counts. */
export function beginGuest(cancelFd: number): Began {
  watchCancel(cancelFd);
  return { began: cpuTime(cancelFd) };
}

/** A guest that idles just below its limit is looked at so often, in milliseconds, and may pass it by as much. */
const INTERVAL = 10;

/** The longest that a timer of Node's can wait: 24.8 days. */
export const LONGEST = 2 ** 31 - 1;

/**
 * Calls `onReached` once the guest's thread has used `limit` milliseconds of processor time in all.
 *
 * A thread uses no more than passes, so there is nothing to look at before what is left has passed. The function that
 * is returned stops the watch.
 */
export function watchProcessorTime(cancelFd: number, limit: number, onReached: () => void): () => void {
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const used = cpuTime(cancelFd);
    if (used < 0) return;
    if (used >= limit) onReached();
    else timer = setTimeout(look, Math.min(Math.max(limit - used, INTERVAL), LONGEST));
  };
  look();
  return () => clearTimeout(timer);
}
