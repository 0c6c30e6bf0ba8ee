// The calls that send and receive messages: with addresses, flags and control messages.

import * as sys from "../bindings/berkeley";
import { Failure } from "../errors";
import { AF_UNSPEC, EAFNOSUPPORT, SIZEOF_SOCKADDR_STORAGE, SO_TYPE, SOCK_DGRAM, SOL_SOCKET } from "../linux.generated";
import { Errno } from "./errno";
import { getsockoptInt } from "./option";
import { familyAt } from "./raw";
import { Sockaddr, sockaddrAt } from "./sockaddr";

const address: usize = memory.data(128, 8);
const addressSize: usize = memory.data(4, 4);
// struct iovec: one; struct msghdr (see ../message.ts).
const buffer: usize = memory.data(8, 4);
const header: usize = memory.data(28, 4);
/** The byte that must go with control messages where nothing else does. */
const dummy: usize = memory.data(1);

/** What Go's Recvfrom() returns as `(n, from, err)`. */
@final
export class Received {
  constructor(
    /** Bytes. */
    readonly n: i32,
    /** Who sent them; null from a connected or unnamed socket. */
    readonly from: Sockaddr | null,
    readonly err: Failure | null,
  ) {}
}

/** `syscall.Recvfrom(fd, p, flags)`: receives up to `p.length` bytes, or one datagram. recvfrom(2) */
export function recvfrom(fd: i32, p: Uint8Array, flags: i32): Received {
  store<u32>(addressSize, SIZEOF_SOCKADDR_STORAGE);
  const n = sys.recvfrom(fd, p.dataStart, p.length, flags, address, addressSize);
  if (n < 0) return new Received(-1, null, new Errno(-n));
  const size = load<u32>(addressSize);
  const from = sockaddrAt(address, size);
  return new Received(n, from, unlessKnown(from, size));
}

/** Go's error for an address of a family that it does not know. */
function unlessKnown(from: Sockaddr | null, size: u32): Errno | null {
  return from !== null || familyAt(address, size) == AF_UNSPEC ? null : new Errno(EAFNOSUPPORT);
}

/** `syscall.Sendto(fd, p, flags, to)`: sends `p` to an address. sendto(2) */
export function sendto(fd: i32, p: Uint8Array, flags: i32, to: Sockaddr): Errno | null {
  const size = to.write(address);
  return Errno.of(size < 0 ? size : sys.sendto(fd, p.dataStart, p.length, flags, address, size));
}

/** What Go's Recvmsg() returns as `(n, oobn, recvflags, from, err)`. */
@final
export class ReceivedMessage {
  constructor(
    /** Bytes. */
    readonly n: i32,
    /** Bytes of control messages: give `oob.subarray(0, oobn)` to parseSocketControlMessage(). */
    readonly oobn: i32,
    /** MSG_TRUNC, MSG_CTRUNC, … */
    readonly recvflags: i32,
    /** Who sent them; null from a connected or unnamed socket. */
    readonly from: Sockaddr | null,
    readonly err: Failure | null,
  ) {}
}

/** `syscall.Recvmsg(fd, p, oob, flags)`: receives into `p`, and control messages into `oob`, if there is one. recvmsg(2) */
export function recvmsg(fd: i32, p: Uint8Array, oob: Uint8Array | null, flags: i32): ReceivedMessage {
  let n = fillHeader(fd, p, oob, SIZEOF_SOCKADDR_STORAGE);
  if (n == 0) n = sys.recvmsg(fd, header, flags);
  if (n < 0) return new ReceivedMessage(-1, 0, 0, null, new Errno(-n));
  const size = load<u32>(header, 4);
  const oobn = load<i32>(header, 20);
  const recvflags = load<i32>(header, 24);
  const from = sockaddrAt(address, size);
  return new ReceivedMessage(n, oobn, recvflags, from, unlessKnown(from, size));
}

/** `syscall.Sendmsg(fd, p, oob, to, flags)`: sends `p`, with control messages, to an address; both may be null. sendmsg(2) */
export function sendmsg(fd: i32, p: Uint8Array, oob: Uint8Array | null, to: Sockaddr | null, flags: i32): Errno | null {
  return Errno.of(sendmsgN(fd, p, oob, to, flags));
}

/** `syscall.SendmsgN(fd, p, oob, to, flags)`: sendmsg() that tells how many bytes of `p` went, or a negated errno. */
export function sendmsgN(fd: i32, p: Uint8Array, oob: Uint8Array | null, to: Sockaddr | null, flags: i32): i32 {
  const size = to === null ? 0 : to.write(address);
  if (size < 0) return size;
  let n = fillHeader(fd, p, oob, size);
  if (n == 0) n = sys.sendmsg(fd, header, flags);
  return p.length == 0 && n > 0 ? 0 : n;
}

/** Makes the msghdr of a call: 0 or a negated errno. Only datagrams carry control messages without a byte of data. */
function fillHeader(fd: i32, p: Uint8Array, oob: Uint8Array | null, size: u32): i32 {
  const oobSize = oob === null ? 0 : oob.length;
  store<usize>(buffer, p.dataStart);
  store<u32>(buffer, p.length, 4);
  if (p.length == 0 && oobSize > 0) {
    const type = getsockoptInt(fd, SOL_SOCKET, SO_TYPE);
    const err = type.err;
    if (err !== null) return -(err as Errno).number;
    if (type.value != SOCK_DGRAM) {
      store<usize>(buffer, dummy);
      store<u32>(buffer, 1, 4);
    }
  }
  store<usize>(header, size == 0 ? 0 : address);
  store<u32>(header, size, 4);
  store<usize>(header, buffer, 8);
  store<u32>(header, 1, 12);
  store<usize>(header, oob === null ? 0 : oob.dataStart, 16);
  store<u32>(header, oobSize, 20);
  store<i32>(header, 0, 24);
  return 0;
}
