/**
 * Numbers in a few bytes.
 *
 * A DataView would first give a small array a buffer outside of V8's heap, which
 * costs more than all else that is done with it.
 */

/** The i32 at `at`. */
export function getInt32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** The u32 at `at`. */
export function getUint32(bytes: Uint8Array, at: number): number {
  return getInt32(bytes, at) >>> 0;
}

/** Puts the lowest 32 bits of `value` at `at`. */
export function setInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
  bytes[at + 2] = value >> 16;
  bytes[at + 3] = value >> 24;
}
