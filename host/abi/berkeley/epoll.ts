import { openEpoll } from "../../core/epoll.js";
import type { SysResult } from "../../core/errno.js";
import { EINVAL } from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";

/**
 * `int epoll_create1(int flags)`
 *
 * The descriptor of a new, empty set. `flags` is 0 or EPOLL_CLOEXEC (EINVAL). EMFILE: epoll_create(2).
 */
export function epoll_create1({ core }: AbiContext, flags: number): SysResult {
  return openEpoll(core, flags);
}

/**
 * `int epoll_pwait(int epfd, struct epoll_event *events, int maxevents, int timeout, const sigset_t *sigmask)`
 *
 * epoll_wait; EINVAL if `sigmask` is not null: guests have no signals. epoll_wait(2).
 */
export function epoll_pwait(
  { core }: AbiContext,
  epfd: number,
  events: number,
  maxevents: number,
  timeout: number,
  sigmask: number,
): SysResult {
  if (sigmask !== 0) return -EINVAL;
  return core.kernel.epollWait(core.fds.hostFd(epfd), events, maxevents, timeout);
}
