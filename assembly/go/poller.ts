// Waits for descriptors on behalf of goroutines, as Go's netpoller does.
//
// All are in one epoll set, edge-triggered: the kernel tells once when a
// descriptor becomes ready, and is not told again what is waited for. A
// descriptor therefore counts as ready until a call on it has answered EAGAIN.

import * as sys from "../bindings/berkeley";
import { EpollEvent } from "../epoll";
import {
  ECANCELED,
  EEXIST,
  EINTR,
  ENOENT,
  EPERM,
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDHUP,
  ETIMEDOUT,
} from "../linux.generated";
import { realtime } from "./clock";
import { Queue, ready, self, Wait } from "./goroutine";
import { park } from "./stack";
import { Alarm, clearAlarm, setAlarm, timeIn } from "./timers";

/** How many events one call brings. */
// @ts-ignore: decorator
@inline
const BATCH: i32 = 256;

// @ts-ignore: decorator
@inline
const ALL_EVENTS: u32 = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;
/** What ends a wait for reading, and for writing. */
// @ts-ignore: decorator
@inline
const READ_EVENTS: u32 = EPOLLIN | EPOLLRDHUP | EPOLLPRI | EPOLLHUP | EPOLLERR;
// @ts-ignore: decorator
@inline
const WRITE_EVENTS: u32 = EPOLLOUT | EPOLLHUP | EPOLLERR;
/** After these there may be more to read than a read that came back short lets think. */
// @ts-ignore: decorator
@inline
const LAST_EVENTS: u32 = EPOLLRDHUP | EPOLLPRI | EPOLLHUP | EPOLLERR;

/** BATCH of them, 16 bytes each. */
const events: usize = memory.data(4096, 8);
let epollFd: i32 = -1;
/** How many goroutines wait for descriptors. */
let waiting: i32 = 0;
let lastGeneration: u32 = 0;
/** By descriptor. */
const watches: Array<Watch | null> = [];

/** One direction of a descriptor. It is the alarm of its own deadline, too. */
@final
export class Direction extends Alarm {
  /** Whether a call may succeed without waiting. */
  isReady: bool = true;
  hasExpired: bool = false;
  private queue: Queue = new Queue();

  ring(): void {
    this.hasExpired = true;
    this.wake();
  }

  wake(): void {
    for (let g = this.queue.pop(); g !== null; g = this.queue.pop()) ready(g);
  }

  // @ts-ignore: decorator
  @inline
  wait(): void {
    const g = self();
    this.queue.push(g);
    ++waiting;
    park(g, Wait.IO);
    --waiting;
  }

  /** See `setReadDeadline`. */
  setDeadline(when: i64): void {
    this.hasExpired = false;
    clearAlarm(this);
    if (when == 0) return;
    const left = when - realtime();
    if (left > 0) setAlarm(this, timeIn(left));
    else this.ring();
  }
}

/** A descriptor that goroutines wait for. */
@final
export class Watch {
  readonly reading: Direction = new Direction();
  readonly writing: Direction = new Direction();
  /** Whether the peer has ended, or sent what a read stops at: a short read then does not mean that all was read. */
  isLast: bool = false;
  /** Regular files cannot be waited for: they are always ready. */
  isPollable: bool = true;
  private isClosed: bool = false;
  private generation: u32 = ++lastGeneration;

  constructor(readonly fd: i32) {}

  /** Waits until a read may succeed: 0, -ETIMEDOUT after the deadline, -ECANCELED once the descriptor is closed. */
  waitRead(): i32 {
    return this.waitFor(this.reading);
  }

  /** Waits until a write may succeed, as `waitRead`. */
  waitWrite(): i32 {
    return this.waitFor(this.writing);
  }

  /** Waits until `direction` is ready, as `waitRead`. */
  // @ts-ignore: decorator
  @inline
  waitFor(direction: Direction): i32 {
    while (true) {
      if (this.isClosed) return -ECANCELED;
      if (direction.hasExpired) return -ETIMEDOUT;
      if (direction.isReady) return 0;
      direction.wait();
    }
  }

  /** Has the kernel tell of this descriptor from now on, and whether it is ready already. 0 or -errno. */
  arm(): i32 {
    return this.register(EPOLL_CTL_ADD, EEXIST, EPOLL_CTL_MOD);
  }

  /** arm() for a descriptor that is probably in the set, and forgets what was known of `direction`. */
  look(direction: Direction): i32 {
    const result = this.register(EPOLL_CTL_MOD, ENOENT, EPOLL_CTL_ADD);
    direction.isReady = !this.isPollable;
    return result;
  }

