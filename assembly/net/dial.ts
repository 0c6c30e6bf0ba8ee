// Connections and listeners by the names of networks and hosts: Go's Dial and Listen.

import { Failure, failed, Result } from "../errors";
import { MILLISECOND, now } from "../time";
import { Addr, IPAddr, TCPAddr, UDPAddr, UnixAddr } from "./addr";
import { Conn } from "./conn";
import { Descriptor } from "./descriptor";
import { AddrError, OpError, UnknownNetworkError } from "./errors";
import { Listener } from "./listener";
import { PacketConn } from "./packet";
import { Attempt, interleave, race } from "./race";
import { Destination, findDestination } from "./resolve";
import { defaultResolver, Resolver } from "./resolver";
import { Dialing, ErrMissingAddress } from "./socket";
import { connectTCP, listenTCP } from "./tcp";
import { connectUDP, listenUDP } from "./udp";
import { connectUnix, listenUnix, listenUnixgram } from "./unix";

/** Go's: how long an address may take before the next is tried, too. */
const FALLBACK_DELAY: i64 = 300 * MILLISECOND;

/** What networks there are. */
const enum Kind {
  TCP,
  UDP,
  UNIX,
  UNKNOWN,
}

function kindOf(network: string): Kind {
  if (network == "tcp" || network == "tcp4" || network == "tcp6") return Kind.TCP;
  if (network == "udp" || network == "udp4" || network == "udp6") return Kind.UDP;
  return network == "unix" || network == "unixgram" || network == "unixpacket" ? Kind.UNIX : Kind.UNKNOWN;
}

/** One way to the peer. */
@final
class Call extends Attempt implements Dialing {
  private descriptor: Descriptor | null = null;

  constructor(
    private network: string,
    private laddr: Addr | null,
    private raddr: Addr,
    private deadline: i64,
  ) {
    super();
  }

  dial(): void {
    const made = this.connect();
    const err = made.err;
    if (err !== null) this.err = err;
    else this.conn = made.value;
    const descriptor = this.descriptor;
    if (descriptor !== null && err === null) descriptor.setWriteDeadline(0);
  }

  abandon(): void {
    const descriptor = this.descriptor;
    if (descriptor !== null) descriptor.close();
  }

  begin(descriptor: Descriptor): void {
    this.descriptor = descriptor;
    if (this.deadline != 0) descriptor.setWriteDeadline(this.deadline);
  }

  private connect(): Result<Conn> {
    const raddr = this.raddr;
    const laddr = this.laddr;
    if (raddr instanceof TCPAddr) return asConn(connectTCP(this.network, laddr as TCPAddr | null, raddr as TCPAddr, this));
    if (raddr instanceof UDPAddr) return asConn(connectUDP(this.network, laddr as UDPAddr | null, raddr as UDPAddr, this));
    return asConn(connectUnix(this.network, laddr as UnixAddr | null, raddr as UnixAddr, this));
  }
}

function asConn<T extends Conn>(made: Result<T>): Result<Conn> {
  const err = made.err;
  return err !== null ? failed<Conn>(err) : new Result<Conn>(made.value);
}

/** How connections are made. What is not set is as for `dial()`. */
@final
export class Dialer {
  /** Nanoseconds that a dial() may take, names included. 0: as long as it takes; negative: none is left. */
  timeout: i64 = 0;
  /** When it has to be done, as time's now() counts. 0: no matter when. */
  deadline: i64 = 0;
  /** Where to call from: of the network's kind. */
  localAddr: Addr | null = null;
  /** Nanoseconds that an address may take before the next is tried as well; 0: 300 ms; negative: one after the other. */
  fallbackDelay: i64 = 0;
  /** Who looks names up. */
  resolver: Resolver | null = null;

  /** Connects to `address` in `network`: see `dial()`. */
  dial(network: string, address: string): Result<Conn> {
    const kind = kindOf(network);
    if (kind == Kind.UNKNOWN) return notDialed(network, new UnknownNetworkError(network));
    if (address.length == 0) return notDialed(network, ErrMissingAddress);
    const until = this.end();
    if (kind == Kind.UNIX) return this.call(network, new UnixAddr(address, network), until);
    const resolver = this.resolver;
    const found = findDestination(resolver !== null ? resolver : defaultResolver, network, address, until);
    const err = found.err;
    if (err !== null) return notDialed(network, err);
    return kind == Kind.UDP
      ? this.call(network, found.value.toUDP(), until)
      : this.callAll(network, found.value, until);
  }

  private end(): i64 {
    const limit = this.timeout != 0 ? now() + this.timeout : 0;
    const deadline = this.deadline;
    if (limit == 0 || deadline == 0) return max(limit, deadline);
    return min(limit, deadline);
  }

  private call(network: string, raddr: Addr, until: i64): Result<Conn> {
    const err = this.mismatch(raddr);
    if (err !== null) return notDialed(network, err);
    const call = new Call(network, this.localAddr, raddr, until);
    call.dial();
    return resultOf(call);
  }

