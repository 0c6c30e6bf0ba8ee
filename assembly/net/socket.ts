// How sockets come to be: made, bound, connected, listening. Go's internetSocket.

import * as sys from "../bindings/berkeley";
import { Failure, failed, is, Result } from "../errors";
import {
  AF_INET,
  AF_INET6,
  EAFNOSUPPORT,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SIZEOF_SOCKADDR_STORAGE,
  SO_BROADCAST,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../linux.generated";
import { Errno } from "../syscall/errno";
import { InternetAddr } from "./addr";
import { reasonOf } from "./conn";
import { Descriptor } from "./descriptor";
import { AddrError } from "./errors";
import { writeInet } from "./sockaddr";

/** As many clients as the kernel lets wait: it cuts this to net.core.somaxconn. listen(2) */
export const BACKLOG: i32 = 65535;

/** The last characters of `tcp4` and `tcp6`, and the length of `tcp`: either family. */
const FOUR: i32 = 0x34;
const SIX: i32 = 0x36;
const EITHER: i32 = 3;

/** The bytes of an address, and how many: good until the goroutine waits. */
export const name: usize = memory.data(128, 8);
export const nameLength: usize = memory.data(4, 4);

/** `missing address` */
// @ts-ignore: decorator
@lazy export const ErrMissingAddress: Failure = new Failure("missing address");

/** Something that has to do with a socket while it connects: deadlines, or giving it up. */
export interface Dialing {
  /** The socket is about to connect. */
  begin(descriptor: Descriptor): void;
}

/** Makes a socket that does not block; or why not. */
export function openSocket(family: i32, type: i32): Result<Descriptor> {
  const fd = sys.socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed<Descriptor>(reasonOf("socket", fd));
  return new Result<Descriptor>(new Descriptor(fd, type == SOCK_STREAM));
}

/**
 * Which family's sockets `network` (`tcp`, `tcp4`, `tcp6`, …) takes for these addresses: IPv4 wherever it will do.
 *
 * A server at no address in particular is one of both families; one at 0.0.0.0 of IPv4 only, unlike Go's.
 */
function familyFor(network: string, laddr: InternetAddr | null, raddr: InternetAddr | null, isServer: bool): i32 {
  const last = network.charCodeAt(network.length - 1);
  if (last == FOUR) return AF_INET;
  if (last == SIX || (isServer && hasNoHost(laddr))) return AF_INET6;
  return is4(laddr) && is4(raddr) ? AF_INET : AF_INET6;
}

function hasNoHost(addr: InternetAddr | null): bool {
  return addr === null || addr.ip === null;
}

function is4(addr: InternetAddr | null): bool {
  if (addr === null) return true;
  const ip = addr.ip;
  return ip === null || ip.isV4;
}

/** A server's socket, bound to `laddr`; one of TCP listens. */
export function openServer(network: string, type: i32, laddr: InternetAddr | null): Result<Descriptor> {
  const family = familyFor(network, laddr, null, true);
  const opened = openInternet(network, family, type);
  const err = opened.err;
  if (err !== null) {
    // A machine without IPv6, and any address will do.
    const isEither = network.length == EITHER && hasNoHost(laddr);
    return isEither && is(err, new Errno(EAFNOSUPPORT)) ? openServer(`${network}4`, type, laddr) : opened;
  }
  const descriptor = opened.value;
  if (type == SOCK_STREAM) descriptor.setOption(SOL_SOCKET, SO_REUSEADDR, 1);
  return settle(descriptor, bindAndListen(descriptor, family, type, laddr));
}

function bindAndListen(descriptor: Descriptor, family: i32, type: i32, laddr: InternetAddr | null): Failure | null {
  const refusal = bindTo(descriptor, family, laddr);
  if (refusal !== null || type != SOCK_STREAM) return refusal;
  return failureOf("listen", sys.listen(descriptor.fd, BACKLOG));
}

/** A client's socket, connected to `raddr`, from `laddr` if that is given. `dialing` sees it before it waits. */
export function openClient(
  network: string,
  type: i32,
  laddr: InternetAddr | null,
  raddr: InternetAddr,
  dialing: Dialing | null,
): Result<Descriptor> {
  const family = familyFor(network, laddr, raddr, false);
  const opened = openInternet(network, family, type);
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  if (dialing !== null) dialing.begin(descriptor);
  return settle(descriptor, connectTo(descriptor, family, laddr, raddr));
}

function connectTo(
  descriptor: Descriptor,
  family: i32,
  laddr: InternetAddr | null,
  raddr: InternetAddr,
): Failure | null {
  const refusal = laddr !== null ? bindTo(descriptor, family, laddr) : null;
  if (refusal !== null) return refusal;
  const size = writeName(family, raddr);
  if (size == -EAFNOSUPPORT) return wrongFamily(family, raddr);
  return failureOf("connect", size < 0 ? size : descriptor.connect(name, size));
}

function openInternet(network: string, family: i32, type: i32): Result<Descriptor> {
  const opened = openSocket(family, type);
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  const isOnly6 = network.charCodeAt(network.length - 1) == SIX;
  if (family == AF_INET6) descriptor.setOption(IPPROTO_IPV6, IPV6_V6ONLY, i32(isOnly6));
  if (type == SOCK_DGRAM) descriptor.setOption(SOL_SOCKET, SO_BROADCAST, 1);
  return opened;
}

function bindTo(descriptor: Descriptor, family: i32, laddr: InternetAddr | null): Failure | null {
  const size = writeName(family, laddr);
  if (size == -EAFNOSUPPORT) return wrongFamily(family, laddr!);
  return failureOf("bind", size < 0 ? size : sys.bind(descriptor.fd, name, size));
}

/** Writes `addr`, or the unspecified one, to `name`; its size, or -errno. */
export function writeName(family: i32, addr: InternetAddr | null): i32 {
  return addr === null
    ? writeInet(family, null, 0, "", name)
    : writeInet(family, addr.ip, addr.port, addr.zone, name);
}

/** `addr` is none of `family`. */
export function wrongFamily(family: i32, addr: InternetAddr): Failure {
  return new AddrError(family == AF_INET ? "non-IPv4 address" : "non-IPv6 address", addr.ip!.toString());
}

/** Null, or why `call` answered `result`. */
export function failureOf(call: string, result: i32): Failure | null {
  return result < 0 ? reasonOf(call, result) : null;
}

/** The descriptor, unless something went wrong: then it is closed. */
export function settle(descriptor: Descriptor, err: Failure | null): Result<Descriptor> {
  if (err === null) return new Result<Descriptor>(descriptor);
  descriptor.close();
  return failed<Descriptor>(err);
}

/** Has the kernel write a socket's own address to `name`; its size, 0 if there is none. */
export function readOwnName(fd: i32): u32 {
  store<u32>(nameLength, SIZEOF_SOCKADDR_STORAGE);
  return sys.getsockname(fd, name, nameLength) < 0 ? 0 : load<u32>(nameLength);
}

/** The same with the peer's. */
export function readPeerName(fd: i32): u32 {
  store<u32>(nameLength, SIZEOF_SOCKADDR_STORAGE);
  return sys.getpeername(fd, name, nameLength) < 0 ? 0 : load<u32>(nameLength);
}
