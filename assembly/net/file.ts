// Sockets that somebody else has opened: Go's FileConn, FileListener and FilePacketConn.

import * as sys from "../bindings/berkeley";
import { Failure, failed, Result } from "../errors";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  EINVAL,
  EPROTONOSUPPORT,
  F_DUPFD_CLOEXEC,
  IPPROTO_TCP,
  SO_TYPE,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from "../linux.generated";
import { File } from "../os/file";
import { setNonblock } from "../syscall/descriptor";
import { Errno } from "../syscall/errno";
import { Addr, TCPAddr, UnixAddr } from "./addr";
import { Conn, reasonOf } from "./conn";
import { Descriptor } from "./descriptor";
import { OpError } from "./errors";
import { Listener } from "./listener";
import { PacketConn } from "./packet";
import { familyAt, tcpAddrAt, udpAddrAt, unixAddrAt } from "./sockaddr";
import { name, readOwnName, readPeerName } from "./socket";
import { TCPConn, TCPListener } from "./tcp";
import { makeConn, UDPConn } from "./udp";
import { UnixConn, UnixListener } from "./unix";

const value: usize = memory.data(4, 4);
const valueSize: usize = memory.data(4, 4);

/** A file's name, in the place of an address. */
@final
class FileAddr implements Addr {
  constructor(private file: string) {}

  network(): string {
    return "file+net";
  }

  toString(): string {
    return this.file;
  }
}

/** A second descriptor of a file's socket. */
@final
class Socket {
  constructor(
    readonly descriptor: Descriptor,
    /** `tcp`, `udp`, `unix`, `unixgram` or `unixpacket`. */
    readonly net: string,
  ) {}

  /** A connection, or a socket of datagrams with or without a peer. */
  toConn(): Conn {
    if (this.net == "tcp") return this.toTCP();
    return this.net == "udp" ? this.toUDP() : this.toUnix();
  }

  private toTCP(): TCPConn {
    const fd = this.descriptor.fd;
    this.descriptor.setOption(IPPROTO_TCP, TCP_NODELAY, 1);
    const own = tcpAddrAt(name, readOwnName(fd));
    return new TCPConn(this.descriptor, this.net, own, tcpAddrAt(name, readPeerName(fd)));
  }

  toUDP(): UDPConn {
    return makeConn(this.descriptor, this.net, udpAddrAt(name, readPeerName(this.descriptor.fd)));
  }

  toUnix(): UnixConn {
    const fd = this.descriptor.fd;
    const own = unixAddrAt(name, readOwnName(fd), this.net);
    return new UnixConn(this.descriptor, this.net, own, unixAddrAt(name, readPeerName(fd), this.net));
  }

  toListener(): Listener {
    const size = readOwnName(this.descriptor.fd);
    if (this.net == "tcp") {
      const own = tcpAddrAt(name, size);
      return new TCPListener(this.descriptor, this.net, own !== null ? own : new TCPAddr());
    }
    const own = unixAddrAt(name, size, this.net);
    const listener = new UnixListener(this.descriptor, this.net, own !== null ? own : new UnixAddr("", this.net));
    listener.setUnlinkOnClose(false);
    return listener;
  }
}

/** The name of the network whose sockets are of this family and type, or "". */
function networkOf(family: i32, type: i32): string {
  if (family == AF_INET || family == AF_INET6) return type == SOCK_STREAM ? "tcp" : type == SOCK_DGRAM ? "udp" : "";
  if (family != AF_UNIX) return "";
  return type == SOCK_STREAM ? "unix" : type == SOCK_DGRAM ? "unixgram" : type == SOCK_SEQPACKET ? "unixpacket" : "";
}

function take(f: File): Result<Socket> {
  const fd = sys.fcntl(f.fd, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return failed<Socket>(reasonOf("fcntl", fd));
  store<u32>(valueSize, 4);
  const result = sys.getsockopt(fd, SOL_SOCKET, SO_TYPE, value, valueSize);
  const net = result < 0 ? "" : networkOf(familyAt(name, readOwnName(fd)), load<i32>(value));
  if (net.length > 0) {
    setNonblock(fd, true);
    return new Result<Socket>(new Socket(new Descriptor(fd, net == "tcp" || net == "unix"), net));
  }
  sys.close(fd);
  return failed<Socket>(result < 0 ? reasonOf("getsockopt", result) : new Errno(EPROTONOSUPPORT));
}

function notMade<T>(f: File, err: Failure): Result<T> {
  return failed<T>(new OpError("file", "file+net", null, new FileAddr(f.name), err));
}

function notFor<T>(f: File, socket: Socket): Result<T> {
  socket.descriptor.close();
  return notMade<T>(f, new Errno(EINVAL));
}

/**
 * `net.FileConn(f)`: the connection, or socket of datagrams, that `f` is: one that was passed to the program, say.
 *
 * It has a descriptor of its own, and closing one does not close the other. Both do not block from then on.
 */
export function fileConn(f: File): Result<Conn> {
  const taken = take(f);
  const err = taken.err;
  return err !== null ? notMade<Conn>(f, err) : new Result<Conn>(taken.value.toConn());
}

/** `net.FileListener(f)`: the listener that `f` is: one that the program was started with, say. Else as fileConn(). */
export function fileListener(f: File): Result<Listener> {
  const taken = take(f);
  const err = taken.err;
  if (err !== null) return notMade<Listener>(f, err);
  const socket = taken.value;
  return socket.net == "udp" ? notFor<Listener>(f, socket) : new Result<Listener>(socket.toListener());
}

/** `net.FilePacketConn(f)`: the socket of datagrams that `f` is. Else as fileConn(). */
export function filePacketConn(f: File): Result<PacketConn> {
  const taken = take(f);
  const err = taken.err;
  if (err !== null) return notMade<PacketConn>(f, err);
  const socket = taken.value;
  if (socket.net == "udp") return new Result<PacketConn>(socket.toUDP());
  return socket.net == "tcp" ? notFor<PacketConn>(f, socket) : new Result<PacketConn>(socket.toUnix());
}
