import type { SysResult } from "../../core/errno.js";
import { CLOCK_THREAD_CPUTIME_ID, EINVAL } from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";

/** preview1 numbers its four clocks as Linux does; the others of Linux are not for guests. */
function isKnown(clock: number): boolean {
  return clock >= 0 && clock <= CLOCK_THREAD_CPUTIME_ID;
}

/** `clock_res_get(id: clockid, resolution: *mut timestamp) -> errno`, in nanoseconds. */
export function clock_res_get({ core }: AbiContext, clock: number, resolution: number): SysResult {
  return isKnown(clock) ? core.kernel.clockGetres(clock, resolution) : -EINVAL;
}

/** `clock_time_get(id: clockid, precision: timestamp, time: *mut timestamp) -> errno`, in nanoseconds. */
export function clock_time_get({ core }: AbiContext, clock: number, time: number): SysResult {
  return isKnown(clock) ? core.kernel.clockGettime(clock, time) : -EINVAL;
}

/** `random_get(buf: *mut u8, buf_len: size) -> errno` */
export function random_get({ core }: AbiContext, buf: number, length: number): SysResult {
  return core.kernel.getrandom(buf, length);
}
