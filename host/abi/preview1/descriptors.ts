import { closeDescriptor, renumberDescriptor, setAppend, setStatusFlags } from "../../core/descriptors.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import { EBADF, EINVAL, O_APPEND, O_DSYNC, O_NONBLOCK, O_SYNC } from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";
import { ENOTCAPABLE } from "./errno.js";
import { FILETYPE_CHARACTER_DEVICE, filetypeOf } from "./filetype.js";
import { descriptorWith, fileOf, rightsOf } from "./rights.js";

const FDFLAGS_APPEND = 1;
const FDFLAGS_DSYNC = 2;
const FDFLAGS_NONBLOCK = 4;
const FDFLAGS_RSYNC = 8;
const FDFLAGS_SYNC = 16;
/** What cannot change once a file is open. */
const FDFLAGS_OF_OPEN = FDFLAGS_DSYNC | FDFLAGS_RSYNC | FDFLAGS_SYNC;

/** wasi-libc takes a character device without them for a terminal. */
const RIGHTS_SEEK = rightsOf("FD_SEEK", "FD_TELL");

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
  const hostFd = descriptorWith(core, fd, "FD_READ");
  if (isErrno(hostFd)) return hostFd;
  memory.reserve(nread, 4);
  const result = core.kernel.readv(hostFd, iovs, count);
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
  const hostFd = descriptorWith(core, fd, "FD_WRITE");
  if (isErrno(hostFd)) return hostFd;
  memory.reserve(nwritten, 4);
  const result = core.kernel.writev(hostFd, iovs, count);
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
  const { rights, inheriting } = fileOf(core, fd);
  const withheld = filetype === FILETYPE_CHARACTER_DEVICE ? RIGHTS_SEEK : 0n;
  memory.bytes(buf, 24).fill(0);
  memory.setUint8(buf, filetype);
  memory.setUint16(buf + 2, fdflagsOf(flags));
  memory.setBigUint64(buf + 8, rights & ~withheld);
  memory.setBigUint64(buf + 16, inheriting & ~withheld);
  return 0;
}

function fdflagsOf(flags: number): number {
  return (
    (flags & O_NONBLOCK ? FDFLAGS_NONBLOCK : 0) |
    (flags & O_APPEND ? FDFLAGS_APPEND : 0) |
    ((flags & O_SYNC) === O_SYNC ? FDFLAGS_SYNC : flags & O_DSYNC ? FDFLAGS_DSYNC : 0)
  );
}

/** Linux's status flags of fdflags; null for what is none. Reads are as synchronized as all else (open(2), O_RSYNC). */
export function statusFlagsOf(fdflags: number): number | null {
  if ((fdflags & ~(FDFLAGS_APPEND | FDFLAGS_NONBLOCK | FDFLAGS_OF_OPEN)) !== 0) return null;
  return (
    (fdflags & FDFLAGS_NONBLOCK ? O_NONBLOCK : 0) |
    (fdflags & FDFLAGS_APPEND ? O_APPEND : 0) |
    (fdflags & FDFLAGS_DSYNC ? O_DSYNC : 0) |
    (fdflags & (FDFLAGS_SYNC | FDFLAGS_RSYNC) ? O_SYNC : 0)
  );
}

/** `fd_fdstat_set_flags(fd, flags: fdflags) -> errno`: NONBLOCK, and APPEND of files that path_open opened; the others must be what they are. */
export function fd_fdstat_set_flags({ core }: AbiContext, fd: number, flags: number): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_FDSTAT_SET_FLAGS");
  if (isErrno(hostFd)) return hostFd;
  const current = core.kernel.getStatusFlags(hostFd);
  if (isErrno(current)) return current;
  const isOwn = core.fds.file(fd)?.isOwn === true;
  const changeable = FDFLAGS_NONBLOCK | (isOwn ? FDFLAGS_APPEND : 0);
  if (((flags ^ fdflagsOf(current)) & ~changeable) !== 0) return -EINVAL;
  const nonblock = setStatusFlags(core, fd, flags & FDFLAGS_NONBLOCK ? O_NONBLOCK : 0);
  return nonblock || (isOwn ? setAppend(core, fd, (flags & FDFLAGS_APPEND) !== 0) : 0);
}

/** `fd_fdstat_set_rights(fd, fs_rights_base: rights, fs_rights_inheriting: rights) -> errno`: rights can be given up, and never come back: NOTCAPABLE. */
export function fd_fdstat_set_rights({ core }: AbiContext, fd: number, base: bigint, inheriting: bigint): SysResult {
  if (!core.fds.isOpen(fd)) return -EBADF;
  const file = fileOf(core, fd);
  if ((base & ~file.rights) !== 0n || (inheriting & ~file.inheriting) !== 0n) return -ENOTCAPABLE;
  file.rights = base;
  file.inheriting = inheriting;
  core.fds.setFile(fd, file);
  return 0;
}

/** `fd_renumber(fd, to: fd) -> errno`: both are open, and `to` is closed first; of a directory it takes the name along. */
export function fd_renumber({ core }: AbiContext, fd: number, to: number): SysResult {
  return renumberDescriptor(core, fd, to);
}
