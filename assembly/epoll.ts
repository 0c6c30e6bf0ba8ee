// Waiting for many descriptors: epoll_create1(), epoll_ctl(), epoll_wait() and
// ppoll(). Programs import them from sockyard/socket.

import * as sys from "./bindings/berkeley";
import { fail, settle } from "./errno";
import { EFAULT } from "./linux.generated";
import { overruns, pointer } from "./pointer";
import { Pollfd } from "./struct";

// struct epoll_event
//   0  u32  events  EPOLLIN, EPOLLOUT, ... (4 bytes of padding)
//   8  u64  data    whatever the program likes
/** What to wait for, or what has happened; make them with `new StructArray<EpollEvent>(n)`. */
@unmanaged
@final
export class EpollEvent {
  events: u32;
  /** Given back with each event of the descriptor: often the descriptor itself. */
  data: u64;

  /** `data.fd` of C: `data` as a descriptor. */
  get fd(): i32 {
    return <i32>this.data;
  }

  set fd(value: i32) {
    this.data = <u32>value;
  }
}

// struct timespec
//   0  i64  tv_sec
//   8  i32  tv_nsec  below 1000000000 (4 bytes of padding)
/** A time span: the timeout of ppoll(). */
@final
export class Timespec {
  tv_sec: i64;
  tv_nsec: i32;
  private unused: i32 = 0;

  constructor(tv_sec: i64 = 0, tv_nsec: i32 = 0) {
    this.tv_sec = tv_sec;
    this.tv_nsec = tv_nsec;
  }
}

/**
 * `int epoll_create1(int flags)`: makes a set of descriptors to wait for.
 *
 * Returns the set's own descriptor, which close() gives up. `flags` is 0 or
 * EPOLL_CLOEXEC. epoll_create(2), epoll(7)
 */
// @ts-ignore: decorator
@inline
export function epoll_create1(flags: i32): i32 {
  return settle(sys.epoll_create1(flags));
}

/**
 * `int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)`: adds a
 * descriptor to a set (EPOLL_CTL_ADD), changes what is waited for
 * (EPOLL_CTL_MOD), or takes it out (EPOLL_CTL_DEL; `event` may be NULL).
 *
 * EPOLLET tells of each change once, EPOLLONESHOT of one change until the next
 * EPOLL_CTL_MOD. A closed descriptor leaves the set, unless it was duplicated.
 * EPERM for regular files. epoll_ctl(2)
 */
// @ts-ignore: decorator
@inline
export function epoll_ctl<E>(epfd: i32, op: i32, fd: i32, event: E): i32 {
  if (overruns(event, offsetof<EpollEvent>())) return fail(EFAULT);
  return settle(sys.epoll_ctl(epfd, op, fd, pointer(event)));
}

/**
 * `int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)`:
 * waits until something has happened to a descriptor of the set, at most
 * `timeout` milliseconds (-1: for ever, 0: not at all).
 *
 * Stores up to `maxevents` events, of which one call delivers at most 1024, and
 * returns their number. `events` is a `StructArray<EpollEvent>`. epoll_wait(2)
 */
// @ts-ignore: decorator
@inline
export function epoll_wait<E>(epfd: i32, events: E, maxevents: i32, timeout: i32): i32 {
  if (maxevents > 0 && overruns(events, <usize>maxevents * offsetof<EpollEvent>())) return fail(EFAULT);
  return settle(sys.epoll_wait(epfd, pointer(events), maxevents, timeout));
}

/**
 * `int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *tmo_p, const sigset_t *sigmask)`:
 * poll() with a timeout of seconds and nanoseconds, NULL for none.
 *
 * Programs here have no signals: `sigmask` must be NULL (EINVAL). poll(2)
 */
// @ts-ignore: decorator
@inline
export function ppoll<P, T, S>(fds: P, nfds: u32, tmo_p: T, sigmask: S): i32 {
  if (overruns(fds, <usize>nfds * offsetof<Pollfd>())) return fail(EFAULT);
  return settle(sys.ppoll(pointer(fds), nfds, pointer(tmo_p), pointer(sigmask)));
}
