import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import { EINVAL, EMFILE, EPOLL_CLOEXEC } from "./linux.generated.js";
import { enterSocket } from "./socket.js";

/**
 * Makes an epoll set and enters it into the table; the new descriptor, or `-errno`.
 *
 * Each of a guest's descriptors is one of the kernel's, duplicates included, so
 * the kernel's set is the guest's: a file leaves it when its last descriptor is
 * closed, and not before (epoll(7)).
 */
export function openEpoll(core: Core, flags: number): SysResult {
  if ((flags & ~EPOLL_CLOEXEC) !== 0) return -EINVAL;
  if (core.fds.isFull) return -EMFILE;
  const hostFd = core.kernel.epollCreate(flags);
  return isErrno(hostFd) ? hostFd : enterSocket(core, hostFd, undefined, (flags & EPOLL_CLOEXEC) !== 0);
}
