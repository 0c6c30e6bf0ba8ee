// How a program waits for a name server: the one place where netdb stands still.

import * as sys from "../bindings/berkeley";
import { clock_time_get } from "../bindings/preview1";
import { CLOCK_MONOTONIC, EINTR, ETIMEDOUT } from "../linux.generated";

const MILLISECOND: i64 = 1_000_000;
const pollfd: usize = memory.data(8, 4);
const time: usize = memory.data(8, 8);

/** Nanoseconds of a clock that no one sets. */
export function monotonic(): i64 {
  clock_time_get(CLOCK_MONOTONIC, 1, time);
  return load<i64>(time);
}

/** Waits for descriptors on behalf of look-ups. One waiter may serve several at once. */
export abstract class Waiter {
  /**
   * Waits until `fd` is ready for `events`, POLLIN or POLLOUT, or monotonic() is at
   * `deadline` (i64.MAX_VALUE: whatever it takes); 0, -ETIMEDOUT, or another negated errno.
   */
  abstract wait(fd: i32, events: i32, deadline: i64): i32;

  /** Why there is nothing to wait for any more, as a negated errno: asked before each query is sent. 0: there is. */
  check(): i32 {
    return 0;
  }

  /** Called before a descriptor that was waited for is closed. */
  forget(fd: i32): void {}
}

/** The program stands still until the wait is over. */
@final
export class PollWaiter extends Waiter {
  wait(fd: i32, events: i32, deadline: i64): i32 {
    while (true) {
      const left = deadline - monotonic();
      if (left <= 0) return -ETIMEDOUT;
      store<i32>(pollfd, fd);
      store<u32>(pollfd, events, 4);
      const limit = min<i64>((left - 1) / MILLISECOND + 1, i32.MAX_VALUE);
      const ready = sys.poll(pollfd, 1, <i32>limit);
      if (ready > 0) return 0;
      if (ready < 0 && ready != -EINTR) return ready;
    }
  }
}
