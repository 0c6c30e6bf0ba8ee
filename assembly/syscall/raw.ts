// Socket addresses byte for byte as the kernel has them, under Go's names; a
// field that is an array is its address here. What writes them fills the
// caller's buffer and allocates nothing.

import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  EINVAL,
  SIZEOF_SOCKADDR_IN,
  SIZEOF_SOCKADDR_IN6,
  SIZEOF_SOCKADDR_UN,
  UNIX_PATH_MAX,
} from "../linux.generated";
import { unixName } from "../unixname";

// struct sockaddr
//   0  u16     sa_family  host order
//   2  u8[14]  sa_data
/** The beginning of every address. */
@final
export class RawSockaddr {
  family: u16 = 0;
  private data0: u16 = 0;
  private data1: u32 = 0;
  private data2: u32 = 0;
  private data3: u32 = 0;

  /** The address of the 14 bytes. */
  get data(): usize {
    return changetype<usize>(this) + offsetof<RawSockaddr>("data0");
  }
}

/** Room for an address of any family: 112 bytes. */
@final
export class RawSockaddrAny {
  family: u16;

  constructor() {
    // @ts-ignore: runtime function
    const raw = changetype<RawSockaddrAny>(__new(112, idof<RawSockaddrAny>()));
    memory.fill(changetype<usize>(raw), 0, 112);
    return raw;
  }
}

// struct sockaddr_in
//   0  u16    sin_family  host order
//   2  u16    sin_port    network order
//   4  u8[4]  sin_addr    network order
//   8  u8[8]  sin_zero
/** An IPv4 address and a port. ip(7) */
@final
export class RawSockaddrInet4 {
  family: u16 = 0;
  /** In network order. */
  port: u16 = 0;
  private host: u32 = 0;
  zero: u64 = 0;

  /** The address of the 4 bytes. */
  get addr(): usize {
    return changetype<usize>(this) + offsetof<RawSockaddrInet4>("host");
  }
}

// struct sockaddr_in6
//    0  u16     sin6_family    host order
//    2  u16     sin6_port      network order
//    4  u32     sin6_flowinfo  network order
//    8  u8[16]  sin6_addr      network order
//   24  u32     sin6_scope_id  host order
/** An IPv6 address and a port. ipv6(7) */
@final
export class RawSockaddrInet6 {
  family: u16 = 0;
  /** In network order. */
  port: u16 = 0;
  flowinfo: u32 = 0;
  private high: u64 = 0;
  private low: u64 = 0;
  scope_id: u32 = 0;

  /** The address of the 16 bytes. */
  get addr(): usize {
    return changetype<usize>(this) + offsetof<RawSockaddrInet6>("high");
  }
}

// struct sockaddr_un
//   0  u16      sun_family  host order
//   2  u8[108]  sun_path    a NUL-terminated path; or a NUL and an abstract name
/** A Unix socket's name. unix(7) */
@final
export class RawSockaddrUnix {
  family: u16;

  constructor() {
    // @ts-ignore: runtime function
    const raw = changetype<RawSockaddrUnix>(__new(SIZEOF_SOCKADDR_UN, idof<RawSockaddrUnix>()));
    memory.fill(changetype<usize>(raw), 0, SIZEOF_SOCKADDR_UN);
    return raw;
  }

  /** The address of the 108 bytes. */
  get path(): usize {
    return changetype<usize>(this) + PATH_OFFSET;
  }
}

// struct sockaddr_ll
//   0  u16    sll_family    host order
//   2  u16    sll_protocol  network order
//   4  i32    sll_ifindex
//   8  u16    sll_hatype
//  10  u8     sll_pkttype
//  11  u8     sll_halen
//  12  u8[8]  sll_addr
/** An address of the link layer. packet(7) */
@final
export class RawSockaddrLinklayer {
  family: u16 = 0;
  /** In network order. */
  protocol: u16 = 0;
  ifindex: i32 = 0;
  hatype: u16 = 0;
  pkttype: u8 = 0;
  halen: u8 = 0;
  private high: u32 = 0;
  private low: u32 = 0;

  /** The address of the 8 bytes. */
  get addr(): usize {
    return changetype<usize>(this) + offsetof<RawSockaddrLinklayer>("high");
  }
}

// struct sockaddr_nl
//   0  u16  nl_family  host order
//   2  u16  nl_pad
//   4  u32  nl_pid
//   8  u32  nl_groups
/** A netlink port. netlink(7) */
@final
export class RawSockaddrNetlink {
  family: u16 = 0;
  pad: u16 = 0;
  pid: u32 = 0;
  groups: u32 = 0;
}

// @ts-ignore: decorator
@inline
const PATH_OFFSET: i32 = 2;
// @ts-ignore: decorator
@inline
const AT: i32 = 0x40;

/** Writes an IPv4 end point whose 4 bytes of address are at `host` to `out`: its size, or -EINVAL for no port. */
export function writeInet4(port: i32, host: usize, out: usize): i32 {
  if (<u32>port > 0xffff) return -EINVAL;
  store<u16>(out, <u16>AF_INET, offsetof<RawSockaddrInet4>("family"));
  store<u16>(out, bswap<u16>(<u16>port), offsetof<RawSockaddrInet4>("port"));
  store<u32>(out, load<u32>(host), offsetof<RawSockaddrInet4>("host"));
  store<u64>(out, 0, offsetof<RawSockaddrInet4>("zero"));
  return SIZEOF_SOCKADDR_IN;
}

/** The same of IPv6, with 16 bytes. */
export function writeInet6(port: i32, zone: u32, host: usize, out: usize): i32 {
  if (<u32>port > 0xffff) return -EINVAL;
  store<u16>(out, <u16>AF_INET6, offsetof<RawSockaddrInet6>("family"));
  store<u16>(out, bswap<u16>(<u16>port), offsetof<RawSockaddrInet6>("port"));
  store<u32>(out, 0, offsetof<RawSockaddrInet6>("flowinfo"));
  memory.copy(out + offsetof<RawSockaddrInet6>("high"), host, 16);
  store<u32>(out, zone, offsetof<RawSockaddrInet6>("scope_id"));
  return SIZEOF_SOCKADDR_IN6;
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

/** The family of an address of `size` bytes: AF_UNSPEC of an address that is none. */
export function familyAt(at: usize, size: u32): i32 {
  return size < sizeof<u16>() ? 0 : <i32>load<u16>(at);
}

/** The port of an IP end point. */
export function portAt(at: usize): i32 {
  return bswap<u16>(load<u16>(at, offsetof<RawSockaddrInet4>("port")));
}

/** Where its address is, by its family. */
export function hostAt(at: usize): usize {
  return at + (load<u16>(at) == AF_INET ? offsetof<RawSockaddrInet4>("host") : offsetof<RawSockaddrInet6>("high"));
}

/** The interface's number of an IPv6 end point; 0 of IPv4. */
export function zoneAt(at: usize): u32 {
  return load<u16>(at) == AF_INET6 ? load<u32>(at, offsetof<RawSockaddrInet6>("scope_id")) : 0;
}

/** The name in a sockaddr_un of `size` bytes at `at`, as Go has it: that of a socket without one is `@`. */
export function unixNameAt(at: usize, size: u32): string {
  const name = unixName(at, size);
  return name.length > 0 ? name : "@";
}
