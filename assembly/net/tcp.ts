// TCP connections and listeners.

import { Failure, failed, Result } from "../errors";
import { Copied, copy, PlainReaderFrom, Reader } from "../io";
import {
  IPPROTO_TCP,
  SHUT_RD,
  SHUT_WR,
  SO_KEEPALIVE,
  SO_LINGER,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
} from "../linux.generated";
import { Linger } from "../struct";
import { Duration, SECOND } from "../time";
import { TCPAddr } from "./addr";
import { Conn, reasonOf, SocketConn } from "./conn";
import { Descriptor } from "./descriptor";
import { OpError, UnknownNetworkError } from "./errors";
import { SocketListener } from "./listener";
import { Dialing, ErrMissingAddress, failureOf, name, nameLength, openClient, openServer, readOwnName, readPeerName } from "./socket";
import { tcpAddrAt } from "./sockaddr";

/** Go's: how long a connection is silent before the kernel asks whether the peer lives. */
const KEEP_ALIVE: i64 = 15 * SECOND;

/** A TCP connection. */
@final
export class TCPConn extends SocketConn implements PlainReaderFrom {
  /** Writes all that comes from `r`, as `copy()` does: its errors say so. */
  readFrom(r: Reader): Copied {
    return copy(this, r);
  }

  /** @internal */
  copyFailure(err: Failure): Failure {
    return this.failure("readfrom", err);
  }

  /** Tells the kernel that nothing more will be read. */
  closeRead(): Failure | null {
    return this.wasClosed(SHUT_RD);
  }

  /** Tells the peer that nothing more comes. What it sends can still be read. */
  closeWrite(): Failure | null {
    return this.wasClosed(SHUT_WR);
  }

  /** Whether small writes are sent at once, TCP_NODELAY: they are, unless this is set to false. tcp(7) */
  setNoDelay(noDelay: bool): Failure | null {
    return this.tune(IPPROTO_TCP, TCP_NODELAY, i32(noDelay));
  }

  /** Whether the kernel asks a silent peer whether it lives, SO_KEEPALIVE: it does, every 15 seconds. socket(7) */
  setKeepAlive(keepAlive: bool): Failure | null {
    return this.tune(SOL_SOCKET, SO_KEEPALIVE, i32(keepAlive));
  }

  /** How long the peer may be silent before it is asked, and between questions: whole seconds, rounded up. */
  setKeepAlivePeriod(d: Duration): Failure | null {
    const seconds = secondsOf(d);
    const err = this.tune(IPPROTO_TCP, TCP_KEEPINTVL, seconds);
    return err !== null ? err : this.tune(IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  }

  /**
   * What close() does with bytes that are not sent yet, SO_LINGER: negative, the kernel sends them later, as by default;
   * 0, it drops them, and the peer's connection is reset; positive, it goes on for so many seconds. socket(7)
   */
  setLinger(seconds: i32): Failure | null {
    const linger = new Linger();
    linger.l_onoff = i32(seconds >= 0);
    linger.l_linger = max(seconds, 0);
    const value = changetype<usize>(linger);
    const result = this.descriptor.setOptionAt(SOL_SOCKET, SO_LINGER, value, <u32>offsetof<Linger>());
    return this.wasTuned(result);
  }

  private tune(level: i32, name: i32, value: i32): Failure | null {
    return this.wasTuned(this.descriptor.setOption(level, name, value));
  }

  /** As Go: what concerns the connection, and not the socket alone, names both ends. */
  private wasTuned(result: i32): Failure | null {
    const err = failureOf("setsockopt", result);
    return err === null ? null : this.failure("set", err);
  }

  private wasClosed(how: i32): Failure | null {
    const err = failureOf("shutdown", this.descriptor.shutdown(how));
    return err === null ? null : this.failure("close", err);
  }
}

function secondsOf(d: Duration): i32 {
  return <i32>min<i64>((d + SECOND - 1) / SECOND, i32.MAX_VALUE);
}

/** A TCP server's socket. */
@final
export class TCPListener extends SocketListener {
  constructor(
    descriptor: Descriptor,
    net: string,
    private own: TCPAddr,
  ) {
    super(descriptor, net, own);
  }

  accept(): Result<Conn> {
    const accepted = this.acceptTCP();
    const err = accepted.err;
    return err === null ? new Result<Conn>(accepted.value) : failed<Conn>(err);
  }

