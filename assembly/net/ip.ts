// Go's net.IP. Text is parsed and formatted by inet/, as everywhere.

import { format4, formatHexadecimal6 } from "../inet/format";
import { parse4, parse6 } from "../inet/parse";
import { IPMask, ipv4Mask } from "./ipmask";

/** Bytes of an IPv4 address. */
export const IPv4len: i32 = 4;
/** Bytes of an IPv6 address. */
export const IPv6len: i32 = 16;

/** Bytes before an IPv4 address in its 16 byte form. */
// @ts-ignore: decorator
@inline
const PREFIX_SIZE: i32 = 12;

const text: usize = memory.data(48);

/**
 * An IP address: 4 bytes of IPv4, or 16 bytes of IPv6 or of IPv4 in
 * IPv4-mapped form. Both forms of an IPv4 address are equal.
 *
 * Go's nil IP is null here.
 */
@final
export class IP {
  /** Aborts unless there are 4 or 16 bytes; from() does not. */
  constructor(
    /** In network order. */
    readonly bytes: StaticArray<u8>,
  ) {
    if (bytes.length != IPv4len && bytes.length != IPv6len) throw new RangeError("net: an IP has 4 or 16 bytes");
  }

  /** `net.IP(bytes)` with a copy of `bytes`: null unless there are 4 or 16. */
  static from(bytes: Uint8Array): IP | null {
    if (bytes.length != IPv4len && bytes.length != IPv6len) return null;
    return ipAt(bytes.dataStart, bytes.length);
  }

  /** The 4 byte form of an IPv4 address, or null for IPv6. */
  to4(): IP | null {
    if (this.bytes.length == IPv4len) return this;
    return this.isMapped ? ipAt(this.at + PREFIX_SIZE, IPv4len) : null;
  }

  /** The 16 byte form. */
  to16(): IP {
    if (this.bytes.length == IPv6len) return this;
    return ipv4(this.bytes[0], this.bytes[1], this.bytes[2], this.bytes[3]);
  }

  /** `192.0.2.1` of IPv4 in any form; IPv6 as RFC 5952 says. */
  toString(): string {
    const length = this.isV4 ? format4(this.v4, text) : formatHexadecimal6(this.at, text);
    return String.UTF8.decodeUnsafe(text, length);
  }

  /** Whether `x` is the same address, in whatever form. */
  equal(x: IP | null): bool {
    if (x === null || this.isV4 != x.isV4) return false;
    if (this.isV4) return load<u32>(this.v4) == load<u32>(x.v4);
    return memory.compare(this.at, x.at, IPv6len) == 0;
  }

  /** `0.0.0.0` or `::`. */
  isUnspecified(): bool {
    return this.isV4 ? load<u32>(this.v4) == 0 : this.equal(IPv6unspecified);
  }

  /** 127.0.0.0/8 or `::1`. */
  isLoopback(): bool {
    return this.isV4 ? this.v4Byte(0) == 127 : this.equal(IPv6loopback);
  }

  /** RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16; RFC 4193: fc00::/7. */
  isPrivate(): bool {
    if (!this.isV4) return (this.bytes[0] & 0xfe) == 0xfc;
    const first = this.v4Byte(0);
    const second = this.v4Byte(1);
    return first == 10 || (first == 172 && (second & 0xf0) == 16) || (first == 192 && second == 168);
  }

  /** 224.0.0.0/4 or ff00::/8. */
  isMulticast(): bool {
    return this.isV4 ? (this.v4Byte(0) & 0xf0) == 0xe0 : this.bytes[0] == 0xff;
  }

  /** Multicast that stays in the machine; IPv4 has none. */
  isInterfaceLocalMulticast(): bool {
    return this.isMulticastOf(1);
  }

  /** Multicast that stays on the link: 224.0.0.0/24, ff02::/16 and the like. */
  isLinkLocalMulticast(): bool {
    if (!this.isV4) return this.isMulticastOf(2);
    return this.v4Byte(0) == 224 && this.v4Byte(1) == 0 && this.v4Byte(2) == 0;
  }

  /** 169.254.0.0/16 or fe80::/10. */
  isLinkLocalUnicast(): bool {
    if (this.isV4) return this.v4Byte(0) == 169 && this.v4Byte(1) == 254;
    return this.bytes[0] == 0xfe && (this.bytes[1] & 0xc0) == 0x80;
  }

  /** Any other unicast address, private ones among them. */
  isGlobalUnicast(): bool {
    return (
      !this.equal(IPv4bcast) &&
      !this.isUnspecified() &&
      !this.isLoopback() &&
      !this.isMulticast() &&
      !this.isLinkLocalUnicast()
    );
  }

