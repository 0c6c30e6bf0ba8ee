import { closeDescriptor, controlDescriptor, duplicateDescriptor } from "../../core/descriptors.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import { EINVAL } from "../../core/linux.generated.js";
import { PollSet } from "../../core/poll.js";
import { replaceDescriptor, replaceOther } from "../../core/replace.js";
import type { AbiContext } from "../imports.js";
import { readTimespec } from "./timespec.js";

/**
 * `int close(int fd)`
 *
 * Closing 0, 1 or 2 takes it from the program; the host keeps its own. EBADF: close(2).
 */
export function close({ core }: AbiContext, fd: number): SysResult {
  return closeDescriptor(core, fd);
}

/**
 * `int dup(int fd)`
 *
 * The lowest free descriptor, for the same socket or file. EBADF, EMFILE: dup(2).
 */
export function dup({ core }: AbiContext, fd: number): SysResult {
  return duplicateDescriptor(core, fd, 0, false);
}

/**
 * `int dup2(int oldfd, int newfd)`
 *
 * `newfd` becomes a duplicate of `oldfd`; what it was is closed. 0, 1 and 2 can be replaced, too. EBADF: dup(2).
 */
export function dup2({ core }: AbiContext, oldfd: number, newfd: number): SysResult {
  return replaceDescriptor(core, oldfd, newfd);
}

/**
 * `int dup3(int oldfd, int newfd, int flags)`
 *
 * dup2 with O_CLOEXEC; EINVAL for other flags, or of a descriptor onto itself. EBADF: dup(2).
 */
export function dup3({ core }: AbiContext, oldfd: number, newfd: number, flags: number): SysResult {
  return replaceOther(core, oldfd, newfd, flags);
}

/**
 * `int fcntl(int fd, int cmd, int arg)`
 *
 * F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, and F_SETFL of O_NONBLOCK; EINVAL for others. fcntl(2).
 */
export function fcntl({ core }: AbiContext, fd: number, cmd: number, arg: number): SysResult {
  return controlDescriptor(core, fd, cmd, arg);
}

const SIZEOF_POLLFD = 8;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/**
 * `int poll(struct pollfd *fds, nfds_t nfds, int timeout)`
 *
 * The timeout is in milliseconds, negative for ever.
 */
export function poll(context: AbiContext, fds: number, nfds: number, timeout: number): SysResult {
  return pollFor(context, fds, nfds, timeout < 0 ? -1 : timeout * NANOSECONDS_PER_MILLISECOND);
}

/**
 * `int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *tmo_p, const sigset_t *sigmask)`
 *
 * poll with a timeout in nanoseconds, for ever if `tmo_p` is null. EINVAL if it is no time, or `sigmask` is not null:
 * guests have no signals. poll(2).
 */
export function ppoll(context: AbiContext, fds: number, nfds: number, tmo_p: number, sigmask: number): SysResult {
  const timeout = tmo_p === 0 ? -1 : readTimespec(context.memory, tmo_p);
  if (timeout === null || sigmask !== 0) return -EINVAL;
  return pollFor(context, fds, nfds, timeout);
}

function pollFor({ core, memory }: AbiContext, fds: number, nfds: number, nanoseconds: number): SysResult {
  if (nfds < 0 || nfds > core.fds.limit) return -EINVAL;
  memory.reserve(fds, nfds * SIZEOF_POLLFD);
  const set = new PollSet();
  set.reset(nfds);
  for (let i = 0, entry = fds; i < nfds; i++, entry += SIZEOF_POLLFD) {
    set.set(core, i, memory.getInt32(entry), memory.getUint16(entry + 4));
  }
  const ready = set.wait(core, nanoseconds);
  if (isErrno(ready)) return ready;
  for (let i = 0, entry = fds; i < nfds; i++, entry += SIZEOF_POLLFD) memory.setUint16(entry + 6, set.revents(i));
  return ready;
}
