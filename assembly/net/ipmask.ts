// Go's net.IPMask.

/** Which bits of an address belong to its network. */
@final
export class IPMask {
  /** Aborts unless there are 4 or 16 bytes. */
  constructor(
    /** In network order. */
    readonly bytes: StaticArray<u8>,
  ) {
    if (bytes.length != 4 && bytes.length != 16) throw new RangeError("net: a mask has 4 or 16 bytes");
  }

  /** How many ones it begins with, and of how many bits; both 0 if a one follows a zero. */
  size(): MaskSize {
    const ones = onesOf(this.bytes);
    return ones < 0 ? new MaskSize(0, 0) : new MaskSize(ones, this.bytes.length * 8);
  }

  /** `ffffff00` */
  toString(): string {
    let text = "";
    for (let i = 0; i < this.bytes.length; i++) {
      const byte = this.bytes[i];
      // @ts-ignore: integers have it, too
      text += (byte >> 4).toString(16) + (byte & 15).toString(16);
    }
    return text;
  }
}

/** What Go's `mask.Size()` returns as `(ones, bits)`. */
@final
export class MaskSize {
  constructor(
    readonly ones: i32,
    readonly bits: i32,
  ) {}
}

/** `net.IPv4Mask(a, b, c, d)`: the mask of 4 bytes. */
export function ipv4Mask(a: u8, b: u8, c: u8, d: u8): IPMask {
  return new IPMask([a, b, c, d]);
}

/** `net.CIDRMask(ones, bits)`: so many ones, then zeros, 32 or 128 bits in all; null if that cannot be. */
export function cidrMask(ones: i32, bits: i32): IPMask | null {
  if ((bits != 32 && bits != 128) || <u32>ones > <u32>bits) return null;
  const bytes = new StaticArray<u8>(bits >> 3);
  for (let i = 0; i < bytes.length; i++) {
    const left = min(max(ones - i * 8, 0), 8);
    bytes[i] = <u8>(0xff00 >> left);
  }
  return new IPMask(bytes);
}

/** How many ones `bytes` begin with, or -1 if a one follows a zero. */
export function onesOf(bytes: StaticArray<u8>): i32 {
  let ones = 0;
  let isOver = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = <u32>bytes[i];
    const here = clz(~(byte << 24));
    if (<u8>(byte << here) != 0 || (isOver && byte != 0)) return -1;
    ones += here;
    isOver = isOver || here < 8;
  }
  return ones;
}
