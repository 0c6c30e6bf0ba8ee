// UTF-8 as Go's package utf8 reads it: what is wrong counts byte by byte.

/** What wrong bytes read as. */
export const RUNE_ERROR: u32 = 0xfffd;

/** How many bytes the last `decodeRune` took. */
export let runeSize: i32 = 0;

/**
 * The code point at `address`, before `end`; its size is then in `runeSize`.
 *
 * RUNE_ERROR of size 1 for a byte that begins none: too long a form, half of a
 * pair, or cut off.
 */
export function decodeRune(address: usize, end: usize): u32 {
  const first = <u32>load<u8>(address);
  runeSize = 1;
  if (first < 0x80) return first;
  const length = lengthOf(first);
  if (length == 0 || address + <usize>length > end) return RUNE_ERROR;
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = <u32>load<u8>(address + <usize>i);
    if ((next & 0xc0) != 0x80) return RUNE_ERROR;
    point = (point << 6) | (next & 0x3f);
  }
  if (point < leastOf(length) || point > 0x10ffff || (point & 0xfffff800) == 0xd800) return RUNE_ERROR;
  runeSize = length;
  return point;
}

/** `utf8.FullRune`: whether the bytes begin with a whole code point, or with what can no longer become one. */
export function isFullRune(address: usize, end: usize): bool {
  const available = <i32>(end - address);
  if (available == 0) return false;
  const length = lengthOf(load<u8>(address));
  if (available >= length) return true;
  if (available > 1) {
    const second = <u32>load<u8>(address, 1);
    if ((second & 0xc0) != 0x80 || !maySecond(load<u8>(address), second)) return true;
  }
  return available > 2 && (load<u8>(address, 2) & 0xc0) != 0x80;
}

/** How many code points there are from `address` up to `end`. */
export function countRunes(address: usize, end: usize): i32 {
  let count = 0;
  for (let at = address; at < end; at += runeSize) {
    decodeRune(at, end);
    count++;
  }
  return count;
}

/** The text from `address` up to `end`, with RUNE_ERROR for each byte that is none: the compiler's own does not look. */
export function decodeText(address: usize, end: usize): string {
  const units = new StaticArray<u16>(<i32>(end - address));
  let size = 0;
  for (let at = address; at < end; at += runeSize) {
    const point = decodeRune(at, end);
    if (point > 0xffff) {
      unchecked((units[size++] = <u16>(0xd7c0 + (point >> 10))));
      unchecked((units[size++] = <u16>(0xdc00 | (point & 0x3ff))));
    } else unchecked((units[size++] = <u16>point));
  }
  return String.UTF16.decodeUnsafe(changetype<usize>(units), <usize>size << 1);
}

/** How many bytes a sequence has that begins so; 0: none does. */
function lengthOf(first: u32): i32 {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function leastOf(length: i32): u32 {
  return length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
}

function maySecond(first: u32, second: u32): bool {
  if (first == 0xe0) return second >= 0xa0;
  if (first == 0xed) return second < 0xa0;
  if (first == 0xf0) return second >= 0x90;
  return first != 0xf4 || second < 0x90;
}