  private callAll(network: string, to: Destination, until: i64): Result<Conn> {
    if (to.addrs.length <= 1) return this.call(network, to.toTCP(), until);
    const first: Attempt[] = [];
    const second: Attempt[] = [];
    for (let i = 0; i < to.addrs.length; i++) {
      const each = to.addrs[i];
      const raddr = new TCPAddr(each.ip, to.port, each.zone);
      const err = this.mismatch(raddr);
      if (err !== null) return notDialed(network, err);
      const isAsFirst = each.ip!.isV4 == to.addrs[0].ip!.isV4;
      (isAsFirst ? first : second).push(new Call(network, this.localAddr, raddr, until));
    }
    return resultOf(race(interleave(first, second), this.fallbackDelay == 0 ? FALLBACK_DELAY : this.fallbackDelay));
  }

  /** Why nobody can call `raddr` from `localAddr`. */
  private mismatch(raddr: Addr): Failure | null {
    const laddr = this.localAddr;
    if (laddr === null || isOfKind(laddr, raddr)) return null;
    return new AddrError("mismatched local address type", laddr.toString());
  }
}

function isOfKind(laddr: Addr, raddr: Addr): bool {
  if (raddr instanceof TCPAddr) return laddr instanceof TCPAddr;
  return raddr instanceof UDPAddr ? laddr instanceof UDPAddr : laddr instanceof UnixAddr;
}

function resultOf(call: Attempt): Result<Conn> {
  const conn = call.conn;
  return conn !== null ? new Result<Conn>(conn) : failed<Conn>(call.err!);
}

function notDialed(network: string, err: Failure): Result<Conn> {
  return failed<Conn>(new OpError("dial", network, null, null, err));
}

/**
 * `net.Dial(network, address)`: connects to `address`.
 *
 * `network` is `tcp`, `tcp4` (IPv4 only), `tcp6`, `udp`, `udp4`, `udp6`, `unix`, `unixgram` or `unixpacket`; `address` is
 * `host:port`, `[::1]:port`, `host:service`, or a path. Of a host with several addresses all are tried. RFC 8305
 */
export function dial(network: string, address: string): Result<Conn> {
  return new Dialer().dial(network, address);
}

/** `net.DialTimeout(network, address, timeout)`: dial() that gives up after `timeout` nanoseconds. */
export function dialTimeout(network: string, address: string, timeout: i64): Result<Conn> {
  const dialer = new Dialer();
  dialer.timeout = timeout;
  return dialer.dial(network, address);
}

/**
 * `net.Listen(network, address)`: takes connections at `address`.
 *
 * `network` is `tcp`, `tcp4`, `tcp6`, `unix` or `unixpacket`. Without a host, as in `:8080`, it is reached at all of the
 * machine's addresses; port 0 lets the kernel choose one: addr() tells which.
 */
export function listen(network: string, address: string): Result<Listener> {
  const kind = kindOf(network);
  if (kind == Kind.UNIX) return listenAtPath(network, address);
  if (kind == Kind.UNKNOWN) return notListening<Listener>(network, null, new UnknownNetworkError(network));
  const found = findLocal(network, address);
  const err = found.err;
  if (err !== null) return notListening<Listener>(network, null, err);
  if (kind == Kind.UDP) return notListening<Listener>(network, found.value.toUDP(), unexpected(address));
  const made = listenTCP(network, found.value.toTCP());
  const refusal = made.err;
  return refusal !== null ? failed<Listener>(refusal) : new Result<Listener>(made.value);
}

function listenAtPath(network: string, address: string): Result<Listener> {
  const laddr = new UnixAddr(address, network);
  if (network == "unixgram") return notListening<Listener>(network, laddr, unexpected(address));
  const made = listenUnix(network, laddr);
  const err = made.err;
  return err !== null ? failed<Listener>(err) : new Result<Listener>(made.value);
}

/**
 * `net.ListenPacket(network, address)`: a socket for datagrams at `address`.
 *
 * `network` is `udp`, `udp4`, `udp6` or `unixgram`.
 */
export function listenPacket(network: string, address: string): Result<PacketConn> {
  const kind = kindOf(network);
  if (kind == Kind.UNKNOWN) return notListening<PacketConn>(network, null, new UnknownNetworkError(network));
  if (kind == Kind.UNIX) return listenForDatagrams(network, address);
  const found = findLocal(network, address);
  const err = found.err;
  if (err !== null) return notListening<PacketConn>(network, null, err);
  if (kind == Kind.TCP) return notListening<PacketConn>(network, found.value.toTCP(), unexpected(address));
  const made = listenUDP(network, found.value.toUDP());
  const refusal = made.err;
  return refusal !== null ? failed<PacketConn>(refusal) : new Result<PacketConn>(made.value);
}

function listenForDatagrams(network: string, address: string): Result<PacketConn> {
  const laddr = new UnixAddr(address, network);
  if (network != "unixgram") return notListening<PacketConn>(network, laddr, unexpected(address));
  const made = listenUnixgram(network, laddr);
  const err = made.err;
  return err !== null ? failed<PacketConn>(err) : new Result<PacketConn>(made.value);
}

function findLocal(network: string, address: string): Result<Destination> {
  if (address.length == 0) return new Result<Destination>(new Destination([], 0, false));
  return findDestination(defaultResolver, network, address, 0);
}

function unexpected(address: string): Failure {
  return new AddrError("unexpected address type", address);
}

function notListening<T>(network: string, addr: Addr | null, err: Failure): Result<T> {
  return failed<T>(new OpError("listen", network, null, addr, err));
}
