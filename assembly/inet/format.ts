// The one formatter of binary addresses; see parse.ts.

/** Writes `value` in `base` (10 or 16) without leading zeros; returns the end of the text. */
function number(value: u32, base: u32, out: usize): usize {
  if (value >= base) out = number(value / base, base, out);
  const digit = value % base;
  store<u8>(out, digit < 10 ? 0x30 + digit : 0x57 + digit);
  return out + 1;
}

/** Writes the 4 bytes at `address` as `a.b.c.d` (at most 15 bytes, no NUL), and returns the text's length. */
export function format4(address: usize, out: usize): i32 {
  let end = out;
  for (let i = 0; i < 4; i++) {
    if (i > 0) store<u8>(end++, 0x2e);
    end = number(load<u8>(address + i), 10, end);
  }
  return i32(end - out);
}

/**
 * Writes the 16 bytes at `address` as text (at most 45 bytes, no NUL), and
 * returns its length.
 *
 * RFC 5952: lower case, no leading zeros, `::` for the first longest run of two
 * or more zero groups. The last 32 bits of `::ffff:0:0/96` (IPv4-mapped) and of
 * `::/96` (the deprecated IPv4-compatible form, except where it would end in a
 * zero group) are written as IPv4, as glibc's inet_ntop(3) does.
 */
export function format6(address: usize, out: usize): i32 {
  const run = longestZeroRun(address);
  const size = run & 15;
  const isFirst = run >> 4 == 0;
  return groups(address, run, isFirst && (size == 6 || (size == 5 && groupAt(address, 5) == 0xffff)), out);
}

/** format6() in hexadecimal digits only (at most 39 bytes), as Go and RFC 5952 itself have it. */
export function formatHexadecimal6(address: usize, out: usize): i32 {
  return groups(address, longestZeroRun(address), false, out);
}

/** Writes the groups, `::` for the `run`, and the last two as IPv4 if they are `dotted`. */
function groups(address: usize, run: i32, dotted: bool, out: usize): i32 {
  const first = run >> 4;
  const size = run & 15;
  let end = out;
  for (let i = 0; i < 8; ) {
    if (size > 0 && i == first) {
      store<u16>(end, 0x3a3a);
      end += 2;
      i += size;
      continue;
    }
    if (i > 0 && i != first + size) store<u8>(end++, 0x3a);
    if (dotted && i == 6) {
      end += format4(address + 12, end);
      break;
    }
    end = number(groupAt(address, i), 16, end);
    i++;
  }
  return i32(end - out);
}

/** `first << 4 | size` of the run that `::` stands for; size 0 if there is none. */
function longestZeroRun(address: usize): i32 {
  let best = 8 << 4;
  let size = 0;
  for (let i = 0; i < 8; i++) {
    size = groupAt(address, i) == 0 ? size + 1 : 0;
    if (size > 1 && size > (best & 15)) best = ((i + 1 - size) << 4) | size;
  }
  return best;
}

function groupAt(address: usize, i: i32): u32 {
  return bswap<u16>(load<u16>(address + 2 * i));
}
