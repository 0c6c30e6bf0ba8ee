import type { SysResult } from "../core/errno.js";

// struct iovec of wasm32
//   0 u32 iov_base
//   4 u32 iov_len
const SIZEOF_IOVEC = 8;

/** UIO_MAXIOV */
const MOST = 1024;

/** The bytes of `count` iovecs at `pointer`; 0 for those that no call would take. */
export function vectorSize(memory: WebAssembly.Memory | null, pointer: number, count: number): number {
  const view = viewOf(memory, pointer, count);
  let size = 0;
  for (let i = 0; view !== null && i < count; i++) size += view.getUint32(i * SIZEOF_IOVEC + 4, true);
  return size;
}

/**
 * Makes a call with as many of `count` iovecs at `pointer` as hold `most` bytes.
 *
 * The kernel reads them where the guest has them, so the last is made shorter for as long as the call takes.
 */
export function clippedVector(
  memory: WebAssembly.Memory | null,
  pointer: number,
  count: number,
  most: number,
  call: (count: number) => SysResult,
): SysResult {
  const view = viewOf(memory, pointer, count);
  let left = most;
  for (let i = 0; view !== null && i < count; i++) {
    const at = i * SIZEOF_IOVEC + 4;
    const length = view.getUint32(at, true);
    if (length > left) {
      view.setUint32(at, left, true);
      const result = call(i + 1);
      view.setUint32(at, length, true);
      return result;
    }
    left -= length;
  }
  return call(count);
}

function viewOf(memory: WebAssembly.Memory | null, pointer: number, count: number): DataView | null {
  const start = pointer >>> 0;
  if (memory === null || count <= 0 || count > MOST) return null;
  if (start + count * SIZEOF_IOVEC > memory.buffer.byteLength) return null;
  return new DataView(memory.buffer, start, count * SIZEOF_IOVEC);
}
