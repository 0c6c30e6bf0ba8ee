// Socket addresses, byte for byte as Linux has them. Give an instance itself to
// a call, with its SIZEOF_…; a field that is an array in C is its address here.

import { setErrno } from "./errno";
import { inet_ntop, inet_pton } from "./inet";
import { parseDecimal } from "./inet/decimal";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  EINVAL,
  ENAMETOOLONG,
  SIZEOF_SOCKADDR_UN,
  UNIX_PATH_MAX,
} from "./linux.generated";
import { unixName } from "./unixname";

export { SockaddrLl, SockaddrNl } from "./linklayer";

// struct sockaddr_in
//   0  u16    sin_family  host order
//   2  u16    sin_port    network order
//   4  u32    sin_addr    network order
//   8  u8[8]  sin_zero
/** An IPv4 address and a port. ip(7) */
@final
export class SockaddrIn {
  sin_family: u16 = <u16>AF_INET;
  sin_port: u16;
  sin_addr: u32;
  private sin_zero: u64;

  /** Makes an address from a dotted quad and a decimal port; null with EINVAL if either is none. */
  static from(address: string, port: string): SockaddrIn | null {
    const number = parseDecimal(port, 0xffff);
    const result = new SockaddrIn();
    const host = changetype<usize>(result) + offsetof<SockaddrIn>("sin_addr");
    if (number < 0 || inet_pton(AF_INET, address, host) != 1) {
      setErrno(EINVAL);
      return null;
    }
    result.sin_port = bswap<u16>(<u16>number);
    return result;
  }

  /** `127.0.0.1:80`. */
  toString(): string {
    const host = inet_ntop(AF_INET, changetype<usize>(this) + offsetof<SockaddrIn>("sin_addr"))!;
    return `${host}:${bswap<u16>(this.sin_port)}`;
  }
}

// struct sockaddr_in6
//    0  u16     sin6_family    host order
//    2  u16     sin6_port      network order
//    4  u32     sin6_flowinfo  network order
//    8  u8[16]  sin6_addr      network order
//   24  u32     sin6_scope_id  host order: an interface index
/** An IPv6 address and a port. ipv6(7) */
@final
export class SockaddrIn6 {
  sin6_family: u16 = <u16>AF_INET6;
  sin6_port: u16;
  sin6_flowinfo: u32;
  private high: u64;
  private low: u64;
  sin6_scope_id: u32;

  /** The address of the 16 bytes. */
  get sin6_addr(): usize {
    return changetype<usize>(this) + offsetof<SockaddrIn6>("high");
  }

  /**
   * Makes an address from text such as `::1` or `fe80::1%2` (the zone as an
   * interface's number) and a decimal port; null with EINVAL if either is none.
   */
  static from(address: string, port: string): SockaddrIn6 | null {
    const number = parseDecimal(port, 0xffff);
    const percent = address.indexOf("%");
    const scope = percent < 0 ? 0 : parseDecimal(address.substring(percent + 1), 0xffffffff);
    const result = new SockaddrIn6();
    const host = percent < 0 ? address : address.substring(0, percent);
    if (number < 0 || scope < 0 || inet_pton(AF_INET6, host, result.sin6_addr) != 1) {
      setErrno(EINVAL);
      return null;
    }
    result.sin6_port = bswap<u16>(<u16>number);
    result.sin6_scope_id = <u32>scope;
    return result;
  }

  /** `[::1]:80`, or `[fe80::1%2]:80` with a zone. */
  toString(): string {
    const zone = this.sin6_scope_id > 0 ? `%${this.sin6_scope_id}` : "";
    const host = inet_ntop(AF_INET6, this.sin6_addr)!;
    return `[${host}${zone}]:${bswap<u16>(this.sin6_port)}`;
  }
}

// struct sockaddr_un
//   0  u16      sun_family  host order
//   2  u8[108]  sun_path    a NUL-terminated path; or a NUL and an abstract name
/**
 * A name in the file system, or an abstract one.
 *
 * Its length is part of it: a call that fills one reports how many bytes it
 * wrote, 2 for a socket without a name. unix(7)
 */
@final
export class SockaddrUn {
  sun_family: u16;

  constructor() {
    // @ts-ignore: runtime function
    const address = changetype<SockaddrUn>(__new(SIZEOF_SOCKADDR_UN, idof<SockaddrUn>()));
    memory.fill(changetype<usize>(address), 0, SIZEOF_SOCKADDR_UN);
    address.sun_family = <u16>AF_UNIX;
    return address;
  }

  /** The address of the 108 bytes. */
  get sun_path(): usize {
    return changetype<usize>(this) + sizeof<u16>();
  }

  /**
   * Makes an address from a path, or from NUL and an abstract name.
   *
   * Null with ENAMETOOLONG if it and its final NUL (paths only) take more than
   * 108 bytes of UTF-8, or with EINVAL if a path holds a NUL.
   */
  static from(path: string): SockaddrUn | null {
    const bytes = String.UTF8.encode(path);
    const abstract = path.length > 0 && path.charCodeAt(0) == 0;
    const problem = bytes.byteLength > UNIX_PATH_MAX - i32(!abstract)
      ? ENAMETOOLONG
      : !abstract && path.includes("\0") ? EINVAL : 0;
    if (problem != 0) {
      setErrno(problem);
      return null;
    }
    const result = new SockaddrUn();
    memory.copy(result.sun_path, changetype<usize>(bytes), bytes.byteLength);
    return result;
  }

  /** The name in an address of `length` bytes: a path, `@` and an abstract name, or nothing. */
  toString(length: u32 = SUN_LEN(this)): string {
    return unixName(changetype<usize>(this), length);
  }
}

/**
 * `socklen_t SUN_LEN(struct sockaddr_un *su)`: the length of an address that a
 * program has filled in, to give to bind() or connect().
 *
 * Up to the path's NUL, as in C. For an abstract name, to which every byte up
 * to the length belongs, up to its last byte that is not NUL. unix(7)
 */
export function SUN_LEN(address: SockaddrUn): u32 {
  const path = address.sun_path;
  let size = 0;
  if (load<u8>(path) != 0) {
    while (size < UNIX_PATH_MAX && load<u8>(path + size) != 0) size++;
  } else {
    size = UNIX_PATH_MAX;
    while (size > 0 && load<u8>(path + size - 1) == 0) size--;
  }
  return sizeof<u16>() + size;
}
