import { acceptSocket } from "../../core/accept.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import {
  EINVAL,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
} from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";

const FDFLAGS_NONBLOCK = 4;
const RECV_PEEK = 1;
const RECV_WAITALL = 2;
const RECV_DATA_TRUNCATED = 1;
const HOWS: Readonly<Record<number, number>> = { 1: SHUT_RD, 2: SHUT_WR, 3: SHUT_RDWR };

/** `sock_accept(fd, flags: fdflags, fd: *mut fd) -> errno` */
export function sock_accept({ core, memory }: AbiContext, fd: number, flags: number, newFd: number): SysResult {
  const listener = core.fds.socket(fd);
  if (isErrno(listener)) return listener;
  if ((flags & ~FDFLAGS_NONBLOCK) !== 0) return -EINVAL;
  memory.reserve(newFd, 4);
  const nonblock = flags & FDFLAGS_NONBLOCK ? SOCK_NONBLOCK : 0;
  const accepted = acceptSocket(core, listener, core.fds.hostFd(fd), nonblock | SOCK_CLOEXEC);
  if (!isErrno(accepted)) memory.setUint32(newFd, accepted);
  return accepted;
}

/** `sock_recv(fd, ri_data: *const iovec, len, ri_flags, ro_datalen: *mut size, ro_flags: *mut roflags) -> errno` */
export function sock_recv(
  { core, memory }: AbiContext,
  fd: number,
  iovs: number,
  count: number,
  flags: number,
  dataLength: number,
  outFlags: number,
): SysResult {
  const socket = core.fds.socket(fd);
  if (isErrno(socket)) return socket;
  if ((flags & ~(RECV_PEEK | RECV_WAITALL)) !== 0) return -EINVAL;
  memory.reserve(dataLength, 4);
  memory.reserve(outFlags, 2);
  const linuxFlags = (flags & RECV_PEEK ? MSG_PEEK : 0) | (flags & RECV_WAITALL ? MSG_WAITALL : 0);
  const received = core.kernel.recvv(core.fds.hostFd(fd), iovs, count, linuxFlags);
  if (isErrno(received)) return received;
  memory.setUint32(dataLength, received);
  memory.setUint16(outFlags, core.kernel.messageFlags & MSG_TRUNC ? RECV_DATA_TRUNCATED : 0);
  return 0;
}

/** `sock_send(fd, si_data: *const ciovec, len, si_flags, so_datalen: *mut size) -> errno` */
export function sock_send(
  { core, memory }: AbiContext,
  fd: number,
  iovs: number,
  count: number,
  flags: number,
  dataLength: number,
): SysResult {
  const socket = core.fds.socket(fd);
  if (isErrno(socket)) return socket;
  if (flags !== 0) return -EINVAL;
  memory.reserve(dataLength, 4);
  const sent = core.kernel.sendv(core.fds.hostFd(fd), iovs, count, 0);
  if (!isErrno(sent)) memory.setUint32(dataLength, sent);
  return sent;
}

/** `sock_shutdown(fd, how: sdflags) -> errno`: RD is 1, WR is 2, both are 3. */
export function sock_shutdown({ core }: AbiContext, fd: number, how: number): SysResult {
  const socket = core.fds.socket(fd);
  if (isErrno(socket)) return socket;
  const linuxHow = HOWS[how];
  return linuxHow === undefined ? -EINVAL : core.kernel.shutdown(core.fds.hostFd(fd), linuxHow);
}
