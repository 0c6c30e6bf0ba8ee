// The structs that calls read and fill, other than addresses. Fields have C's
// names, order and offsets, as 32-bit C lays them out.

import { S_IFMT, S_IFSOCK } from "./linux.generated";

/**
 * Structs one after another in memory, as a C array holds them.
 *
 * `T` is an unmanaged class; an element is a view that is valid for as long as
 * the array lives. An index past the end aborts.
 */
@final
export class StructArray<T> {
  /** For editors, which do not know operators. */
  [key: number]: T;

  constructor(length: i32) {
    if (<u32>length > 0x3fffffff / <u32>offsetof<T>()) throw new RangeError("Invalid length");
    const size = <usize>length * offsetof<T>();
    // @ts-ignore: runtime function
    const array = changetype<StructArray<T>>(__new(size, idof<StructArray<T>>()));
    memory.fill(changetype<usize>(array), 0, size);
    return array;
  }

  /** The number of elements. */
  get length(): i32 {
    return load<u32>(changetype<usize>(this) - 4) / <u32>offsetof<T>();
  }

  @operator("[]")
  private at(index: i32): T {
    if (<u32>index >= <u32>this.length) throw new RangeError("Index out of range");
    return changetype<T>(changetype<usize>(this) + <usize>index * offsetof<T>());
  }
}

// struct pollfd
//   0  i32  fd       negative: skip this element
//   4  i16  events   what to wait for
//   6  i16  revents  what happened
/** One descriptor that poll() waits for; make them with `new StructArray<Pollfd>(n)`. */
@unmanaged
@final
export class Pollfd {
  fd: i32;
  private wanted: i16;
  private happened: i16;

  /** What to wait for: POLLIN, POLLOUT, … */
  get events(): i32 {
    return this.wanted;
  }

  set events(value: i32) {
    this.wanted = <i16>value;
  }

  /** What has happened: those, and POLLERR, POLLHUP or POLLNVAL unasked. */
  get revents(): i32 {
    return this.happened;
  }
}

// struct iovec
//   0  usize  iov_base  the address, pointer(buffer)
//   4  usize  iov_len   bytes
/**
 * One buffer of readv() and writev(); make them with `new StructArray<Iovec>(n)`.
 *
 * An address does not keep its buffer alive: hold the buffer until the call has
 * returned. Nor is iov_len checked against it.
 */
@unmanaged
@final
export class Iovec {
  iov_base: usize;
  iov_len: usize;
}

// struct timeval
//   0  i64  tv_sec
//   8  i64  tv_usec
/** The value of SO_RCVTIMEO and SO_SNDTIMEO; both zero: no time limit. */
@final
export class Timeval {
  constructor(
    public tv_sec: i64 = 0,
    public tv_usec: i64 = 0,
  ) {}
}

// struct linger
//   0  i32  l_onoff   nonzero: close() waits for unsent data
//   4  i32  l_linger  seconds
/** The value of SO_LINGER. */
@final
export class Linger {
  constructor(
    public l_onoff: i32 = 0,
    public l_linger: i32 = 0,
  ) {}
}

// struct stat, as wasm32 C programs lay it out (wasi-libc)
//    0  u64  st_dev       48  i64  st_size
//    8  u64  st_ino       56  i32  st_blksize (4 bytes of padding)
//   16  u64  st_nlink     64  i64  st_blocks
//   24  u32  st_mode      72  i64  st_atim.tv_sec,  80  i32  .tv_nsec (padding)
//   28  u32  st_uid       88  i64  st_mtim.tv_sec,  96  i32  .tv_nsec (padding)
//   32  u32  st_gid      104  i64  st_ctim.tv_sec, 112  i32  .tv_nsec (padding)
//   40  u64  st_rdev     120  24 bytes unused
/** What stat() tells about a file. */
@final
export class Stat {
  st_dev: u64;
  st_ino: u64;
  st_nlink: u64;
  st_mode: u32;
  st_uid: u32;
  st_gid: u32;
  st_rdev: u64;
  st_size: i64;
  st_blksize: i32;
  st_blocks: i64;
  st_atim_sec: i64;
  st_atim_nsec: i32;
  st_mtim_sec: i64;
  st_mtim_nsec: i32;
  st_ctim_sec: i64;
  st_ctim_nsec: i32;
  private unused0: u64;
  private unused1: u64;
  private unused2: u64;
}

/** `S_ISSOCK(m)`: tells whether `st_mode` is that of a socket file. inode(7) */
// @ts-ignore: decorator
@inline
export function S_ISSOCK(mode: u32): bool {
  return (mode & S_IFMT) == S_IFSOCK;
}
