import { isErrno, type SysResult } from "../../core/errno.js";
import {
  EINVAL,
  POSIX_FADV_DONTNEED,
  POSIX_FADV_NOREUSE,
  POSIX_FADV_NORMAL,
  POSIX_FADV_RANDOM,
  POSIX_FADV_SEQUENTIAL,
  POSIX_FADV_WILLNEED,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
} from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";
import { descriptorWith } from "./rights.js";

const WHENCES: readonly number[] = [SEEK_SET, SEEK_CUR, SEEK_END];

const ADVICES: readonly number[] = [
  POSIX_FADV_NORMAL,
  POSIX_FADV_SEQUENTIAL,
  POSIX_FADV_RANDOM,
  POSIX_FADV_WILLNEED,
  POSIX_FADV_DONTNEED,
  POSIX_FADV_NOREUSE,
];

/** `fd_pread(fd, iovs: *const iovec, iovs_len, offset: filesize, nread: *mut size) -> errno` */
export function fd_pread(
  { core, memory }: AbiContext,
  fd: number,
  iovs: number,
  count: number,
  offset: bigint,
  nread: number,
): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_READ");
  if (isErrno(hostFd)) return hostFd;
  memory.reserve(nread, 4);
  const result = core.kernel.preadv(hostFd, iovs, count, offset);
  if (!isErrno(result)) memory.setUint32(nread, result);
  return result;
}

/** `fd_pwrite(fd, iovs: *const ciovec, iovs_len, offset: filesize, nwritten: *mut size) -> errno`: at the end where APPEND is set, as Linux has it. */
export function fd_pwrite(
  { core, memory }: AbiContext,
  fd: number,
  iovs: number,
  count: number,
  offset: bigint,
  nwritten: number,
): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_WRITE");
  if (isErrno(hostFd)) return hostFd;
  memory.reserve(nwritten, 4);
  const result = core.kernel.pwritev(hostFd, iovs, count, offset);
  if (!isErrno(result)) memory.setUint32(nwritten, result);
  return result;
}

/** `fd_seek(fd, offset: filedelta, whence, newoffset: *mut filesize) -> errno`: SPIPE for sockets and pipes. */
export function fd_seek(
  { core, memory }: AbiContext,
  fd: number,
  offset: bigint,
  whence: number,
  newOffset: number,
): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_SEEK");
  if (isErrno(hostFd)) return hostFd;
  const linuxWhence = WHENCES[whence];
  if (linuxWhence === undefined) return -EINVAL;
  memory.reserve(newOffset, 8);
  const position = core.kernel.seek(hostFd, BigInt.asIntN(64, offset), linuxWhence);
  if (position < 0n) return Number(position);
  memory.setBigUint64(newOffset, position);
  return 0;
}

/** `fd_tell(fd, offset: *mut filesize) -> errno` */
export function fd_tell({ core, memory }: AbiContext, fd: number, offset: number): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_TELL");
  if (isErrno(hostFd)) return hostFd;
  memory.reserve(offset, 8);
  const position = core.kernel.seek(hostFd, 0n, SEEK_CUR);
  if (position < 0n) return Number(position);
  memory.setBigUint64(offset, position);
  return 0;
}

/** `fd_advise(fd, offset: filesize, len: filesize, advice) -> errno` */
export function fd_advise({ core }: AbiContext, fd: number, offset: bigint, size: bigint, advice: number): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_ADVISE");
  if (isErrno(hostFd)) return hostFd;
  const linuxAdvice = ADVICES[advice];
  return linuxAdvice === undefined ? -EINVAL : core.kernel.advise(hostFd, offset, size, linuxAdvice);
}

/** `fd_allocate(fd, offset: filesize, len: filesize) -> errno` */
export function fd_allocate({ core }: AbiContext, fd: number, offset: bigint, size: bigint): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_ALLOCATE");
  return isErrno(hostFd) ? hostFd : core.kernel.allocate(hostFd, offset, size);
}

/** `fd_filestat_set_size(fd, size: filesize) -> errno` */
export function fd_filestat_set_size({ core }: AbiContext, fd: number, size: bigint): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_FILESTAT_SET_SIZE");
  return isErrno(hostFd) ? hostFd : core.kernel.truncate(hostFd, size);
}

/** `fd_sync(fd) -> errno` */
export function fd_sync({ core }: AbiContext, fd: number): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_SYNC");
  return isErrno(hostFd) ? hostFd : core.kernel.sync(hostFd);
}

/** `fd_datasync(fd) -> errno` */
export function fd_datasync({ core }: AbiContext, fd: number): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_DATASYNC");
  return isErrno(hostFd) ? hostFd : core.kernel.datasync(hostFd);
}
