// Go's net.IPNet, and its text: CIDR.

import { failed, Result } from "../errors";
import { parseDecimal } from "../inet/decimal";
import { Addr } from "./addr";
import { ParseError } from "./errors";
import { IP, IPv4len, IPv6len, parseIP } from "./ip";
import { cidrMask, IPMask, onesOf } from "./ipmask";

export { cidrMask, IPMask, ipv4Mask, MaskSize } from "./ipmask";

/** An IP network: 192.0.2.0/24. It is an address, too: of an interface. */
@final
export class IPNet implements Addr {
  constructor(
    /** The network's number. */
    public ip: IP,
    public mask: IPMask,
  ) {}

  /** Whether `ip` belongs to the network. */
  contains(ip: IP): bool {
    const number = this.number;
    const mask = this.maskFor(number);
    const short = ip.to4();
    const bytes = short !== null ? short.bytes : ip.bytes;
    if (mask === null || bytes.length != mask.length) return false;
    for (let i = 0; i < bytes.length; i++) {
      if (((number.bytes[i] ^ bytes[i]) & mask[i]) != 0) return false;
    }
    return true;
  }

  /** `ip+net` */
  network(): string {
    return "ip+net";
  }

  /** `192.0.2.0/24`; with a mask that no number of ones describes, `192.0.2.0/ff00ff00`. `<nil>` if the two do not fit. */
  toString(): string {
    const number = this.number;
    const mask = this.maskFor(number);
    if (mask === null) return "<nil>";
    const ones = onesOf(mask);
    return ones < 0 ? `${number}/${new IPMask(mask)}` : `${number}/${ones}`;
  }

  /** `ip`, of IPv4 in its short form. */
  private get number(): IP {
    const short = this.ip.to4();
    return short !== null ? short : this.ip;
  }

  /** As many bytes of the mask as `number` has, or null if it has more. */
  private maskFor(number: IP): StaticArray<u8> | null {
    const bytes = this.mask.bytes;
    if (bytes.length == number.bytes.length) return bytes;
    return bytes.length == IPv6len ? bytes.slice<StaticArray<u8>>(IPv6len - IPv4len) : null;
  }
}

/** What Go's ParseCIDR() returns as `(ip, ipnet, nil)`. */
@final
export class CIDR {
  constructor(
    /** The address before the slash. */
    readonly ip: IP,
    /** The network that it is in. */
    readonly ipnet: IPNet,
  ) {}
}

/**
 * `net.ParseCIDR(s)`: the address and the network of `192.0.2.1/24` or
 * `2001:db8::1/32`.
 *
 * Fails with a ParseError: `invalid CIDR address: x`.
 */
export function parseCIDR(s: string): Result<CIDR> {
  const slash = s.indexOf("/");
  const address = slash < 0 ? s : s.substring(0, slash);
  const ip = parseIP(address);
  const bits = address.includes(":") ? 128 : 32;
  const ones = slash < 0 ? -1 : parseDecimal(s.substring(slash + 1), bits);
  if (ip === null || ones < 0) return failed<CIDR>(new ParseError("CIDR address", s));
  const mask = cidrMask(<i32>ones, bits)!;
  return new Result<CIDR>(new CIDR(ip, new IPNet(ip.mask(mask)!, mask)));
}
