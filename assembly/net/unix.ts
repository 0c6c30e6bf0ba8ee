// Unix sockets: streams (`unix`), datagrams (`unixgram`) and records (`unixpacket`).

import * as sys from "../bindings/berkeley";
import { Failure, failed, Result } from "../errors";
import {
  AF_UNIX,
  EINVAL,
  MSG_CMSG_CLOEXEC,
  SHUT_RD,
  SHUT_WR,
  SIZEOF_SOCKADDR_STORAGE,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from "../linux.generated";
import { unlink } from "../socket";
import { Errno } from "../syscall/errno";
import { Addr, UnixAddr } from "./addr";
import { Conn, reasonOf, SocketConn } from "./conn";
import { Descriptor } from "./descriptor";
import { ErrWriteToConnected, OpError, UnknownNetworkError } from "./errors";
import { SocketListener } from "./listener";
import { anyAddress, Message, PacketConn, Received, ReceivedMessage, SentMessage, takeName } from "./packet";
import {
  BACKLOG,
  Dialing,
  ErrMissingAddress,
  failureOf,
  name,
  nameLength,
  openSocket,
  readOwnName,
  settle,
} from "./socket";
import { unixAddrAt, writeUnix } from "./sockaddr";

/** The type of a network's sockets, or -1 if there is no such network. */
function typeOf(network: string): i32 {
  if (network == "unix") return SOCK_STREAM;
  if (network == "unixgram") return SOCK_DGRAM;
  return network == "unixpacket" ? SOCK_SEQPACKET : -1;
}

/** A connection over a Unix socket, or a socket for datagrams. */
@final
export class UnixConn extends SocketConn implements PacketConn {
  protected get endsWithNothing(): bool {
    return this.net != "unixgram";
  }

  /** Tells the kernel that nothing more will be read. */
  closeRead(): Failure | null {
    return this.wasClosed(SHUT_RD);
  }

  /** Tells the peer that nothing more comes. What it sends can still be read. */
  closeWrite(): Failure | null {
    return this.wasClosed(SHUT_WR);
  }

  readFrom(p: Uint8Array): Received<Addr> {
    const received = this.readFromUnix(p);
    return new Received<Addr>(received.n, received.addr, received.err);
  }

  /** readFrom(), typed. Of a sender without a name there is no address. */
  readFromUnix(p: Uint8Array): Received<UnixAddr> {
    const size = this.descriptor.recvfrom(p.dataStart, p.length, name, nameLength, SIZEOF_SOCKADDR_STORAGE);
    if (size < 0) return new Received<UnixAddr>(0, null, this.failure("read", reasonOf("recvfrom", size)));
    return new Received<UnixAddr>(size, unixAddrAt(name, load<u32>(nameLength), this.net));
  }

  /** Bytes and control data, such as descriptors: syscall's parseSocketControlMessage() takes it apart. recvmsg(2) */
  readMsgUnix(p: Uint8Array, oob: Uint8Array): ReceivedMessage<UnixAddr> {
    const address = anyAddress();
    const message = new Message(p, oob, address);
    if (this.net == "unix") message.addByte();
    const size = this.descriptor.recvmsg(message.header, MSG_CMSG_CLOEXEC);
    if (size < 0) return new ReceivedMessage<UnixAddr>(0, 0, 0, null, this.failure("read", reasonOf("recvmsg", size)));
    const header = message.header;
    const addr = unixAddrAt(changetype<usize>(address), header.msg_namelen, this.net);
    return new ReceivedMessage<UnixAddr>(min(size, p.length), header.msg_controllen, header.msg_flags, addr);
  }

  writeTo(p: Uint8Array, addr: Addr | null): i32 {
    if (addr !== null && !(addr instanceof UnixAddr)) return this.refuse(new Errno(EINVAL), addr);
    return this.writeToUnix(p, addr as UnixAddr | null);
  }

  /** writeTo(), typed. */
  writeToUnix(p: Uint8Array, addr: UnixAddr | null): i32 {
    if (this.raddr !== null) return this.refuse(ErrWriteToConnected, addr);
    if (addr === null) return this.refuse(ErrMissingAddress, null);
    const length = addr.net == this.net ? writeUnix(addr.name, name) : -EINVAL;
    if (length < 0) return this.refuse(new Errno(-length), addr);
    const size = this.descriptor.sendto(p.dataStart, p.length, takeName(length), length);
    if (size < 0) return this.refuse(reasonOf("sendto", size), addr);
    this.err = null;
    return size;
  }

  /**
   * Bytes with control data, such as descriptors: syscall's unixRights() makes it. `addr` is of a socket that is not
   * connected. sendmsg(2)
   */
  writeMsgUnix(p: Uint8Array, oob: Uint8Array, addr: UnixAddr | null): SentMessage {
    if (this.net == "unixgram" && this.raddr !== null && addr !== null) return this.notSent(ErrWriteToConnected, addr);
    const length = addr !== null ? writeUnix(addr.name, name) : 0;
    if (length < 0) return this.notSent(new Errno(-length), addr);
    const message = new Message(p, oob, takeName(length));
    if (this.net == "unix") message.addByte();
    const size = this.descriptor.sendmsg(message.header, 0);
    if (size < 0) return this.notSent(reasonOf("sendmsg", size), addr);
    return new SentMessage(min(size, p.length), oob.length);
  }

  private wasClosed(how: i32): Failure | null {
    const err = failureOf("shutdown", this.descriptor.shutdown(how));
    return err === null ? null : this.failure("close", err);
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

  private notSent(err: Failure, addr: UnixAddr | null): SentMessage {
    return new SentMessage(0, 0, new OpError("write", this.net, this.laddr, addr, err));
  }

  private refuse(err: Failure, addr: Addr | null): i32 {
    this.err = new OpError("write", this.net, this.laddr, addr, err);
    return 0;
  }
}

/** A Unix server's socket. */
@final
export class UnixListener extends SocketListener {
  private isOwner: bool = true;

  constructor(
    descriptor: Descriptor,
    net: string,
    private own: UnixAddr,
  ) {
    super(descriptor, net, own);
  }

  accept(): Result<Conn> {
    const accepted = this.acceptUnix();
    const err = accepted.err;
    return err === null ? new Result<Conn>(accepted.value) : failed<Conn>(err);
  }

  /** accept(), typed. */
  acceptUnix(): Result<UnixConn> {
    const fd = this.take();
    if (fd < 0) return failed<UnixConn>(this.failure("accept", reasonOf("accept4", fd)));
    const raddr = unixAddrAt(name, load<u32>(nameLength), this.net);
    return new Result<UnixConn>(new UnixConn(new Descriptor(fd, this.net == "unix"), this.net, this.own, raddr));
  }

  /** Ends it, and removes its socket file unless setUnlinkOnClose(false) was called. */
  close(): Failure | null {
    const path = this.own.name;
    const hasFile = path.length > 0 && path.charCodeAt(0) != 0x40;
    if (this.isOwner && hasFile && this.descriptor.isUsable) unlink(path);
    this.isOwner = false;
    return super.close();
  }

  /** Whether close() removes the socket file, as it does for a listener of listenUnix(). */
  setUnlinkOnClose(unlink: bool): void {
    this.isOwner = unlink;
  }
}

/** `net.ListenUnix(network, laddr)`: a server's socket at `laddr`. `network` is `unix` or `unixpacket`. */
export function listenUnix(network: string, laddr: UnixAddr | null): Result<UnixListener> {
  if (network != "unix" && network != "unixpacket") return notListening(network, laddr, new UnknownNetworkError(network));
  if (laddr === null) return notListening(network, null, ErrMissingAddress);
  const opened = bind(network, laddr);
  const err = opened.err;
  if (err !== null) return notListening(network, laddr, err);
  const listening = settle(opened.value, failureOf("listen", sys.listen(opened.value.fd, BACKLOG)));
  const refusal = listening.err;
  if (refusal !== null) return notListening(network, laddr, refusal);
  const own = ownAddress(listening.value, network);
  return new Result<UnixListener>(new UnixListener(listening.value, network, own !== null ? own : laddr));
}

/** `net.ListenUnixgram("unixgram", laddr)`: a socket at `laddr` for datagrams. */
export function listenUnixgram(network: string, laddr: UnixAddr | null): Result<UnixConn> {
  if (network != "unixgram") return notConnected("listen", network, null, laddr, new UnknownNetworkError(network));
  if (laddr === null) return notConnected("listen", network, null, null, ErrMissingAddress);
  const opened = bind(network, laddr);
  const err = opened.err;
  if (err !== null) return notConnected("listen", network, null, laddr, err);
  const descriptor = opened.value;
  return new Result<UnixConn>(new UnixConn(descriptor, network, ownAddress(descriptor, network), null));
}

function bind(network: string, laddr: UnixAddr): Result<Descriptor> {
  const opened = openSocket(AF_UNIX, typeOf(network));
  return opened.ok ? settle(opened.value, bindTo(opened.value, laddr)) : opened;
}

function bindTo(descriptor: Descriptor, laddr: UnixAddr): Failure | null {
  const size = writeUnix(laddr.name, name);
  return failureOf("bind", size < 0 ? size : sys.bind(descriptor.fd, name, size));
}

/** `net.DialUnix(network, laddr, raddr)`: a connection to `raddr`, from `laddr` if that is given. */
export function dialUnix(network: string, laddr: UnixAddr | null, raddr: UnixAddr | null): Result<UnixConn> {
  return connectUnix(network, laddr, raddr, null);
}

/** dialUnix() for a dialer. */
export function connectUnix(
  network: string,
  laddr: UnixAddr | null,
  raddr: UnixAddr | null,
  dialing: Dialing | null,
): Result<UnixConn> {
  const type = typeOf(network);
  if (type < 0) return notConnected("dial", network, laddr, raddr, new UnknownNetworkError(network));
  if (raddr === null) return notConnected("dial", network, laddr, null, ErrMissingAddress);
  const opened = openSocket(AF_UNIX, type);
  const err = opened.err;
  if (err !== null) return notConnected("dial", network, laddr, raddr, err);
  const descriptor = opened.value;
  if (dialing !== null) dialing.begin(descriptor);
  const refusal = connectTo(descriptor, laddr, raddr);
  if (refusal !== null) {
    descriptor.close();
    return notConnected("dial", network, laddr, raddr, refusal);
  }
  return new Result<UnixConn>(new UnixConn(descriptor, network, ownAddress(descriptor, network), raddr));
}

function connectTo(descriptor: Descriptor, laddr: UnixAddr | null, raddr: UnixAddr): Failure | null {
  const refusal = laddr !== null ? bindTo(descriptor, laddr) : null;
  if (refusal !== null) return refusal;
  const size = writeUnix(raddr.name, name);
  return failureOf("connect", size < 0 ? size : descriptor.connect(name, size));
}

function ownAddress(descriptor: Descriptor, network: string): UnixAddr | null {
  return unixAddrAt(name, readOwnName(descriptor.fd), network);
}

function notListening(network: string, laddr: UnixAddr | null, err: Failure): Result<UnixListener> {
  return failed<UnixListener>(new OpError("listen", network, null, laddr, err));
}

function notConnected(
  op: string,
  network: string,
  laddr: UnixAddr | null,
  raddr: UnixAddr | null,
  err: Failure,
): Result<UnixConn> {
  return failed<UnixConn>(new OpError(op, network, laddr, raddr, err));
}
