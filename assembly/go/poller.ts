// Waits for descriptors, on behalf of all goroutines.

import * as sys from "../bindings/berkeley";

/** Tells whether a goroutine waits for a descriptor. */
export function isPolling(): bool {
  return false;
}

/** Waits `delay` nanoseconds at most (-1: for ever) until a descriptor is ready. */
export function pollFor(delay: i64): void {
  sys.poll(0, 0, milliseconds(delay));
}

/** At least `delay` nanoseconds, as epoll_wait() takes them. */
function milliseconds(delay: i64): i32 {
  if (delay < 0) return -1;
  return <i32>min<i64>((delay + 999_999) / 1_000_000, i32.MAX_VALUE);
}
