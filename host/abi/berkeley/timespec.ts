import type { GuestMemory } from "../memory.js";

const NANOSECONDS_PER_SECOND = 1e9;

/**
 * The nanoseconds of a time span at `pointer`, or null if it is none: negative, or a second or more of nanoseconds.
 *
 * ```text
 * struct timespec, as C lays it out for wasm32: the last four bytes are padding, which Linux, too, ignores
 * of 32-bit programs (kernel/time/time.c, get_timespec64)
 *  0 i64 tv_sec
 *  8 i32 tv_nsec
 * ```
 */
export function readTimespec(memory: GuestMemory, pointer: number): number | null {
  memory.reserve(pointer, 16);
  const seconds = BigInt.asIntN(64, memory.getBigUint64(pointer));
  const nanoseconds = memory.getUint32(pointer + 8);
  if (seconds < 0n || nanoseconds >= NANOSECONDS_PER_SECOND) return null;
  return Number(seconds) * NANOSECONDS_PER_SECOND + nanoseconds;
}