  /** The bits that `mask` has set; null if it is for the other family. An IPv4 result has 4 bytes. */
  mask(mask: IPMask): IP | null {
    let bits = changetype<usize>(mask.bytes);
    let count = mask.bytes.length;
    let from = this.at;
    if (count == IPv6len && this.bytes.length == IPv4len && isAllOnes(bits, PREFIX_SIZE)) {
      bits += PREFIX_SIZE;
      count = IPv4len;
    } else if (count == IPv4len && this.isV4) {
      from = this.v4;
    } else if (count != this.bytes.length) {
      return null;
    }
    const result = new StaticArray<u8>(count);
    for (let i = 0; i < count; i++) result[i] = load<u8>(from + i) & load<u8>(bits + i);
    return new IP(result);
  }

  /** The mask of an IPv4 address's class, as it was before CIDR; null for IPv6. */
  defaultMask(): IPMask | null {
    if (!this.isV4) return null;
    const first = this.v4Byte(0);
    if (first < 0x80) return ipv4Mask(0xff, 0, 0, 0);
    return first < 0xc0 ? ipv4Mask(0xff, 0xff, 0, 0) : ipv4Mask(0xff, 0xff, 0xff, 0);
  }

  /** Whether it is an IPv4 address, in either form. */
  get isV4(): bool {
    return this.bytes.length == IPv4len || this.isMapped;
  }

  private get at(): usize {
    return changetype<usize>(this.bytes);
  }

  /** Where the 4 bytes of an IPv4 address are. */
  private get v4(): usize {
    return this.at + this.bytes.length - IPv4len;
  }

  private v4Byte(index: i32): u32 {
    return load<u8>(this.v4 + index);
  }

  private get isMapped(): bool {
    if (this.bytes.length != IPv6len) return false;
    return load<u64>(this.at) == 0 && load<u32>(this.at, 8) == 0xffff0000;
  }

  /** Whether it is multicast of IPv6 with this scope, whatever its flags. RFC 4291 section 2.7 */
  private isMulticastOf(scope: u32): bool {
    return this.bytes.length == IPv6len && this.bytes[0] == 0xff && (this.bytes[1] & 15) == scope;
  }
}

function isAllOnes(at: usize, count: i32): bool {
  for (let i = 0; i < count; i++) {
    if (load<u8>(at + i) != 0xff) return false;
  }
  return true;
}

/** The address in `size` (4 or 16) bytes at `at`: a copy of them. */
export function ipAt(at: usize, size: i32): IP {
  const bytes = new StaticArray<u8>(size);
  memory.copy(changetype<usize>(bytes), at, size);
  return new IP(bytes);
}

/** `net.IPv4(a, b, c, d)`: the IPv4 address `a.b.c.d`, in 16 byte form. */
export function ipv4(a: u8, b: u8, c: u8, d: u8): IP {
  return new IP([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]);
}

/**
 * `net.ParseIP(s)`: the address that `s` is the text of, in 16 byte form, or null.
 *
 * `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`; no leading zeros, no short
 * forms, no zone. Go 1.19 lets a group of IPv6 have more than four digits;
 * RFC 4291 does not, nor does this.
 */
export function parseIP(s: string): IP | null {
  const source = String.UTF8.encode(s);
  const at = changetype<usize>(source);
  const bytes = new StaticArray<u8>(IPv6len);
  const out = changetype<usize>(bytes);
  if (parse4(at, source.byteLength, out + PREFIX_SIZE)) store<u32>(out, 0xffff0000, 8);
  else if (!parse6(at, source.byteLength, out)) return null;
  return new IP(bytes);
}

function wellKnown6(first: u8, second: u8, last: u8): IP {
  return new IP([first, second, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
}

/** 255.255.255.255: limited broadcast. */
// @ts-ignore: decorator
@lazy export const IPv4bcast: IP = ipv4(255, 255, 255, 255);
/** 224.0.0.1: all systems. */
// @ts-ignore: decorator
@lazy export const IPv4allsys: IP = ipv4(224, 0, 0, 1);
/** 224.0.0.2: all routers. */
// @ts-ignore: decorator
@lazy export const IPv4allrouter: IP = ipv4(224, 0, 0, 2);
/** 0.0.0.0: all zeros. */
// @ts-ignore: decorator
@lazy export const IPv4zero: IP = ipv4(0, 0, 0, 0);
/** `::`: all zeros. */
// @ts-ignore: decorator
@lazy export const IPv6zero: IP = wellKnown6(0, 0, 0);
/** `::`: no address. */
// @ts-ignore: decorator
@lazy export const IPv6unspecified: IP = wellKnown6(0, 0, 0);
/** `::1`: this machine. */
// @ts-ignore: decorator
@lazy export const IPv6loopback: IP = wellKnown6(0, 0, 1);
/** `ff01::1`: all nodes, in this machine. */
// @ts-ignore: decorator
@lazy export const IPv6interfacelocalallnodes: IP = wellKnown6(0xff, 1, 1);
/** `ff02::1`: all nodes on the link. */
// @ts-ignore: decorator
@lazy export const IPv6linklocalallnodes: IP = wellKnown6(0xff, 2, 1);
/** `ff02::2`: all routers on the link. */
// @ts-ignore: decorator
@lazy export const IPv6linklocalallrouters: IP = wellKnown6(0xff, 2, 2);
