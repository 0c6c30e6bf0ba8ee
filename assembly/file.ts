// Files: open(), lstat(), fstat() and what st_mode says. Programs import them from
// sockyard/socket.

import * as sys from "./bindings/berkeley";
import { fail, settle } from "./errno";
import { EINVAL, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG } from "./linux.generated";
import { pointer } from "./pointer";
import { Stat } from "./struct";

/**
 * `int open(const char *pathname, int flags, mode_t mode)`: opens a file, and with
 * O_CREAT makes it, with `mode` as its permissions.
 *
 * A socket file cannot be opened: ENXIO; connect() reaches it. EINVAL if the path
 * holds a NUL. open(2)
 */
export function open(pathname: string, flags: i32, mode: u32 = 0): i32 {
  if (pathname.includes("\0")) return fail(EINVAL);
  return settle(sys.open(pointer(String.UTF8.encode(pathname, true)), flags, mode));
}

/**
 * `int lstat(const char *pathname, struct stat *statbuf)`: stat() that tells of a
 * symbolic link itself. EINVAL if the path holds a NUL. stat(2)
 */
export function lstat(pathname: string, statbuf: Stat): i32 {
  if (pathname.includes("\0")) return fail(EINVAL);
  return settle(sys.lstat(pointer(String.UTF8.encode(pathname, true)), pointer(statbuf)));
}

/** `int fstat(int fd, struct stat *statbuf)`: stat() of what is open, which takes no right. stat(2) */
export function fstat(fd: i32, statbuf: Stat): i32 {
  return settle(sys.fstat(fd, pointer(statbuf)));
}

/** `S_ISREG(m)`: tells whether `st_mode` is that of a regular file. inode(7) */
// @ts-ignore: decorator
@inline
export function S_ISREG(mode: u32): bool {
  return (mode & S_IFMT) == S_IFREG;
}

/** `S_ISDIR(m)`: tells whether `st_mode` is that of a directory. inode(7) */
// @ts-ignore: decorator
@inline
export function S_ISDIR(mode: u32): bool {
  return (mode & S_IFMT) == S_IFDIR;
}

/** `S_ISLNK(m)`: tells whether `st_mode` is that of a symbolic link. inode(7) */
// @ts-ignore: decorator
@inline
export function S_ISLNK(mode: u32): bool {
  return (mode & S_IFMT) == S_IFLNK;
}

/** `S_ISFIFO(m)`: tells whether `st_mode` is that of a pipe. inode(7) */
// @ts-ignore: decorator
@inline
export function S_ISFIFO(mode: u32): bool {
  return (mode & S_IFMT) == S_IFIFO;
}

/** `S_ISCHR(m)`: tells whether `st_mode` is that of a character device. inode(7) */
// @ts-ignore: decorator
@inline
export function S_ISCHR(mode: u32): bool {
  return (mode & S_IFMT) == S_IFCHR;
}

/** `S_ISBLK(m)`: tells whether `st_mode` is that of a block device. inode(7) */
// @ts-ignore: decorator
@inline
export function S_ISBLK(mode: u32): bool {
  return (mode & S_IFMT) == S_IFBLK;
}
