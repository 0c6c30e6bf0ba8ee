// The one parser of text addresses. It works on bytes in linear memory and
// allocates nothing: guests reach it through inet.ts, the host through
// address.ts, so that policy and guest never read one text differently.

const DOT: u32 = 0x2e;
const COLON: u32 = 0x3a;

/** A digit's value in bases up to 16, or 255 for any other byte. */
function digitOf(byte: u32): u32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 255;
}

/**
 * Parses `a.b.c.d` as inet_pton(3) does, and stores 4 bytes at `out`.
 *
 * Strict: four decimal parts up to 255, no leading zero (C's lax functions
 * would read it as octal), nothing before or after. Returns 1, or 0 and
 * leaves `out` alone.
 */
export function parse4(text: usize, length: i32, out: usize): i32 {
  let address: u32 = 0;
  let part: u32 = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (byte == DOT) {
      if (digits == 0 || ++dots > 3) return 0;
      address = (address << 8) | part;
      part = 0;
      digits = 0;
      continue;
    }
    const digit = digitOf(byte);
    if (digit > 9 || (digits > 0 && part == 0)) return 0;
    part = part * 10 + digit;
    if (part > 255) return 0;
    digits++;
  }
  if (digits == 0 || dots != 3) return 0;
  store<u32>(out, bswap<u32>((address << 8) | part));
  return 1;
}

/**
 * Parses an IPv6 address as inet_pton(3) does, and stores 16 bytes at `out`.
 *
 * RFC 4291 section 2.2: eight groups of one to four hexadecimal digits, one
 * run of groups replaced by `::`, the last two groups optionally written as an
 * IPv4 address. No zone, no brackets. Returns 1, or 0 with `out` undefined.
 */
export function parse6(text: usize, length: i32, out: usize): i32 {
  let i = 0;
  let filled = 0; // bytes stored so far
  let gap = -1; // how many were stored before `::`
  if (startsGap(text, length, 0)) {
    gap = 0;
    i = 2;
  }
  while (i < length) {
    if (filled == 16) return 0;
    const start = i;
    let group: u32 = 0;
    let byte: u32 = 0;
    for (; i < length; i++) {
      byte = load<u8>(text + i);
      const digit = digitOf(byte);
      if (digit > 15) break;
      if (i - start == 4) return 0;
      group = (group << 4) | digit;
    }
    if (i < length && byte == DOT) {
      if (filled > 12 || parse4(text + start, length - start, out + filled) == 0) return 0;
      filled += 4;
      break;
    }
    if (i == start) return 0;
    store<u16>(out + filled, bswap<u16>(<u16>group));
    filled += 2;
    if (i == length) break;
    if (byte != COLON) return 0;
    if (startsGap(text, length, i)) {
      if (gap >= 0) return 0;
      gap = filled;
      i += 2;
    } else if (++i == length) {
      return 0;
    }
  }
  return gap < 0 ? i32(filled == 16) : spread(out, gap, filled);
}

function startsGap(text: usize, length: i32, i: i32): bool {
  return i + 1 < length && load<u8>(text + i) == COLON && load<u8>(text + i, 1) == COLON;
}

/** Moves what followed `::` to the end, zeros between. The gap stands for one group or more. */
function spread(out: usize, gap: i32, filled: i32): i32 {
  if (filled == 16) return 0;
  const tail = filled - gap;
  memory.copy(out + 16 - tail, out + gap, tail);
  memory.fill(out + gap, 0, 16 - filled);
  return 1;
}

/**
 * Parses an IPv4 address in any of C's forms, as glibc's inet_aton(3) does,
 * and stores 4 bytes at `out`.
 *
 * `a.b.c.d`, `a.b.c`, `a.b` or `a`, the last part filling all bytes that are
 * left; each part decimal, octal (`0…`) or hexadecimal (`0x…`). The text ends
 * at a NUL or at white space, after which glibc reads nothing. Returns 1, or 0
 * and leaves `out` alone.
 */
export function parseLax(text: usize, length: i32, out: usize): i32 {
  let address: u32 = 0;
  let i = 0;
  for (let parts = 0; parts < 4; parts++) {
    const first = byteAt(text, length, i);
    if (digitOf(first) > 9) return 0;
    let base: u64 = 10;
    if (first == 0x30) {
      base = 8;
      // "0x" without a digit is the number 0 followed by rubbish, as strtoul(3) reads it.
      if ((byteAt(text, length, i + 1) | 0x20) == 0x78 && digitOf(byteAt(text, length, i + 2)) < 16) {
        base = 16;
        i += 2;
      }
    }
    let part: u64 = 0;
    for (;;) {
      const digit = <u64>digitOf(byteAt(text, length, i));
      if (digit >= base) break;
      part = part * base + digit;
      if (part > 0xffffffff) return 0;
      i++;
    }
    const end = byteAt(text, length, i);
    if (end == DOT) {
      if (part > 255) return 0;
      address |= <u32>part << (24 - 8 * parts);
      i++;
      continue;
    }
    if (end != 0 && end != 0x20 && end - 9 > 4) return 0;
    if (part > <u64>0xffffffff >> (8 * parts)) return 0;
    store<u32>(out, bswap<u32>(address | <u32>part));
    return 1;
  }
  return 0;
}

function byteAt(text: usize, length: i32, i: i32): u32 {
  return i < length ? <u32>load<u8>(text + i) : 0;
}
