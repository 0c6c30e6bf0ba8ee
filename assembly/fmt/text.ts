// What is printed of text: strings, bytes, and what an object calls itself.

import { Char } from "./char";
import { Output } from "./output";
import { Printer } from "./printer";
import { appendQuoted, canBackquote } from "./quote";

/** `%s %x %X %q %v` of UTF-8 from `address` up to `end`; false: `verb` is none for text. */
export function printText(p: Printer, address: usize, end: usize, verb: i32): bool {
  const start = p.out.size;
  switch (verb) {
    case Char.v:
      if (p.syntax) appendQuote(p, address, end);
      else appendCut(p, address, end);
      break;
    case Char.s:
      appendCut(p, address, end);
      break;
    case Char.q:
      appendQuote(p, address, end);
      break;
    case Char.x:
      appendHex(p, address, end, 0x57);
      break;
    case Char.X:
      appendHex(p, address, end, 0x37);
      break;
    default:
      return false;
  }
  p.pad(start);
  return true;
}

function appendCut(p: Printer, address: usize, end: usize): void {
  const start = p.out.size;
  p.out.copy(address, <i32>(end - address));
  p.cut(start);
}

function appendQuote(p: Printer, address: usize, end: usize): void {
  const out = p.out;
  let last = end;
  if (p.precision >= 0) {
    const start = out.size;
    appendCut(p, address, end);
    last = address + <usize>(out.size - start);
    out.size = start;
  }
  if (!p.sharp || !canBackquote(address, last)) {
    appendQuoted(out, address, last, p.plus);
    return;
  }
  out.byte(Char.BACKQUOTE);
  out.copy(address, <i32>(last - address));
  out.byte(Char.BACKQUOTE);
}

/** `letters` makes 'a' or 'A' of ten. */
function appendHex(p: Printer, address: usize, end: usize, letters: u32): void {
  const last = p.precision >= 0 ? min(end, address + <usize>p.precision) : end;
  for (let at = address; at < last; at++) {
    if (p.space && at > address) p.out.byte(Char.SPACE);
    if (p.sharp && (at == address || p.space)) appendMark(p.out, letters);
    appendDigit(p.out, load<u8>(at) >> 4, letters);
    appendDigit(p.out, load<u8>(at) & 15, letters);
  }
}

function appendMark(out: Output, letters: u32): void {
  out.byte(Char.ZERO);
  out.byte(letters == 0x57 ? Char.x : Char.X);
}

function appendDigit(out: Output, value: u32, letters: u32): void {
  out.byte(value < 10 ? value + <u32>Char.ZERO : value + letters);
}
