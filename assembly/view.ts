// Parts of a buffer without a new object for each.

/**
 * Has `view` show `count` bytes of its own buffer, from `start` on.
 *
 * For buffers that are lent for the time of a call: a writer or reader must not
 * keep what it is given, so one view serves for all calls.
 */
// @ts-ignore: decorator
@inline
export function show(view: Uint8Array, start: i32, count: i32): void {
  assert((<u64>(<u32>start)) + <u64>(<u32>count) <= <u64>(<u32>view.buffer.byteLength));
  const fields = changetype<usize>(view);
  store<usize>(fields, changetype<usize>(view.buffer) + <usize>start, offsetof<Uint8Array>("dataStart"));
  store<i32>(fields, count, offsetof<Uint8Array>("byteLength"));
}
