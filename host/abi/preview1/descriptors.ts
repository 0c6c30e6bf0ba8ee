import { closeDescriptor, setStatusFlags } from "../../core/descriptors.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import type { FileStatus } from "../../core/kernel.js";
import {
  EINVAL,
  O_APPEND,
  O_NONBLOCK,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";

const FDFLAGS_APPEND = 1;
const FDFLAGS_NONBLOCK = 4;

const FILETYPES: Readonly<Record<number, number>> = {
  [S_IFBLK]: 1,
  [S_IFCHR]: 2,
  [S_IFDIR]: 3,
  [S_IFREG]: 4,
  [S_IFLNK]: 7,
};
const FILETYPE_UNKNOWN = 0;
const FILETYPE_CHARACTER_DEVICE = 2;
const FILETYPE_SOCKET_DGRAM = 5;
const FILETYPE_SOCKET_STREAM = 6;

const RIGHTS_ALL = (1n << 30n) - 1n;
/** fd_seek, fd_tell: wasi-libc takes a character device without them for a terminal. */
const RIGHTS_SEEK = (1n << 2n) | (1n << 5n);

const SIZEOF_FILESTAT = 64;

/** `fd_close(fd) -> errno` */
export function fd_close({ core }: AbiContext, fd: number): SysResult {
  return closeDescriptor(core, fd);
}

/** `fd_read(fd, iovs: *const iovec, iovs_len, nread: *mut size) -> errno` */
export function fd_read(
  { core, memory }: AbiContext,
  fd: number,
  iovs: number,
  count: number,
  nread: number,
): SysResult {
  memory.reserve(nread, 4);
  const result = core.kernel.readv(core.fds.hostFd(fd), iovs, count);
  if (!isErrno(result)) memory.setUint32(nread, result);
  return result;
}

/** `fd_write(fd, iovs: *const ciovec, iovs_len, nwritten: *mut size) -> errno` */
export function fd_write(
  { core, memory }: AbiContext,
  fd: number,
  iovs: number,
  count: number,
  nwritten: number,
): SysResult {
  memory.reserve(nwritten, 4);
  const result = core.kernel.writev(core.fds.hostFd(fd), iovs, count);
  if (!isErrno(result)) memory.setUint32(nwritten, result);
  return result;
}

/**
 * `fd_fdstat_get(fd, buf: *mut fdstat) -> errno`
 *
 * ```text
 * struct fdstat: 0 u8 filetype, 2 u16 flags, 8 u64 rights_base, 16 u64 rights_inheriting
 * ```
 */
export function fd_fdstat_get({ core, memory }: AbiContext, fd: number, buf: number): SysResult {
  memory.reserve(buf, 24);
  const hostFd = core.fds.hostFd(fd);
  const status = core.kernel.fstat(hostFd);
  if (isErrno(status)) return status;
  const flags = core.kernel.getStatusFlags(hostFd);
  if (isErrno(flags)) return flags;
  const filetype = filetypeOf(core.fds.socket(fd), status);
  const rights = filetype === FILETYPE_CHARACTER_DEVICE ? RIGHTS_ALL & ~RIGHTS_SEEK : RIGHTS_ALL;
  memory.bytes(buf, 24).fill(0);
  memory.setUint8(buf, filetype);
  memory.setUint16(buf + 2, (flags & O_NONBLOCK ? FDFLAGS_NONBLOCK : 0) | (flags & O_APPEND ? FDFLAGS_APPEND : 0));
  memory.setBigUint64(buf + 8, rights);
  memory.setBigUint64(buf + 16, rights);
  return 0;
}

/** `fd_fdstat_set_flags(fd, flags: fdflags) -> errno`: NONBLOCK can change, APPEND must be what it is. */
export function fd_fdstat_set_flags({ core }: AbiContext, fd: number, flags: number): SysResult {
  const current = core.kernel.getStatusFlags(core.fds.hostFd(fd));
  if (isErrno(current)) return current;
  if ((flags & ~FDFLAGS_NONBLOCK) !== (current & O_APPEND ? FDFLAGS_APPEND : 0)) return -EINVAL;
  return setStatusFlags(core, fd, flags & FDFLAGS_NONBLOCK ? O_NONBLOCK : 0);
}

/**
 * `fd_filestat_get(fd, buf: *mut filestat) -> errno`
 *
 * ```text
 * struct filestat: 0 u64 dev, 8 u64 ino, 16 u8 filetype, 24 u64 nlink, 32 u64 size, 40 u64 atim, 48 mtim, 56 ctim
 * ```
 */
export function fd_filestat_get({ core, memory }: AbiContext, fd: number, buf: number): SysResult {
  memory.reserve(buf, SIZEOF_FILESTAT);
  const status = core.kernel.fstat(core.fds.hostFd(fd));
  if (isErrno(status)) return status;
  memory.setBigUint64(buf, status.dev);
  memory.setBigUint64(buf + 8, status.ino);
  memory.setBigUint64(buf + 16, BigInt(filetypeOf(core.fds.socket(fd), status)));
  memory.setBigUint64(buf + 24, status.nlink);
  memory.setBigUint64(buf + 32, status.size);
  memory.setBigUint64(buf + 40, status.atim);
  memory.setBigUint64(buf + 48, status.mtim);
  memory.setBigUint64(buf + 56, status.ctim);
  return 0;
}

/** preview1 knows two kinds of sockets; seqpacket, connected as it is, is a stream to it. */
function filetypeOf(socket: unknown, { mode }: FileStatus): number {
  if ((mode & S_IFMT) !== S_IFSOCK) return FILETYPES[mode & S_IFMT] ?? FILETYPE_UNKNOWN;
  const type = typeof socket === "object" ? (socket as { type: number }).type : SOCK_STREAM;
  const isDatagram = type !== SOCK_STREAM && type !== SOCK_SEQPACKET;
  return isDatagram ? FILETYPE_SOCKET_DGRAM : FILETYPE_SOCKET_STREAM;
}
