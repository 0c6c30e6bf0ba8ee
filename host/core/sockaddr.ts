import { AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC, SIZEOF_SOCKADDR_IN, SIZEOF_SOCKADDR_UN } from "./linux.generated.js";

/** An IPv4 endpoint; `port` in host order, `address` four octets in network order. */
export interface Inet4Address {
  readonly family: typeof AF_INET;
  readonly port: number;
  readonly address: Uint8Array;
}

/** An IPv6 endpoint; `port` and `flowinfo` in host order, `address` sixteen octets in network order. */
export interface Inet6Address {
  readonly family: typeof AF_INET6;
  readonly port: number;
  readonly flowinfo: number;
  readonly address: Uint8Array;
  /** Interface index, 0 for none. */
  readonly scopeId: number;
}

/** A Unix address: a path without its final NUL, an abstract name without its leading NUL, or no name. */
export interface UnixAddress {
  readonly family: typeof AF_UNIX;
  readonly kind: "pathname" | "abstract" | "unnamed";
  readonly name: Uint8Array;
}

/** AF_UNSPEC, which to `connect(2)` means: dissolve the association. */
export interface UnspecifiedAddress {
  readonly family: typeof AF_UNSPEC;
}

export type SocketAddress = Inet4Address | Inet6Address | UnixAddress | UnspecifiedAddress;

/**
 * Bytes that no call of the kernel accepts as an address: too short for their
 * family, too long, or of a family that has no sockets here. They need no
 * judgement, since the kernel refuses them with the errno that the guest is due.
 */
export const MALFORMED = Symbol("malformed address");

/** `SIN6_LEN_RFC2133`: the kernel takes a sockaddr_in6 without its scope id (net/ipv6/af_inet6.c). */
const SIZEOF_SOCKADDR_IN6_WITHOUT_SCOPE = 24;
const SIZEOF_SOCKADDR_IN6_WITH_SCOPE = 28;
const SUN_PATH_OFFSET = 2;

/**
 * Decodes what the kernel would read in `bytes[0, length)`.
 *
 * ```text
 * struct sockaddr_in            struct sockaddr_in6             struct sockaddr_un
 *  0 u16   sin_family  host      0 u16    sin6_family   host     0 u16     sun_family host
 *  2 u16   sin_port    network   2 u16    sin6_port     network  2 u8[108] sun_path
 *  4 u8[4] sin_addr    network   4 u32    sin6_flowinfo network
 *  8 u8[8] sin_zero              8 u8[16] sin6_addr     network
 *                               24 u32    sin6_scope_id host
 * ```
 */
export function decodeSockaddr(bytes: Uint8Array, length: number): SocketAddress | typeof MALFORMED {
  if (length < 2 || length > bytes.length) return MALFORMED;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const family = view.getUint16(0, true);
  if (family === AF_UNSPEC) return { family };
  if (family === AF_INET) return length < SIZEOF_SOCKADDR_IN ? MALFORMED : decodeInet4(view, bytes);
  if (family === AF_INET6) return length < SIZEOF_SOCKADDR_IN6_WITHOUT_SCOPE ? MALFORMED : decodeInet6(view, bytes);
  if (family === AF_UNIX) return length > SIZEOF_SOCKADDR_UN ? MALFORMED : decodeUnix(bytes, length);
  return MALFORMED;
}

/**
 * Whether sockets of `domain` refuse addresses of `family` in every call, so that none needs judging.
 *
 * The other way round is not so: a UDP socket of AF_INET6 sends to AF_INET addresses.
 */
export function isForeign(domain: number, family: number): boolean {
  return domain === AF_UNIX ? family !== AF_UNIX : family === AF_UNIX || (domain === AF_INET && family === AF_INET6);
}

/** Decodes as IPv4 whatever the family field says: `bind(2)` and UDP's `sendto(2)` read AF_UNSPEC so. */
export function decodeAsInet4(bytes: Uint8Array, length: number): Inet4Address | typeof MALFORMED {
  if (length < SIZEOF_SOCKADDR_IN) return MALFORMED;
  return decodeInet4(new DataView(bytes.buffer, bytes.byteOffset, length), bytes);
}

function decodeInet4(view: DataView, bytes: Uint8Array): Inet4Address {
  return { family: AF_INET, port: view.getUint16(2), address: bytes.slice(4, 8) };
}

function decodeInet6(view: DataView, bytes: Uint8Array): Inet6Address {
  const hasScope = view.byteLength >= SIZEOF_SOCKADDR_IN6_WITH_SCOPE;
  return {
    family: AF_INET6,
    port: view.getUint16(2),
    flowinfo: view.getUint32(4),
    address: bytes.slice(8, 24),
    scopeId: hasScope ? view.getUint32(24, true) : 0,
  };
}

/** unix(7): a path ends at its NUL or at the length; an abstract name is every byte of the length. */
function decodeUnix(bytes: Uint8Array, length: number): UnixAddress {
  if (length === SUN_PATH_OFFSET) return { family: AF_UNIX, kind: "unnamed", name: new Uint8Array(0) };
  const name = bytes.slice(SUN_PATH_OFFSET, length);
  if (name[0] === 0) return { family: AF_UNIX, kind: "abstract", name: name.subarray(1) };
  const end = name.indexOf(0);
  return { family: AF_UNIX, kind: "pathname", name: end === -1 ? name : name.subarray(0, end) };
}

/**
 * Encodes `address` into `bytes` (at least `sizeof(struct sockaddr_storage)`) and answers its length.
 *
 * A path is followed by a NUL where there is room, as libraries write it.
 */
export function encodeSockaddr(address: SocketAddress, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint16(0, address.family, true);
  switch (address.family) {
    case AF_INET:
      view.setUint16(2, address.port);
      bytes.set(address.address, 4);
      bytes.fill(0, 8, SIZEOF_SOCKADDR_IN);
      return SIZEOF_SOCKADDR_IN;
    case AF_INET6:
      view.setUint16(2, address.port);
      view.setUint32(4, address.flowinfo);
      bytes.set(address.address, 8);
      view.setUint32(24, address.scopeId, true);
      return SIZEOF_SOCKADDR_IN6_WITH_SCOPE;
    case AF_UNIX:
      return encodeUnix(address, bytes);
    default:
      return SUN_PATH_OFFSET;
  }
}

function encodeUnix({ kind, name }: UnixAddress, bytes: Uint8Array): number {
  if (kind === "unnamed") return SUN_PATH_OFFSET;
  if (kind === "abstract") {
    bytes[SUN_PATH_OFFSET] = 0;
    bytes.set(name, SUN_PATH_OFFSET + 1);
    return SUN_PATH_OFFSET + 1 + name.length;
  }
  bytes.set(name, SUN_PATH_OFFSET);
  if (SUN_PATH_OFFSET + name.length === SIZEOF_SOCKADDR_UN) return SIZEOF_SOCKADDR_UN;
  bytes[SUN_PATH_OFFSET + name.length] = 0;
  return SUN_PATH_OFFSET + name.length + 1;
}
