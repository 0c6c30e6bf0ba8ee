// A name server of the program's own choice, by ordinary sockets: the program
// needs the right to connect to it, over UDP and, for long answers, TCP.

import * as sys from "../bindings/berkeley";
import { isResponse, isTruncated } from "../dns/message";
import {
  EAGAIN,
  ECONNREFUSED,
  EINPROGRESS,
  EINTR,
  EINVAL,
  ENETUNREACH,
  EPIPE,
  ETIMEDOUT,
  POLLIN,
  POLLOUT,
  SO_ERROR,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../linux.generated";
import { numericAddress } from "./numeric";
import { renewId, Transport } from "./transport";
import { monotonic, PollWaiter, Waiter } from "./waiter";

const MILLISECOND: i64 = 1_000_000;
const value: usize = memory.data(4, 4);
const size: usize = memory.data(4, 4);

/** One name server. */
@final
export class ServerTransport extends Transport {
  private address: ArrayBuffer | null;

  /**
   * `timeout`: milliseconds for each of `attempts`. An address that is none fails every query with EINVAL.
   * `waiter`: who waits; by default the program stands still.
   */
  constructor(
    address: string,
    port: i32,
    public timeout: i32 = 5000,
    public attempts: i32 = 2,
    private waiter: Waiter = new PollWaiter(),
  ) {
    super();
    this.address = <u32>port <= 0xffff ? numericAddress(address, <u16>port) : null;
  }

  exchange(query: usize, length: i32, answer: usize, room: i32): i32 {
    const address = this.address;
    let result = -EINVAL;
    if (address === null) return result;
    for (let attempt = 0; attempt < this.attempts; attempt++) {
      const refused = this.waiter.check();
      if (refused != 0) return refused;
      renewId(query);
      result = new Attempt(address, this.waiter, this.timeout).ask(query, length, answer, room);
      if (result > 0 || (result != -ETIMEDOUT && result != -ECONNREFUSED && result != -ENETUNREACH)) break;
    }
    return result;
  }
}

/** One attempt to ask a server: what it needs from one wait to the next, during which others may ask. */
@final
class Attempt {
  private deadline: i64;
  private prefix: StaticArray<u8> = new StaticArray<u8>(2);

  constructor(
    private address: ArrayBuffer,
    private waiter: Waiter,
    timeout: i32,
  ) {
    this.deadline = monotonic() + <i64>timeout * MILLISECOND;
  }

  /** Asks over UDP, and over TCP if the answer is cut; the answer's length, or a negated errno. */
  ask(query: usize, length: i32, answer: usize, room: i32): i32 {
    const result = this.overUdp(query, length, answer, room);
    return result > 0 && isTruncated(answer) ? this.overTcp(query, length, answer, room) : result;
  }

  private open(type: i32): i32 {
    return sys.socket(load<u16>(changetype<usize>(this.address)), type | SOCK_NONBLOCK, 0);
  }

  private connect(fd: i32): i32 {
    return sys.connect(fd, changetype<usize>(this.address), this.address.byteLength);
  }

  private overUdp(query: usize, length: i32, answer: usize, room: i32): i32 {
    const fd = this.open(SOCK_DGRAM);
    if (fd < 0) return fd;
    // Connected: the kernel picks a port at random, and lets nobody else answer.
    let result = this.connect(fd);
    if (result == 0) result = sys.send(fd, query, length, 0);
    if (result >= 0) result = this.receive(fd, query, length, answer, room);
    this.close(fd);
    return result;
  }

  /** Waits for the datagram that answers the query; others are nobody's. */
  private receive(fd: i32, query: usize, length: i32, answer: usize, room: i32): i32 {
    while (true) {
      const ready = this.wait(fd, POLLIN);
      if (ready < 0) return ready;
      const received = sys.recv(fd, answer, room, 0);
      if (received == -EAGAIN || received == -EINTR) continue;
      if (received < 0 || isResponse(query, length, answer, received)) return received;
    }
  }

  private overTcp(query: usize, length: i32, answer: usize, room: i32): i32 {
    const fd = this.open(SOCK_STREAM);
    if (fd < 0) return fd;
    let result = this.connect(fd);
    if (result == -EINPROGRESS) result = this.finishConnect(fd);
    const prefix = changetype<usize>(this.prefix);
    store<u16>(prefix, bswap<u16>(<u16>length));
    if (result == 0) result = this.transfer(fd, prefix, 2, true);
    if (result == 0) result = this.transfer(fd, query, length, true);
    if (result == 0) result = this.transfer(fd, prefix, 2, false);
    const answerLength = <i32>bswap<u16>(load<u16>(prefix));
    if (result == 0) result = answerLength <= room ? this.transfer(fd, answer, answerLength, false) : -EINVAL;
    this.close(fd);
    if (result < 0) return result;
    return isResponse(query, length, answer, answerLength) ? answerLength : -EINVAL;
  }

  private finishConnect(fd: i32): i32 {
    const ready = this.wait(fd, POLLOUT);
    if (ready < 0) return ready;
    store<u32>(size, 4);
    const result = sys.getsockopt(fd, SOL_SOCKET, SO_ERROR, value, size);
    return result < 0 ? result : -load<i32>(value);
  }

  /** Sends or receives all of the `count` bytes at `data`; 0 or a negated errno. */
  private transfer(fd: i32, data: usize, count: i32, isSend: bool): i32 {
    while (count > 0) {
      const ready = this.wait(fd, isSend ? POLLOUT : POLLIN);
      if (ready < 0) return ready;
      const done = isSend ? sys.send(fd, data, count, 0) : sys.recv(fd, data, count, 0);
      if (done == -EAGAIN || done == -EINTR) continue;
      if (done <= 0) return done < 0 ? done : -EPIPE;
      data += done;
      count -= done;
    }
    return 0;
  }

  /** Waits until `fd` is ready or the attempt's time is up; 0 or a negated errno. */
  private wait(fd: i32, events: i32): i32 {
    return this.waiter.wait(fd, events, this.deadline);
  }

  private close(fd: i32): void {
    this.waiter.forget(fd);
    sys.close(fd);
  }
}
