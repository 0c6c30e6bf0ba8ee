// Datagrams and messages: what is received with its sender, and what control
// data travels along. Go's PacketConn and its ReadMsg and WriteMsg.

import { Failure } from "../errors";
import { Closer } from "../io";
import { SIZEOF_SOCKADDR_STORAGE } from "../linux.generated";
import { Msghdr } from "../message";
import { Iovec } from "../struct";
import { Addr } from "./addr";
import { name } from "./socket";

/** A socket for datagrams: Go's interface `net.PacketConn`. */
export interface PacketConn extends Closer {
  /** Why the last writeTo() sent nothing, or null. */
  err: Failure | null;
  /** Waits for a datagram, of which it reads up to `p.length` bytes into `p`. What does not fit is lost. */
  readFrom(p: Uint8Array): Received<Addr>;
  /** Sends `p` to `addr` in one datagram; how many bytes. If none, `err` tells why. */
  writeTo(p: Uint8Array, addr: Addr | null): i32;
  localAddr(): Addr | null;
  /** readFrom() and writeTo() fail with a time-out from `t` on, as time's now() counts. 0: never. */
  setDeadline(t: i64): Failure | null;
  setReadDeadline(t: i64): Failure | null;
  setWriteDeadline(t: i64): Failure | null;
}

/** A datagram that came: what Go returns as `(n, addr, err)`. */
@final
export class Received<A> {
  constructor(
    /** Bytes that were read. */
    readonly n: i32,
    /** Who sent them, or null. */
    readonly addr: A | null,
    readonly err: Failure | null = null,
  ) {}
}

/** A message that came: what Go returns as `(n, oobn, flags, addr, err)`. */
@final
export class ReceivedMessage<A> {
  constructor(
    /** Bytes that were read. */
    readonly n: i32,
    /** Bytes of control data that were read. */
    readonly oobn: i32,
    /** MSG_TRUNC, MSG_CTRUNC, … of recvmsg(2). */
    readonly flags: i32,
    /** Who sent them, or null. */
    readonly addr: A | null,
    readonly err: Failure | null = null,
  ) {}
}

/** How a message went: what Go returns as `(n, oobn, err)`. */
@final
export class SentMessage {
  constructor(
    readonly n: i32,
    readonly oobn: i32,
    readonly err: Failure | null = null,
  ) {}
}

/** A message for one call of recvmsg(2) or sendmsg(2), and all that it points to. */
@final
export class Message {
  readonly header: Msghdr = new Msghdr();
  private iovec: Iovec = new Iovec();
  // One byte of a stream has to accompany control data.
  private nothing: StaticArray<u8> = new StaticArray<u8>(1);
  private address: StaticArray<u8>;

  constructor(
    private data: Uint8Array,
    private control: Uint8Array,
    address: StaticArray<u8>,
  ) {
    this.address = address;
    const header = this.header;
    const iovec = this.iovec;
    iovec.iov_base = data.dataStart;
    iovec.iov_len = data.length;
    header.msg_iov = changetype<usize>(iovec);
    header.msg_iovlen = 1;
    header.msg_control = control.length > 0 ? control.dataStart : 0;
    header.msg_controllen = control.length;
    header.msg_name = address.length > 0 ? changetype<usize>(address) : 0;
    header.msg_namelen = address.length;
  }

  /** Has a byte go along, or come along, where there is control data and nothing else. */
  addByte(): void {
    if (this.data.length > 0 || this.control.length == 0) return;
    this.iovec.iov_base = changetype<usize>(this.nothing);
    this.iovec.iov_len = 1;
  }
}

/** A buffer for the address of a sender. */
export function anyAddress(): StaticArray<u8> {
  return new StaticArray<u8>(SIZEOF_SOCKADDR_STORAGE);
}

/** A copy of the `size` bytes at `name`, which stay as they are while the goroutine waits. */
export function takeName(size: i32): StaticArray<u8> {
  const address = new StaticArray<u8>(size);
  memory.copy(changetype<usize>(address), name, size);
  return address;
}
