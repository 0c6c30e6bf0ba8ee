// Go's addresses as the kernel takes and gives them. Writers fill the caller's
// buffer, SIZEOF_SOCKADDR_STORAGE bytes, and allocate nothing.

import { parseDecimal } from "../inet/decimal";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  EAFNOSUPPORT,
  SIZEOF_SOCKADDR_IN,
  SIZEOF_SOCKADDR_IN6,
} from "../linux.generated";
import { familyAt, hostAt, portAt, unixNameAt, writeInet4, writeInet6, zoneAt } from "../syscall/raw";
import { IPAddr, TCPAddr, UDPAddr, UnixAddr } from "./addr";
import { IP, ipAt, IPv4len, IPv6len } from "./ip";

export { familyAt, writeUnix } from "../syscall/raw";

const host: usize = memory.data(16, 8);

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
  const isV4 = ip !== null && ip.isV4;
  if (family == AF_INET && ip !== null && !isV4) return -EAFNOSUPPORT;
  store<u64>(host, 0);
  store<u64>(host, 0, 8);
  if (ip !== null && !(isV4 && ip.isUnspecified())) {
    if (isV4) store<u32>(host, 0xffff0000, 8);
    const size = ip.bytes.length;
    memory.copy(host + IPv6len - size, changetype<usize>(ip.bytes), size);
  }
  if (family == AF_INET) return writeInet4(port, host + IPv6len - IPv4len, out);
  return writeInet6(port, zoneNumber(zone), host, out);
}

function zoneNumber(zone: string): u32 {
  return <u32>max<i64>(parseDecimal(zone, 0xffffffff), 0);
}

/** The IP address in `size` bytes that the kernel gave, or null. */
function ipOf(at: usize, size: u32): IP | null {
  const family = familyAt(at, size);
  if (family == AF_INET && size >= <u32>SIZEOF_SOCKADDR_IN) return ipAt(hostAt(at), IPv4len);
  return family == AF_INET6 && size >= <u32>SIZEOF_SOCKADDR_IN6 ? ipAt(hostAt(at), IPv6len) : null;
}

function zoneOf(at: usize): string {
  const zone = zoneAt(at);
  return zone == 0 ? "" : `${zone}`;
}

/** The end point in `size` bytes that the kernel gave; null if it is no IP address. */
export function tcpAddrAt(at: usize, size: u32): TCPAddr | null {
  const ip = ipOf(at, size);
  return ip === null ? null : new TCPAddr(ip, portAt(at), zoneOf(at));
}

/** The same of UDP. */
export function udpAddrAt(at: usize, size: u32): UDPAddr | null {
  const ip = ipOf(at, size);
  return ip === null ? null : new UDPAddr(ip, portAt(at), zoneOf(at));
}

/** The same without a port. */
export function ipAddrAt(at: usize, size: u32): IPAddr | null {
  const ip = ipOf(at, size);
  return ip === null ? null : new IPAddr(ip, zoneOf(at));
}

/**
 * The Unix socket in `size` bytes that the kernel gave, of the network `net`;
 * null if it is none.
 *
 * Go ends an abstract name at its first NUL. The kernel does not.
 */
export function unixAddrAt(at: usize, size: u32, net: string): UnixAddr | null {
  return familyAt(at, size) == AF_UNIX ? new UnixAddr(unixNameAt(at, size), net) : null;
}