  /** accept(), typed. */
  acceptTCP(): Result<TCPConn> {
    const fd = this.take();
    if (fd < 0) return failed<TCPConn>(this.failure("accept", reasonOf("accept4", fd)));
    const raddr = tcpAddrAt(name, load<u32>(nameLength));
    return new Result<TCPConn>(new TCPConn(new Descriptor(fd, true), this.net, this.addressOf(fd), raddr));
  }

  /** The own address of a client's connection: the listener's, if that is one in particular. */
  private addressOf(fd: i32): TCPAddr | null {
    const own = this.own;
    const ip = own.ip;
    if (ip !== null && !ip.isUnspecified()) return new TCPAddr(ip, own.port, own.zone);
    return ownAddress(fd);
  }
}

function ownAddress(fd: i32): TCPAddr | null {
  return tcpAddrAt(name, readOwnName(fd));
}

function peerAddress(fd: i32): TCPAddr | null {
  return tcpAddrAt(name, readPeerName(fd));
}

function isTCP(network: string): bool {
  return network == "tcp" || network == "tcp4" || network == "tcp6";
}

/**
 * `net.ListenTCP(network, laddr)`: a server's socket at `laddr`. `network` is `tcp`, `tcp4` or `tcp6`.
 *
 * Without an address it is reached at all of the machine's; port 0 lets the kernel choose one: addr() tells which.
 */
export function listenTCP(network: string, laddr: TCPAddr | null): Result<TCPListener> {
  if (!isTCP(network)) return notListening(network, laddr, new UnknownNetworkError(network));
  const opened = openServer(network, SOCK_STREAM, laddr);
  const err = opened.err;
  if (err !== null) return notListening(network, laddr, err);
  const descriptor = opened.value;
  // Accepted sockets inherit them.
  tune(descriptor);
  const own = ownAddress(descriptor.fd);
  return new Result<TCPListener>(new TCPListener(descriptor, network, own !== null ? own : new TCPAddr()));
}

function notListening(network: string, laddr: TCPAddr | null, err: Failure): Result<TCPListener> {
  return failed<TCPListener>(new OpError("listen", network, null, laddr, err));
}

/** Go's defaults: small writes go at once, and a peer that has vanished is noticed. */
function tune(descriptor: Descriptor): void {
  descriptor.setOption(IPPROTO_TCP, TCP_NODELAY, 1);
  descriptor.setOption(SOL_SOCKET, SO_KEEPALIVE, 1);
  descriptor.setOption(IPPROTO_TCP, TCP_KEEPIDLE, secondsOf(KEEP_ALIVE));
  descriptor.setOption(IPPROTO_TCP, TCP_KEEPINTVL, secondsOf(KEEP_ALIVE));
}

/** `net.DialTCP(network, laddr, raddr)`: a connection to `raddr`, from `laddr` if that is given. */
export function dialTCP(network: string, laddr: TCPAddr | null, raddr: TCPAddr | null): Result<TCPConn> {
  return connectTCP(network, laddr, raddr, null);
}

/** dialTCP() for a dialer. */
export function connectTCP(
  network: string,
  laddr: TCPAddr | null,
  raddr: TCPAddr | null,
  dialing: Dialing | null,
): Result<TCPConn> {
  if (!isTCP(network)) return notDialed(network, laddr, raddr, new UnknownNetworkError(network));
  if (raddr === null) return notDialed(network, laddr, null, ErrMissingAddress);
  for (let attempt = 0; ; attempt++) {
    const opened = openClient(network, SOCK_STREAM, laddr, raddr, dialing);
    const err = opened.err;
    if (err !== null) return notDialed(network, laddr, raddr, err);
    const descriptor = opened.value;
    const own = ownAddress(descriptor.fd);
    const peer = peerAddress(descriptor.fd);
    const isChosen = laddr === null || laddr.port == 0;
    if (isChosen && attempt < 2 && isItself(own, peer)) {
      descriptor.close();
      continue;
    }
    tune(descriptor);
    return new Result<TCPConn>(new TCPConn(descriptor, network, own, peer !== null ? peer : raddr));
  }
}

/** Whether the port that the kernel chose is the one that was called: then a socket has connected to itself. */
function isItself(own: TCPAddr | null, peer: TCPAddr | null): bool {
  if (own === null || peer === null || own.port != peer.port) return false;
  const ip = own.ip;
  return ip !== null && ip.equal(peer.ip);
}

function notDialed(network: string, laddr: TCPAddr | null, raddr: TCPAddr | null, err: Failure): Result<TCPConn> {
  return failed<TCPConn>(new OpError("dial", network, laddr, raddr, err));
}
