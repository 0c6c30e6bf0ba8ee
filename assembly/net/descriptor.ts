// A socket that any number of goroutines use at once: Go's internal/poll.FD.
//
// The socket does not block. A call is tried first, and waits for the poller
// only where the kernel says EAGAIN: a connection that always finds its data
// there never enters the epoll set.

import * as sys from "../bindings/berkeley";
import { Direction, Watch } from "../go/poller";
import { Queue, ready, self, Wait } from "../go/goroutine";
import { park } from "../go/stack";
import {
  EAGAIN,
  EALREADY,
  ECANCELED,
  ECONNABORTED,
  EINPROGRESS,
  EINTR,
  EISCONN,
  ETIMEDOUT,
  F_DUPFD_CLOEXEC,
  SO_ERROR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from "../linux.generated";
import { Msghdr } from "../message";

/** What a call answers once the descriptor is closed. No errno of Linux's is that far from 0. */
// @ts-ignore: decorator
@inline
export const CLOSED: i32 = -4096;

/** What a call answers at its deadline: ETIMEDOUT itself is what the network says. */
// @ts-ignore: decorator
@inline
export const EXPIRED: i32 = -4097;

const option: usize = memory.data(4, 4);
const optionSize: usize = memory.data(4, 4);

/** Has one goroutine at a time read, or write: what one write() sends stays in one piece. */
@final
class Turn {
  private isTaken: bool = false;
  private waiting: Queue | null = null;

  // @ts-ignore: decorator
  @inline
  take(): void {
    if (this.isTaken) this.wait();
    else this.isTaken = true;
  }

  /** Hands it to who has waited longest. */
  give(): void {
    const waiting = this.waiting;
    const g = waiting !== null ? waiting.pop() : null;
    if (g !== null) ready(g);
    else this.isTaken = false;
  }

  private wait(): void {
    let waiting = this.waiting;
    if (waiting === null) {
      waiting = new Queue();
      this.waiting = waiting;
    }
    const g = self();
    waiting.push(g);
    park(g, Wait.IO);
  }
}

/**
 * A socket's descriptor.
 *
 * Calls answer as the kernel's do, n or -errno, and besides `CLOSED` and
 * `EXPIRED`. They wait as long as they have to; other goroutines run meanwhile.
 */
@final
export class Descriptor {
  private watch: Watch;
  private isWatched: bool = false;
  private readTurn: Turn = new Turn();
  private writeTurn: Turn = new Turn();
  private isOpen: bool = true;
  /** How many bytes the last write() has written. Read it before the goroutine waits again. */
  written: i32 = 0;

  constructor(
    /** A socket that does not block (SOCK_NONBLOCK). It belongs to this object now. */
    readonly fd: i32,
    /** Whether a read that brings less than was asked for has brought all there is: a stream. */
    private isStream: bool,
  ) {
    this.watch = new Watch(fd);
  }

  /** read(2): at least one byte, or 0 at the end. Who asks for nothing does not wait. */
  // @ts-ignore: decorator
  @inline
  read(data: usize, count: i32): i32 {
    if (count == 0) return this.isOpen ? 0 : CLOSED;
    this.readTurn.take();
    const reading = this.watch.reading;
    let result: i32;
    do {
      result = this.readable();
      if (result == 0) result = sys.read(this.fd, data, count);
    } while (this.isEarly(result, reading));
    // As epoll(7) has it: a stream that gave less is empty, and the kernel tells when it no longer is.
    if (this.isWatched && result < count && result > 0 && this.isStream && !this.watch.isLast) reading.isReady = false;
    this.readTurn.give();
    return result;
  }

  /** recvfrom(2): one datagram, and where it came from: in `size` bytes at `addr`, and how many in the u32 at `addrlen`. */
  recvfrom(data: usize, count: i32, addr: usize, addrlen: usize, size: u32): i32 {
    this.readTurn.take();
    let result: i32;
    do {
      result = this.readable();
      if (result != 0) continue;
      store<u32>(addrlen, size);
      result = sys.recvfrom(this.fd, data, count, 0, addr, addrlen);
    } while (this.isEarly(result, this.watch.reading));
    this.readTurn.give();
    return result;
  }

  /** recvmsg(2) */
  recvmsg(msg: Msghdr, flags: i32): i32 {
    this.readTurn.take();
    let result: i32;
    do {
      result = this.readable();
      if (result == 0) result = sys.recvmsg(this.fd, changetype<usize>(msg), flags);
    } while (this.isEarly(result, this.watch.reading));
    this.readTurn.give();
    return result;
  }

  /**
   * accept4(2): the next client's descriptor, which does not block either, and its address as from recvfrom().
   *
   * A client that has gone already is passed over.
   */
  accept(addr: usize, addrlen: usize, size: u32): i32 {
    this.readTurn.take();
    let result: i32;
    do {
      result = this.readable();
      if (result != 0) continue;
      store<u32>(addrlen, size);
      result = sys.accept4(this.fd, addr, addrlen, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (result == -ECONNABORTED || this.isEarly(result, this.watch.reading));
    this.readTurn.give();
    return result;
  }

  /** write(2) as often as it takes: `count`, or what stopped it, and `written` tells how far it came. */
  // @ts-ignore: decorator
  @inline
  write(data: usize, count: i32): i32 {
    this.writeTurn.take();
    const writing = this.watch.writing;
    let done = 0;
    let result: i32;
    do {
      result = this.writable();
      if (result == 0) result = sys.write(this.fd, data + done, count - done);
      if (result > 0) done += result;
    } while (this.isEarly(result, writing) || (result > 0 && done < count));
    this.written = done;
    this.writeTurn.give();
    return result < 0 ? result : done;
  }

  /** sendto(2): one datagram. */
  sendto(data: usize, count: i32, addr: StaticArray<u8>, addrlen: u32): i32 {
    this.writeTurn.take();
    let result: i32;
    do {
      result = this.writable();
      if (result == 0) result = sys.sendto(this.fd, data, count, 0, changetype<usize>(addr), addrlen);
    } while (this.isEarly(result, this.watch.writing));
    this.writeTurn.give();
    return result;
  }

  /** sendmsg(2), once: of a stream it may take only a part. */
  sendmsg(msg: Msghdr, flags: i32): i32 {
    this.writeTurn.take();
    let result: i32;
    do {
      result = this.writable();
      if (result == 0) result = sys.sendmsg(this.fd, changetype<usize>(msg), flags);
    } while (this.isEarly(result, this.watch.writing));
    this.writeTurn.give();
    return result;
  }

  /** connect(2), up to its end. */
  connect(addr: usize, addrlen: u32): i32 {
    let result = sys.connect(this.fd, addr, addrlen);
    while (result == -EINPROGRESS || result == -EALREADY || result == -EINTR) {
      this.watch.writing.isReady = false;
      const waited = this.writable();
      if (waited < 0) return waited;
      store<u32>(optionSize, 4);
      result = sys.getsockopt(this.fd, SOL_SOCKET, SO_ERROR, option, optionSize);
      if (result == 0) result = -load<i32>(option);
    }
    return result == -EISCONN ? 0 : result;
  }

  /** shutdown(2) */
  shutdown(how: i32): i32 {
    return this.isOpen ? sys.shutdown(this.fd, how) : CLOSED;
  }

  /** setsockopt(2) with an int. */
  setOption(level: i32, name: i32, value: i32): i32 {
    store<i32>(option, value);
    return this.setOptionAt(level, name, option, 4);
  }

  /** setsockopt(2) */
  setOptionAt(level: i32, name: i32, value: usize, size: u32): i32 {
    return this.isOpen ? sys.setsockopt(this.fd, level, name, value, size) : CLOSED;
  }

  /** Reads fail with `EXPIRED` from `when` on, as time's now() counts; 0: never. */
  setReadDeadline(when: i64): i32 {
    if (!this.isOpen) return CLOSED;
    this.watch.reading.setDeadline(when);
    return 0;
  }

  /** Writes, and connect(), fail with `EXPIRED` from `when` on. */
  setWriteDeadline(when: i64): i32 {
    if (!this.isOpen) return CLOSED;
    this.watch.writing.setDeadline(when);
    return 0;
  }

  /** Whether close() has not been called yet. */
  get isUsable(): bool {
    return this.isOpen;
  }

  /** fcntl(2) with F_DUPFD_CLOEXEC: a second descriptor of the same socket. */
  duplicate(): i32 {
    return this.isOpen ? sys.fcntl(this.fd, F_DUPFD_CLOEXEC, 0) : CLOSED;
  }

  /** close(2); all that wait for the descriptor are told `CLOSED`. */
  close(): i32 {
    if (!this.isOpen) return CLOSED;
    this.isOpen = false;
    this.watch.close();
    return sys.close(this.fd);
  }

  /** Waits until a read is worth trying: 0, `CLOSED` or `EXPIRED`. */
  // @ts-ignore: decorator
  @inline
  private readable(): i32 {
    const reading = this.watch.reading;
    return this.isOpen && reading.isReady && !reading.hasExpired ? 0 : this.wait(reading);
  }

  // @ts-ignore: decorator
  @inline
  private writable(): i32 {
    const writing = this.watch.writing;
    return this.isOpen && writing.isReady && !writing.hasExpired ? 0 : this.wait(writing);
  }

  /** Whether a call that answered `result` came too early, and is to be made again after a wait. */
  // @ts-ignore: decorator
  @inline
  private isEarly(result: i32, direction: Direction): bool {
    if (result == -EAGAIN) {
      direction.isReady = false;
      return true;
    }
    return result == -EINTR;
  }

  private wait(direction: Direction): i32 {
    if (!this.isOpen) return CLOSED;
    if (direction.hasExpired) return EXPIRED;
    if (!this.isWatched) {
      const armed = this.watch.arm();
      if (armed < 0) return armed;
      this.isWatched = true;
    }
    const result = this.watch.waitFor(direction);
    if (result == -ECANCELED) return CLOSED;
    return result == -ETIMEDOUT ? EXPIRED : result;
  }
}
