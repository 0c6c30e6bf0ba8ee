// Strings and code points in quotes, as they would be written in a Go program.

import { decodeRune, RUNE_ERROR, runeSize } from "../utf8";
import { Char } from "./char";
import { Output } from "./output";

/** The UTF-8 from `address` up to `end` in double quotes. */
export function appendQuoted(out: Output, address: usize, end: usize, isASCII: bool): void {
  out.byte(Char.QUOTE);
  for (let at = address; at < end; at += runeSize) {
    const point = decodeRune(at, end);
    if (point == RUNE_ERROR && runeSize == 1) appendHex(out, 0x78, load<u8>(at), 2);
    else appendEscaped(out, point, Char.QUOTE, isASCII);
  }
  out.byte(Char.QUOTE);
}

/** A code point in single quotes. */
export function appendQuotedPoint(out: Output, point: u32, isASCII: bool): void {
  const isNone = (point & 0xfffff800) == 0xd800;
  out.byte(Char.APOSTROPHE);
  appendEscaped(out, isNone ? RUNE_ERROR : point, Char.APOSTROPHE, isASCII);
  out.byte(Char.APOSTROPHE);
}

/** Whether backquotes can hold the text: one line, without backquotes and control characters. */
export function canBackquote(address: usize, end: usize): bool {
  for (let at = address; at < end; at += runeSize) {
    const point = decodeRune(at, end);
    if (point == RUNE_ERROR && runeSize == 1) return false;
    if (point == 0xfeff || point == 0x7f || point == Char.BACKQUOTE || (point < 0x20 && point != 0x09)) return false;
  }
  return true;
}

function appendEscaped(out: Output, point: u32, quote: u32, isASCII: bool): void {
  if (point == quote || point == Char.BACKSLASH) {
    out.byte(Char.BACKSLASH);
    out.byte(point);
  } else if (point < 0x7f ? point >= 0x20 : !isASCII && isPrintable(point)) out.point(point);
  else if (point >= 7 && point <= 13) {
    out.byte(Char.BACKSLASH);
    out.byte(load<u8>(memory.data<u8>([0x61, 0x62, 0x74, 0x6e, 0x76, 0x66, 0x72]) + <usize>(point - 7))); // a b t n v f r
  } else if (point < 0x80) appendHex(out, 0x78, point, 2);
  else if (point < 0x10000) appendHex(out, 0x75, point, 4);
  else appendHex(out, 0x55, point, 8);
}

/** `\x7f`, `\u00ad` or `\U000e0001` */
function appendHex(out: Output, letter: i32, value: u32, digits: i32): void {
  out.byte(Char.BACKSLASH);
  out.byte(letter);
  for (let shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    const digit = (value >> shift) & 15;
    out.byte(digit + (digit < 10 ? 0x30 : 0x57));
  }
}

// Whoever needs no table of Unicode's has none: these are the ranges of what
// is never to be seen, of 16 bits each. What is not assigned yet counts as
// printable.
const UNSEEN: usize = memory.data<u16>([
  0x7f, 0xa0, 0xad, 0xad, 0x600, 0x605, 0x61c, 0x61c, 0x6dd, 0x6dd, 0x70f, 0x70f, 0x890, 0x891, 0x8e2, 0x8e2, 0x1680,
  0x1680, 0x180e, 0x180e, 0x2000, 0x200f, 0x2028, 0x202f, 0x205f, 0x206f, 0x3000, 0x3000, 0xd800, 0xf8ff, 0xfeff,
  0xfeff, 0xfff0, 0xfffb, 0xfffe, 0xffff,
]);
const UNSEEN_SIZE: usize = 36 * 2;

/** `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(point: u32): bool {
  if (point < 0x7f) return point >= 0x20;
  if (point > 0xffff) return isPrintableBeyond(point);
  for (let at: usize = 0; at < UNSEEN_SIZE; at += 4) {
    if (point >= load<u16>(UNSEEN + at) && point <= load<u16>(UNSEEN + at, 2)) return false;
  }
  return true;
}

/** Tags, what selects variants (which is a mark) aside, private use, and the last two of each plane are not. */
function isPrintableBeyond(point: u32): bool {
  if ((point & 0xfffe) == 0xfffe || point >= 0xf0000) return false;
  // Nothing is assigned yet from here up to the tags.
  if (point >= 0x33480 && point < 0xe0000) return false;
  if (point >= 0xe0000) return point >= 0xe0100 && point <= 0xe01ef;
  if (point >= 0x1bca0 && point <= 0x1bca3) return false;
  if (point == 0x110bd || point == 0x110cd || (point >= 0x13430 && point <= 0x1343f)) return false;
  return point < 0x1d173 || point > 0x1d17a;
}
