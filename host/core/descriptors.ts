import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import { describeSocket } from "./foreign-socket.js";
import {
  EBADF,
  EINVAL,
  EMFILE,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  FD_CLOEXEC,
  O_APPEND,
  O_NONBLOCK,
} from "./linux.generated.js";

/** Closes one guest descriptor; the last one of a socket waits as SO_LINGER asks. */
export function closeDescriptor(core: Core, fd: number): SysResult {
  const hostFd = core.fds.remove(fd);
  return hostFd === null ? 0 : isErrno(hostFd) ? hostFd : core.kernel.close(hostFd);
}

/** Gives `from` the number `to`, and closes what that was. */
export function renumberDescriptor(core: Core, from: number, to: number): SysResult {
  if (!core.fds.isOpen(from) || !core.fds.isOpen(to)) return -EBADF;
  if (from === to) return 0;
  // The errors of this close are lost, as those of dup2(2) are.
  closeDescriptor(core, to);
  core.fds.move(from, to);
  return 0;
}

/** Duplicates `fd` to the lowest free number >= `atLeast`; both share one socket. */
export function duplicateDescriptor(core: Core, fd: number, atLeast: number, closeOnExec: boolean): SysResult {
  if (!core.fds.isOpen(fd)) return -EBADF;
  if (atLeast < 0 || atLeast >= core.fds.limit) return -EINVAL;
  if (core.fds.isFull) return -EMFILE;
  const hostFd = core.kernel.dup(core.fds.hostFd(fd));
  if (isErrno(hostFd)) return hostFd;
  const socket = core.fds.socket(fd);
  const duplicate = core.fds.add(hostFd, isErrno(socket) ? undefined : socket, closeOnExec, atLeast);
  if (isErrno(duplicate)) core.kernel.close(hostFd);
  else core.fds.setFile(duplicate, core.fds.file(fd));
  return duplicate;
}

/** `fcntl(2)` for what concerns descriptors of sockets: duplicates, FD_CLOEXEC and O_NONBLOCK. */
export function controlDescriptor(core: Core, fd: number, command: number, argument: number): SysResult {
  if (!core.fds.isOpen(fd)) return -EBADF;
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return duplicateDescriptor(core, fd, argument, command === F_DUPFD_CLOEXEC);
    case F_GETFD:
      return core.fds.closeOnExec(fd) ? FD_CLOEXEC : 0;
    case F_SETFD:
      core.fds.setCloseOnExec(fd, (argument & FD_CLOEXEC) !== 0);
      return 0;
    case F_GETFL:
      return core.kernel.getStatusFlags(core.fds.hostFd(fd));
    case F_SETFL:
      return setStatusFlags(core, fd, argument);
    default:
      return -EINVAL;
  }
}

/**
 * Sets O_NONBLOCK; the other flags that F_SETFL can change mean nothing to a
 * socket (O_APPEND, O_DIRECT) or would signal the host (O_ASYNC), so they stay.
 */
export function setStatusFlags(core: Core, fd: number, flags: number): SysResult {
  const hostFd = core.fds.hostFd(fd);
  const current = core.kernel.getStatusFlags(hostFd);
  if (isErrno(current)) return current;
  const wanted = (current & ~O_NONBLOCK) | (flags & O_NONBLOCK);
  return wanted === current ? 0 : core.kernel.setStatusFlags(hostFd, wanted);
}

/** Sets O_APPEND of a file. Only for those that the guest opened: of others' it may be what protects them. */
export function setAppend(core: Core, fd: number, on: boolean): SysResult {
  const hostFd = core.fds.hostFd(fd);
  const current = core.kernel.getStatusFlags(hostFd);
  if (isErrno(current)) return current;
  const wanted = on ? current | O_APPEND : current & ~O_APPEND;
  return wanted === current ? 0 : core.kernel.setStatusFlags(hostFd, wanted);
}

/** Enters the host's standard input, output and error as 0, 1 and 2; each may be a socket. */
export function enterStandardDescriptors(core: Core): void {
  for (let hostFd = 0; hostFd <= 2; hostFd++) core.fds.addBorrowed(hostFd, describeSocket(core, hostFd));
}

/** Closes all that the guest left open. An exit does not linger (net/ipv4/af_inet.c, inet_release). */
export function closeAllDescriptors(core: Core): void {
  for (const fd of core.fds.openFrom(0)) {
    const hostFd = core.fds.remove(fd);
    if (hostFd !== null && !isErrno(hostFd)) core.kernel.release(hostFd);
  }
}
