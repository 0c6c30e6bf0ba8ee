import { isErrno, type SysResult } from "../../core/errno.js";
import { openFile } from "../../core/file.js";
import type { FileStatus } from "../../core/kernel.js";
import { EBADF, ENAMETOOLONG, ENOENT } from "../../core/linux.generated.js";
import { statPath, unlinkPath } from "../../core/unix-path.js";
import type { AbiContext } from "../imports.js";
import type { GuestMemory } from "../memory.js";

const PATH_MAX = 4096;
const SIZEOF_STAT = 144;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/**
 * `int open(const char *path, int flags, mode_t mode)`
 *
 * Judged by the rights to read and to write, on the real path of the very file. ENXIO for a socket file, EISDIR for a
 * directory, EINVAL for flags that are not honored, EPERM for a new file with S_ISUID or S_ISGID; never waits for the
 * other end of a FIFO. ENOENT, EEXIST: open(2).
 */
export function open({ core, memory }: AbiContext, path: number, flags: number, mode: number): SysResult {
  const name = readPath(memory, path);
  return isErrno(name) ? name : openFile(core, name, flags, mode);
}

/**
 * `int stat(const char *path, struct stat *statbuf)`
 *
 * Of socket files within the rights to connect or listen, of any within the right to read. ENOENT, ENAMETOOLONG: stat(2).
 */
export function stat(context: AbiContext, path: number, statbuf: number): SysResult {
  return statOf(context, path, statbuf, true);
}

/**
 * `int lstat(const char *path, struct stat *statbuf)`
 *
 * stat of the symbolic link itself, if `path` is one: that wants the right to read. stat(2).
 */
export function lstat(context: AbiContext, path: number, statbuf: number): SysResult {
  return statOf(context, path, statbuf, false);
}

/**
 * `int fstat(int fd, struct stat *statbuf)`
 *
 * Of whatever is open, without any right. EBADF: stat(2).
 */
export function fstat({ core, memory }: AbiContext, fd: number, statbuf: number): SysResult {
  const hostFd = core.fds.hostFd(fd);
  if (hostFd < 0) return -EBADF;
  memory.reserve(statbuf, SIZEOF_STAT);
  const status = core.kernel.fstat(hostFd);
  if (isErrno(status)) return status;
  writeStat(memory, statbuf, status);
  return 0;
}

function statOf({ core, memory }: AbiContext, path: number, statbuf: number, follow: boolean): SysResult {
  const name = readPath(memory, path);
  if (isErrno(name)) return name;
  memory.reserve(statbuf, SIZEOF_STAT);
  const status = statPath(core, name, follow);
  if (isErrno(status)) return status;
  writeStat(memory, statbuf, status);
  return 0;
}

/**
 * `int unlink(const char *path)`
 *
 * Of socket files within the right to listen, of any within the right to write. ENOENT, ENAMETOOLONG: unlink(2).
 */
export function unlink({ core, memory }: AbiContext, path: number): SysResult {
  const name = readPath(memory, path);
  return isErrno(name) ? name : unlinkPath(core, name);
}

function readPath(memory: GuestMemory, path: number): Uint8Array | SysResult {
  const name = memory.cString(path, PATH_MAX);
  if (name === null) return -ENAMETOOLONG;
  return name.length === 0 ? -ENOENT : name;
}

/**
 * ```text
 * struct stat, as wasi-libc lays it out for wasm32
 *   0 u64 st_dev    8 u64 st_ino      16 u64 st_nlink  24 u32 st_mode
 *  28 u32 st_uid   32 u32 st_gid      40 u64 st_rdev   48 i64 st_size
 *  56 i32 st_blksize                  64 i64 st_blocks
 *  72 i64, 80 i32  st_atim            88 i64, 96 i32 st_mtim    104 i64, 112 i32 st_ctim
 * ```
 */
function writeStat(memory: GuestMemory, statbuf: number, status: FileStatus): void {
  memory.bytes(statbuf, SIZEOF_STAT).fill(0);
  memory.setBigUint64(statbuf, status.dev);
  memory.setBigUint64(statbuf + 8, status.ino);
  memory.setBigUint64(statbuf + 16, status.nlink);
  memory.setUint32(statbuf + 24, status.mode);
  memory.setUint32(statbuf + 28, status.uid);
  memory.setUint32(statbuf + 32, status.gid);
  memory.setBigUint64(statbuf + 40, status.rdev);
  memory.setBigUint64(statbuf + 48, status.size);
  memory.setUint32(statbuf + 56, status.blksize);
  memory.setBigUint64(statbuf + 64, status.blocks);
  writeTimespec(memory, statbuf + 72, status.atim);
  writeTimespec(memory, statbuf + 88, status.mtim);
  writeTimespec(memory, statbuf + 104, status.ctim);
}

function writeTimespec(memory: GuestMemory, pointer: number, nanoseconds: bigint): void {
  memory.setBigUint64(pointer, nanoseconds / NANOSECONDS_PER_SECOND);
  memory.setUint32(pointer + 8, Number(nanoseconds % NANOSECONDS_PER_SECOND));
}