  /** Whether it is in the set is the kernel's to know: it may have been closed, and the number given to another. */
  private register(operation: i32, unless: i32, otherwise: i32): i32 {
    if (epollFd < 0) {
      const created = sys.epoll_create1(EPOLL_CLOEXEC);
      if (created < 0) return created;
      epollFd = created;
    }
    const event = changetype<EpollEvent>(events);
    event.events = ALL_EVENTS;
    event.data = ((<u64>this.generation) << 32) | <u64>this.fd;
    let result = sys.epoll_ctl(epollFd, operation, this.fd, events);
    if (result == -unless) result = sys.epoll_ctl(epollFd, otherwise, this.fd, events);
    if (result < 0 && result != -EPERM) return result;
    this.isPollable = result == 0;
    this.enter();
    return 0;
  }

  private enter(): void {
    while (watches.length <= this.fd) watches.push(null);
    watches[this.fd] = this;
  }

  /** Tells those who wait. Events of an earlier descriptor of this number are not for them. */
  notify(happened: u32, generation: u32): void {
    if (generation != this.generation) return;
    if ((happened & LAST_EVENTS) != 0) this.isLast = true;
    if ((happened & READ_EVENTS) != 0) {
      this.reading.isReady = true;
      this.reading.wake();
    }
    if ((happened & WRITE_EVENTS) != 0) {
      this.writing.isReady = true;
      this.writing.wake();
    }
  }

  /** Ends all waits with -ECANCELED, and takes the descriptor out of the set: before it is closed. */
  close(): void {
    this.isClosed = true;
    clearAlarm(this.reading);
    clearAlarm(this.writing);
    this.reading.wake();
    this.writing.wake();
    if (<u32>this.fd >= <u32>watches.length || watches[this.fd] !== this) return;
    watches[this.fd] = null;
    if (this.isPollable) sys.epoll_ctl(epollFd, EPOLL_CTL_DEL, this.fd, 0);
  }
}

/** The watch of a descriptor, or a new one that counts from its arm() on. */
function watchOf(fd: i32): Watch {
  const known = <u32>fd < <u32>watches.length ? watches[fd] : null;
  return known !== null ? known : new Watch(fd);
}

/**
 * Waits until `fd` can be read from without waiting: data, the end, a client to accept, or an error that the next call
 * tells.
 *
 * 0, or a negated errno: -ETIMEDOUT at the deadline, -ECANCELED after cancelWaits(), -EBADF. A regular file is always
 * ready. Other goroutines run meanwhile.
 */
export function waitReadable(fd: i32): i32 {
  const w = watchOf(fd);
  const result = w.look(w.reading);
  return result < 0 ? result : w.waitRead();
}

/** Waits until `fd` can be written to without waiting, or is connected, as `waitReadable`. */
export function waitWritable(fd: i32): i32 {
  const w = watchOf(fd);
  const result = w.look(w.writing);
  return result < 0 ? result : w.waitWrite();
}

/**
 * From `when` on, as time's now() counts, waitReadable(fd) answers -ETIMEDOUT, also to who waits already. 0: never.
 *
 * 0, or a negated errno: -EBADF.
 */
export function setReadDeadline(fd: i32, when: i64): i32 {
  const w = watchOf(fd);
  const result = w.arm();
  if (result == 0) w.reading.setDeadline(when);
  return result;
}

/** The same for waitWritable(fd). */
export function setWriteDeadline(fd: i32, when: i64): i32 {
  const w = watchOf(fd);
  const result = w.arm();
  if (result == 0) w.writing.setDeadline(when);
  return result;
}

/** Ends all waits for `fd` with -ECANCELED, and forgets its deadlines. To be called before close(fd). */
export function cancelWaits(fd: i32): void {
  watchOf(fd).close();
}

/** Tells whether `fd` can be waited for. A regular file cannot; what was never waited for counts as if it could. */
export function isPollable(fd: i32): bool {
  return watchOf(fd).isPollable;
}

/** Tells whether a goroutine waits for a descriptor. */
export function isPolling(): bool {
  return waiting > 0;
}

/** Waits `delay` nanoseconds at most (-1: for ever) until a descriptor is ready, and wakes who waits for it. */
export function pollFor(delay: i64): void {
  const timeout = milliseconds(delay);
  if (epollFd < 0) {
    sys.poll(0, 0, timeout);
    return;
  }
  const count = sys.epoll_wait(epollFd, events, BATCH, timeout);
  assert(count >= 0 || count == -EINTR);
  for (let i = 0; i < count; ++i) {
    const event = changetype<EpollEvent>(events + <usize>i * offsetof<EpollEvent>());
    watchOf(event.fd).notify(event.events, <u32>(event.data >> 32));
  }
}

/** At least `delay` nanoseconds, as epoll_wait() takes them. */
function milliseconds(delay: i64): i32 {
  if (delay < 0) return -1;
  return <i32>min<i64>((delay + 999_999) / 1_000_000, i32.MAX_VALUE);
}
