// Clocks: clock_gettime(). Programs import it from sockyard/socket.

import { clock_time_get } from "./bindings/preview1";
import { Timespec } from "./epoll";
import { fail } from "./errno";
import { EINVAL } from "./linux.generated";

const time: usize = memory.data(8, 8);

/**
 * `int clock_gettime(clockid_t clockid, struct timespec *tp)`: tells the time of a
 * clock: CLOCK_REALTIME since 1970, CLOCK_MONOTONIC since some moment that is the
 * same for the whole run. EINVAL for a clock that does not exist. clock_gettime(2)
 */
export function clock_gettime(clockid: i32, tp: Timespec): i32 {
  if (clock_time_get(clockid, 0, time) != 0) return fail(EINVAL);
  const nanoseconds = load<u64>(time);
  tp.tv_sec = nanoseconds / 1000000000;
  tp.tv_nsec = <i32>(nanoseconds % 1000000000);
  return 0;
}
