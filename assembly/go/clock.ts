import { clock_time_get } from "../bindings/preview1";

// @ts-ignore: decorator
@inline
const REALTIME: i32 = 0;
// @ts-ignore: decorator
@inline
const MONOTONIC: i32 = 1;

const time: usize = memory.data(8, 8);

/** Nanoseconds of a clock that only ever goes forward. */
export function monotonic(): i64 {
  clock_time_get(MONOTONIC, 0, time);
  return load<i64>(time);
}

/** Nanoseconds since 1970-01-01 00:00 UTC. */
export function realtime(): i64 {
  clock_time_get(REALTIME, 0, time);
  return load<i64>(time);
}
