// Files at a place of one's choice: the calls of wasi_snapshot_preview1, with Linux's errnos.

import { fd_pread, fd_pwrite, fd_seek } from "../bindings/preview1";
import { EIO } from "../linux.generated";

/** Linux's errnos in the order of preview1's, which are numbered by their names. */
// @ts-ignore: decorator
@lazy const ERRNOS: StaticArray<u8> = [
  0, 7, 13, 98, 99, 97, 11, 114, 9, 74, 16, 125, 10, 103, 111, 104, 35, 89, 33, 122, 17, 14, 27, 113, 43, 84, 115, 4,
  22, 5, 106, 21, 40, 24, 31, 90, 72, 36, 100, 102, 101, 23, 105, 19, 2, 8, 37, 67, 12, 42, 92, 28, 38, 107, 20, 39,
  131, 88, 95, 25, 6, 75, 130, 1, 32, 71, 93, 91, 34, 30, 29, 3, 116, 110, 26, 18,
];

const result: usize = memory.data(8, 8);
const iovec: usize = memory.data(8, 4);

/** The negated errno of Linux for one of preview1. */
function negated(wasi: i32): i32 {
  return wasi < ERRNOS.length ? -<i32>ERRNOS[wasi] : -EIO;
}

/** lseek(2): the new position, or a negated errno. */
export function seekIn(fd: i32, offset: i64, whence: i32): i64 {
  const error = fd_seek(fd, offset, whence, result);
  return error != 0 ? negated(error) : load<i64>(result);
}

/** pread(2): how many bytes were read to `at`, or a negated errno. */
export function readFrom(fd: i32, at: usize, count: i32, offset: i64): i32 {
  setBuffer(at, count);
  const error = fd_pread(fd, iovec, 1, offset, result);
  return error != 0 ? negated(error) : load<i32>(result);
}

/** pwrite(2): how many bytes of those at `at` were written, or a negated errno. */
export function writeTo(fd: i32, at: usize, count: i32, offset: i64): i32 {
  setBuffer(at, count);
  const error = fd_pwrite(fd, iovec, 1, offset, result);
  return error != 0 ? negated(error) : load<i32>(result);
}

function setBuffer(at: usize, count: i32): void {
  store<usize>(iovec, at);
  store<i32>(iovec, count, 4);
}
