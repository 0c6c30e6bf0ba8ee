// Go's addresses as the kernel takes and gives them. Writers fill the caller's
// buffer, SIZEOF_SOCKADDR_STORAGE bytes, and allocate nothing. The layouts are
// in ../sockaddr.ts: its classes are for offsets only, since the collector must
// not meet a reference to what is no object.

import { parseDecimal } from "../inet/decimal";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  EAFNOSUPPORT,
  EINVAL,
  SIZEOF_SOCKADDR_IN,
  SIZEOF_SOCKADDR_IN6,
  SIZEOF_SOCKADDR_UN,
  UNIX_PATH_MAX,
} from "../linux.generated";
import { SockaddrIn, SockaddrIn6 } from "../sockaddr";
import { unixName } from "../unixname";
import { IPAddr, TCPAddr, UDPAddr, UnixAddr } from "./addr";
import { IP, ipAt, IPv4len, IPv6len } from "./ip";

// @ts-ignore: decorator
@inline
const PATH_OFFSET: i32 = 2;
// @ts-ignore: decorator
@inline
const AT: i32 = 0x40;

/** The family whose sockets an address is for: IPv4 for none. */
export function familyOf(ip: IP | null): i32 {
  return ip === null || ip.isV4 ? AF_INET : AF_INET6;
}

/**
 * Writes an end point for a socket of `family` at `out`: its size, -EAFNOSUPPORT
 * if that family does not have the address, -EINVAL for no port.
 *
 * Null is the family's unspecified address, as 0.0.0.0 is for IPv6; another IPv4 address is
 * mapped. A zone is an interface's number; anything else counts as none.
 */
export function writeInet(family: i32, ip: IP | null, port: i32, zone: string, out: usize): i32 {
  if (<u32>port > 0xffff) return -EINVAL;
  if (family == AF_INET) return writeInet4(ip, port, out);
  memory.fill(out, 0, SIZEOF_SOCKADDR_IN6);
  store<u16>(out, <u16>AF_INET6, offsetof<SockaddrIn6>("sin6_family"));
  store<u16>(out, bswap<u16>(<u16>port), offsetof<SockaddrIn6>("sin6_port"));
  store<u32>(out, zoneNumber(zone), offsetof<SockaddrIn6>("sin6_scope_id"));
  if (ip === null || (ip.isV4 && ip.isUnspecified())) return SIZEOF_SOCKADDR_IN6;
  const host = out + offsetof<SockaddrIn6>("high");
  if (ip.isV4) store<u32>(host, 0xffff0000, 8);
  const size = ip.bytes.length;
  memory.copy(host + IPv6len - size, changetype<usize>(ip.bytes), size);
  return SIZEOF_SOCKADDR_IN6;
}

function writeInet4(ip: IP | null, port: i32, out: usize): i32 {
  if (ip !== null && !ip.isV4) return -EAFNOSUPPORT;
  memory.fill(out, 0, SIZEOF_SOCKADDR_IN);
  store<u16>(out, <u16>AF_INET, offsetof<SockaddrIn>("sin_family"));
  store<u16>(out, bswap<u16>(<u16>port), offsetof<SockaddrIn>("sin_port"));
  if (ip === null) return SIZEOF_SOCKADDR_IN;
  const host = load<u32>(changetype<usize>(ip.bytes) + ip.bytes.length - IPv4len);
  store<u32>(out, host, offsetof<SockaddrIn>("sin_addr"));
  return SIZEOF_SOCKADDR_IN;
}

function zoneNumber(zone: string): u32 {
  return <u32>max<i64>(parseDecimal(zone, 0xffffffff), 0);
}

/**
 * Writes a Unix name at `out`: the address's size, or -EINVAL if the name is too
 * long, or a path with a NUL in it.
 *
 * `@` or NUL begins an abstract name. Nothing is no name: bind() then chooses one.
 */
export function writeUnix(name: string, out: usize): i32 {
  const size = String.UTF8.byteLength(name);
  const path = out + PATH_OFFSET;
  store<u16>(out, <u16>AF_UNIX);
  if (size == 0) return PATH_OFFSET;
  const first = name.charCodeAt(0);
  const isAbstract = first == AT || first == 0;
  if (size > UNIX_PATH_MAX - i32(!isAbstract) || (!isAbstract && name.includes("\0"))) return -EINVAL;
  String.UTF8.encodeUnsafe(changetype<usize>(name), name.length, path);
  if (isAbstract) store<u8>(path, 0);
  else store<u8>(path + size, 0);
  return PATH_OFFSET + size + i32(!isAbstract);
}

/** The IP address in `size` bytes that the kernel gave, or null. */
function ipOf(at: usize, size: u32): IP | null {
  const family = familyAt(at, size);
  if (family == AF_INET && size >= <u32>SIZEOF_SOCKADDR_IN) return ipAt(at + offsetof<SockaddrIn>("sin_addr"), IPv4len);
  if (family != AF_INET6 || size < <u32>SIZEOF_SOCKADDR_IN6) return null;
  return ipAt(at + offsetof<SockaddrIn6>("high"), IPv6len);
}

/** The family of an address of `size` bytes: AF_UNSPEC of an address that is none. */
export function familyAt(at: usize, size: u32): i32 {
  return size < sizeof<u16>() ? 0 : <i32>load<u16>(at);
}

function portAt(at: usize): i32 {
  return bswap<u16>(load<u16>(at, offsetof<SockaddrIn>("sin_port")));
}

function zoneAt(at: usize): string {
  if (load<u16>(at) != AF_INET6) return "";
  const scope = load<u32>(at, offsetof<SockaddrIn6>("sin6_scope_id"));
  return scope == 0 ? "" : scope.toString();
}

/** The end point in `size` bytes that the kernel gave; null if it is no IP address. */
export function tcpAddrAt(at: usize, size: u32): TCPAddr | null {
  const ip = ipOf(at, size);
  return ip === null ? null : new TCPAddr(ip, portAt(at), zoneAt(at));
}

/** The same of UDP. */
export function udpAddrAt(at: usize, size: u32): UDPAddr | null {
  const ip = ipOf(at, size);
  return ip === null ? null : new UDPAddr(ip, portAt(at), zoneAt(at));
}

/** The same without a port. */
export function ipAddrAt(at: usize, size: u32): IPAddr | null {
  const ip = ipOf(at, size);
  return ip === null ? null : new IPAddr(ip, zoneAt(at));
}

/**
 * The Unix socket in `size` bytes that the kernel gave, of the network `net`;
 * null if it is none.
 *
 * Go 1.19 takes a socket without a name for one that is called `@`, and ends
 * an abstract name at its first NUL. The kernel does neither.
 */
export function unixAddrAt(at: usize, size: u32, net: string): UnixAddr | null {
  return familyAt(at, size) == AF_UNIX ? new UnixAddr(unixName(at, size), net) : null;
}
