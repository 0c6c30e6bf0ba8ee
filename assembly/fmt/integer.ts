// Integers, code points and addresses.

import { Char } from "./char";
import { Printer } from "./printer";
import { appendQuotedPoint, isPrintable } from "./quote";

/** `%d %b %o %O %x %X %c %q %U %v`; false: `verb` is none for integers. */
export function printInteger(p: Printer, value: u64, isSigned: bool, verb: i32): bool {
  switch (verb) {
    case Char.v:
      if (p.syntax && !isSigned) printAddress(p, value, true);
      else printDigits(p, value, 10, isSigned, verb);
      return true;
    case Char.d:
      printDigits(p, value, 10, isSigned, verb);
      return true;
    case Char.b:
      printDigits(p, value, 2, isSigned, verb);
      return true;
    case Char.o:
    case Char.O:
      printDigits(p, value, 8, isSigned, verb);
      return true;
    case Char.x:
    case Char.X:
      printDigits(p, value, 16, isSigned, verb);
      return true;
    default:
      return printPoint(p, value, verb);
  }
}

/** `%c %q %U`: the integer is a code point. */
function printPoint(p: Printer, value: u64, verb: i32): bool {
  const start = p.out.size;
  const point: u32 = value > 0x10ffff ? 0xfffd : <u32>value;
  if (verb == Char.c) p.out.point(point);
  else if (verb == Char.q) appendQuotedPoint(p.out, point, p.plus);
  else if (verb == Char.U) appendUnicode(p, value);
  else return false;
  const zero = p.zero;
  if (verb == Char.U) p.zero = false;
  p.pad(start);
  p.zero = zero;
  return true;
}

/** `U+0078 'x'` */
function appendUnicode(p: Printer, value: u64): void {
  p.out.text("U+");
  appendDigits(p, value, 16, max(p.precision, 4), true);
  if (!p.sharp || value > 0x10ffff || !isPrintable(<u32>value)) return;
  p.out.text(" '");
  p.out.point(<u32>value);
  p.out.byte(Char.APOSTROPHE);
}

/** `0xc0de`, with or without what tells that it is hexadecimal. */
export function printAddress(p: Printer, value: u64, isMarked: bool): void {
  const sharp = p.sharp;
  p.sharp = isMarked;
  printDigits(p, value, 16, false, Char.v);
  p.sharp = sharp;
}

function printDigits(p: Printer, value: u64, base: u32, isSigned: bool, verb: i32): void {
  const out = p.out;
  const start = out.size;
  const zero = p.zero;
  const isNegative = isSigned && <i64>value < 0;
  const hasSign = isNegative || p.plus || p.space;
  let least = p.precision;
  if (least < 0) least = p.zero ? p.width - <i32>hasSign : 0;
  // A precision says how many zeros there are, and a flag only where it does not.
  p.zero = false;
  if (p.precision == 0 && value == 0) {
    out.fill(Char.SPACE, p.width);
  } else {
    if (isNegative) out.byte(Char.MINUS);
    else if (p.plus) out.byte(Char.PLUS);
    else if (p.space) out.byte(Char.SPACE);
    const magnitude = isNegative ? 0 - value : value;
    appendBase(p, magnitude, base, least, verb);
    appendDigits(p, magnitude, base, least, verb == Char.X);
    p.pad(start);
  }
  p.zero = zero;
}

/** `0b`, `0`, `0o` or `0x`, where they are wanted. */
function appendBase(p: Printer, value: u64, base: u32, least: i32, verb: i32): void {
  const out = p.out;
  if (verb == Char.O) out.text("0o");
  if (!p.sharp) return;
  if (base == 2) out.text("0b");
  else if (base == 16) out.text(verb == Char.X ? "0X" : "0x");
  // A zero that is there already will do.
  else if (base == 8 && value != 0 && least <= countDigits(value, 8)) out.byte(Char.ZERO);
}

function countDigits(value: u64, base: u32): i32 {
  let count = 1;
  for (let left = value / base; left != 0; left /= base) count++;
  return count;
}

function appendDigits(p: Printer, value: u64, base: u32, least: i32, isUpper: bool): void {
  const count = max(countDigits(value, base), least);
  const room = p.out.reserve(count);
  const letters: u32 = isUpper ? 0x41 - 10 : 0x61 - 10;
  let left = value;
  for (let at = count - 1; at >= 0; at--) {
    const digit = <u32>(left % base);
    store<u8>(room + at, digit + (digit < 10 ? <u32>Char.ZERO : letters));
    left /= base;
  }
  p.out.size += count;
}
