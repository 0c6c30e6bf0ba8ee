// UDP sockets.

import { Failure, failed, Result } from "../errors";
import { EAFNOSUPPORT, EINVAL, SIZEOF_SOCKADDR_STORAGE, SOCK_DGRAM } from "../linux.generated";
import { Errno } from "../syscall/errno";
import { Addr, UDPAddr } from "./addr";
import { reasonOf, SocketConn } from "./conn";
import { Descriptor } from "./descriptor";
import { ErrWriteToConnected, OpError, UnknownNetworkError } from "./errors";
import { anyAddress, Message, PacketConn, Received, ReceivedMessage, SentMessage, takeName } from "./packet";
import {
  Dialing,
  ErrMissingAddress,
  name,
  nameLength,
  openClient,
  openServer,
  readOwnName,
  readPeerName,
  writeName,
  wrongFamily,
} from "./socket";
import { udpAddrAt } from "./sockaddr";

/** A UDP socket. What it reads is one datagram each time; what does not fit into the buffer is lost. */
@final
export class UDPConn extends SocketConn implements PacketConn {
  private family: i32;

  constructor(descriptor: Descriptor, net: string, laddr: UDPAddr | null, raddr: UDPAddr | null, family: i32) {
    super(descriptor, net, laddr, raddr);
    this.family = family;
  }

  protected get endsWithNothing(): bool {
    return false;
  }

  readFrom(p: Uint8Array): Received<Addr> {
    const received = this.readFromUDP(p);
    return new Received<Addr>(received.n, received.addr, received.err);
  }

  /** readFrom(), typed. */
  readFromUDP(p: Uint8Array): Received<UDPAddr> {
    const size = this.descriptor.recvfrom(p.dataStart, p.length, name, nameLength, SIZEOF_SOCKADDR_STORAGE);
    if (size < 0) return new Received<UDPAddr>(0, null, this.failure("read", reasonOf("recvfrom", size)));
    return new Received<UDPAddr>(size, udpAddrAt(name, load<u32>(nameLength)));
  }

  /** A datagram and the control data that options of setsockopt(2) ask for. recvmsg(2) */
  readMsgUDP(p: Uint8Array, oob: Uint8Array): ReceivedMessage<UDPAddr> {
    const address = anyAddress();
    const message = new Message(p, oob, address);
    const size = this.descriptor.recvmsg(message.header, 0);
    if (size < 0) return new ReceivedMessage<UDPAddr>(0, 0, 0, null, this.failure("read", reasonOf("recvmsg", size)));
    const header = message.header;
    const addr = udpAddrAt(changetype<usize>(address), header.msg_namelen);
    return new ReceivedMessage<UDPAddr>(size, header.msg_controllen, header.msg_flags, addr);
  }

  writeTo(p: Uint8Array, addr: Addr | null): i32 {
    if (addr !== null && !(addr instanceof UDPAddr)) return this.refuse(new Errno(EINVAL), addr);
    return this.writeToUDP(p, addr as UDPAddr | null);
  }

  /** writeTo(), typed. */
  writeToUDP(p: Uint8Array, addr: UDPAddr | null): i32 {
    if (this.raddr !== null) return this.refuse(ErrWriteToConnected, addr);
    if (addr === null) return this.refuse(ErrMissingAddress, null);
    const length = writeName(this.family, addr);
    if (length < 0) return this.refuse(this.wrongAddress(length, addr), addr);
    const size = this.descriptor.sendto(p.dataStart, p.length, takeName(length), length);
    if (size < 0) return this.refuse(reasonOf("sendto", size), addr);
    this.err = null;
    return size;
  }

  /** A datagram to `addr`, or null for the peer of a connected socket, with control data. sendmsg(2) */
  writeMsgUDP(p: Uint8Array, oob: Uint8Array, addr: UDPAddr | null): SentMessage {
    if (this.raddr !== null && addr !== null) return this.notSent(ErrWriteToConnected, addr);
    if (this.raddr === null && addr === null) return this.notSent(ErrMissingAddress, null);
    const length = addr !== null ? writeName(this.family, addr) : 0;
    if (length < 0) return this.notSent(this.wrongAddress(length, addr!), addr);
    const size = this.descriptor.sendmsg(new Message(p, oob, takeName(length)).header, 0);
    return size < 0 ? this.notSent(reasonOf("sendmsg", size), addr) : new SentMessage(size, oob.length);
  }

  // An interface finds no method that a class only inherits.

  close(): Failure | null {
    return super.close();
  }

  localAddr(): Addr | null {
    return super.localAddr();
  }

  setDeadline(t: i64): Failure | null {
    return super.setDeadline(t);
  }

  setReadDeadline(t: i64): Failure | null {
    return super.setReadDeadline(t);
  }

  setWriteDeadline(t: i64): Failure | null {
    return super.setWriteDeadline(t);
  }

  /** Why `addr` is none that this socket can send to: writeName() answered `result`. */
  private wrongAddress(result: i32, addr: UDPAddr): Failure {
    return result == -EAFNOSUPPORT ? wrongFamily(this.family, addr) : new Errno(-result);
  }

  private notSent(err: Failure, addr: UDPAddr | null): SentMessage {
    return new SentMessage(0, 0, new OpError("write", this.net, this.laddr, addr, err));
  }

  private refuse(err: Failure, addr: Addr | null): i32 {
    this.err = new OpError("write", this.net, this.laddr, addr, err);
    return 0;
  }
}

function isUDP(network: string): bool {
  return network == "udp" || network == "udp4" || network == "udp6";
}

/**
 * `net.ListenUDP(network, laddr)`: a socket at `laddr` that hears whoever sends to it. `network` is `udp`, `udp4` or
 * `udp6`; port 0 lets the kernel choose one: localAddr() tells which.
 */
export function listenUDP(network: string, laddr: UDPAddr | null): Result<UDPConn> {
  if (!isUDP(network)) return notOpened("listen", network, laddr, null, new UnknownNetworkError(network));
  const opened = openServer(network, SOCK_DGRAM, laddr);
  const err = opened.err;
  if (err !== null) return notOpened("listen", network, laddr, null, err);
  return new Result<UDPConn>(makeConn(opened.value, network, null));
}

/** `net.DialUDP(network, laddr, raddr)`: a socket that sends to `raddr` and hears nobody else, from `laddr` if given. */
export function dialUDP(network: string, laddr: UDPAddr | null, raddr: UDPAddr | null): Result<UDPConn> {
  return connectUDP(network, laddr, raddr, null);
}

/** dialUDP() for a dialer. */
export function connectUDP(
  network: string,
  laddr: UDPAddr | null,
  raddr: UDPAddr | null,
  dialing: Dialing | null,
): Result<UDPConn> {
  if (!isUDP(network)) return notOpened("dial", network, laddr, raddr, new UnknownNetworkError(network));
  if (raddr === null) return notOpened("dial", network, laddr, null, ErrMissingAddress);
  const opened = openClient(network, SOCK_DGRAM, laddr, raddr, dialing);
  const err = opened.err;
  if (err !== null) return notOpened("dial", network, laddr, raddr, err);
  const descriptor = opened.value;
  const peer = udpAddrAt(name, readPeerName(descriptor.fd));
  return new Result<UDPConn>(makeConn(descriptor, network, peer !== null ? peer : raddr));
}

/** The connection of a socket that is bound or connected. */
export function makeConn(descriptor: Descriptor, network: string, raddr: UDPAddr | null): UDPConn {
  const own = udpAddrAt(name, readOwnName(descriptor.fd));
  return new UDPConn(descriptor, network, own, raddr, load<u16>(name));
}

function notOpened(
  op: string,
  network: string,
  laddr: UDPAddr | null,
  raddr: UDPAddr | null,
  err: Failure,
): Result<UDPConn> {
  const addr = op == "listen" ? laddr : raddr;
  return failed<UDPConn>(new OpError(op, network, op == "listen" ? null : laddr, addr, err));
}
