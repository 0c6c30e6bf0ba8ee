// Floating-point numbers: %e %E %f %F %g %G %b %x %X.

import { Char } from "./char";
import { Decimal, shortest } from "./decimal";
import { Output } from "./output";
import { Printer } from "./printer";

/** A number taken apart: `mantissa` × 2^`exponent`. */
@final
class Parts {
  mantissa: u64;
  exponent: i32;
  readonly isNegative: bool;
  /** Whether its mantissa is the least of its exponent: what is below is nearer then. */
  readonly isLowest: bool;

  /** `bits` of a number with a mantissa of `width` bits and an exponent biased by `bias`. */
  constructor(bits: u64, width: i32, bias: i32) {
    const implied: u64 = 1 << <u64>width;
    const fraction = bits & (implied - 1);
    const upper = <i32>(bits >> <u64>width);
    const biased = upper & (2 * bias + 1);
    this.isNegative = upper != biased;
    this.mantissa = biased == 0 ? fraction : fraction | implied;
    this.exponent = max(biased, 1) - bias - width;
    this.isLowest = fraction == 0 && biased > 1;
  }
}

/** Prints a number of 32 or 64 bits; false: `verb` is none for such. */
export function printFloat(p: Printer, value: f64, size: i32, verb: i32): bool {
  const as = verb == Char.v ? Char.g : verb == Char.F ? Char.f : verb;
  const lower = as | 0x20;
  if (lower != Char.e && lower != Char.g && lower != Char.x && as != Char.f && as != Char.b) return false;
  const start = p.out.size;
  const parts =
    size == 32
      ? new Parts(reinterpret<u32>(<f32>value), 23, 127)
      : new Parts(reinterpret<u64>(value), 52, 1023);
  const zero = p.zero;
  if (isFinite(value) || isNaN(value)) appendSign(p, parts.isNegative && !isNaN(value), p.plus);
  else appendSign(p, value < 0, p.plus || !p.space);
  if (!isFinite(value)) {
    p.out.text(isNaN(value) ? "NaN" : "Inf");
    p.zero = false;
  } else if (as == Char.b) appendBinary(p.out, parts);
  else if (lower == Char.x) appendHex(p, parts, as, size);
  else appendDecimal(p, parts, as);
  padNumber(p, start);
  p.zero = zero;
  return true;
}

function appendSign(p: Printer, isNegative: bool, isShown: bool): void {
  if (isNegative) p.out.byte(Char.MINUS);
  else if (isShown) p.out.byte(Char.PLUS);
  else if (p.space) p.out.byte(Char.SPACE);
}

/** Zeros go between the sign and the number. */
function padNumber(p: Printer, start: i32): void {
  const first = p.out.size > start ? load<u8>(p.out.address(start)) : 0;
  const hasSign = first == Char.MINUS || first == Char.PLUS || first == Char.SPACE;
  if (p.zero && hasSign) p.out.insert(start + 1, Char.ZERO, p.width - (p.out.size - start));
  else p.pad(start);
}

/** `4503599627370496p-52` */
function appendBinary(out: Output, parts: Parts): void {
  appendNumber(out, parts.mantissa, 1);
  out.byte(Char.p);
  appendExponentSign(out, parts.exponent);
  appendNumber(out, <u64>abs(parts.exponent), 1);
}

function appendExponentSign(out: Output, exponent: i32): void {
  out.byte(exponent < 0 ? Char.MINUS : Char.PLUS);
}

/** In decimal, with at least so many digits. */
function appendNumber(out: Output, value: u64, least: i32): void {
  if (value > 9 || least > 1) appendNumber(out, value / 10, least - 1);
  out.byte(<i32>(value % 10) + Char.ZERO);
}

/** `-0x1.23abcp+20` */
function appendHex(p: Printer, parts: Parts, verb: i32, size: i32): void {
  const out = p.out;
  let mantissa = parts.mantissa;
  let exponent = parts.exponent + 60;
  if (mantissa == 0) exponent = 0;
  else {
    // One bit before the point, fifteen digits after it.
    const shift = <i32>clz(mantissa) - 3;
    mantissa <<= <u64>shift;
    exponent -= shift;
  }
  let digits = p.precision;
  if (digits >= 0 && digits < 15) {
    const bits = <u64>(15 - digits) * 4;
    const unit = <u64>1 << bits;
    const rest = mantissa & (unit - 1);
    mantissa -= rest;
    if (rest > unit / 2 || (rest == unit / 2 && (mantissa & unit) != 0)) mantissa += unit;
    if (mantissa >> 61 != 0) {
      mantissa >>= 1;
      exponent++;
    }
  }
  out.byte(Char.ZERO);
  out.byte(verb);
  out.byte(<i32>(mantissa >> 60) + Char.ZERO);
  appendFraction(p, mantissa << 4, digits, verb == Char.X);
  out.byte(verb == Char.X ? Char.P : Char.p);
  appendExponentSign(out, exponent);
  appendNumber(out, <u64>abs(exponent), 2);
}

function appendFraction(p: Printer, fraction: u64, digits: i32, isUpper: bool): void {
  const out = p.out;
  if (p.sharp || digits > 0 || (digits < 0 && fraction != 0)) out.byte(Char.DOT);
  const letters = isUpper ? 0x37 : 0x57;
  let left = fraction;
  for (let i = 0; digits < 0 ? left != 0 : i < digits; i++) {
    const digit = <i32>(left >> 60);
    out.byte(digit < 10 ? digit + Char.ZERO : digit + letters);
    left <<= 4;
  }
}

function appendDecimal(p: Printer, parts: Parts, verb: i32): void {
  const isGeneral = (verb | 0x20) == Char.g;
  const precision = p.precision < 0 && !isGeneral ? 6 : p.precision;
  const isShortest = precision < 0;
  const number = isShortest && parts.mantissa != 0
    ? shortest(parts.mantissa, parts.exponent, parts.isLowest)
    : new Decimal(parts.mantissa, parts.exponent);
  if (!isGeneral) {
    if (verb == Char.f) {
      number.round(number.point + precision);
      appendPlain(p, number, precision);
    } else {
      number.round(precision + 1);
      appendScientific(p, number, precision, verb);
    }
    return;
  }
  const wanted = isShortest ? 6 : max(precision, 1);
  if (!isShortest) number.round(wanted);
  number.trim();
  appendGeneral(p, number, isShortest, wanted, verb);
}

/** `%g`: as `%e` or `%f`, whichever is shorter. */
function appendGeneral(p: Printer, number: Decimal, isShortest: bool, wanted: i32, verb: i32): void {
  let limit = wanted;
  if (limit > number.size && number.size >= number.point) limit = number.size;
  if (isShortest) limit = 6;
  const exponent = number.point - 1;
  // `#` keeps the zeros at the end, as many as are wanted.
  const digits = p.sharp ? max(wanted, number.size) : number.size;
  if (exponent < -4 || exponent >= limit) {
    appendScientific(p, number, max(digits - 1, 0), verb + Char.e - Char.g);
  } else appendPlain(p, number, max(digits - (number.size == 0 ? 1 : number.point), 0));
}

/** `1.234560e+78`, with `places` digits after the point. */
function appendScientific(p: Printer, number: Decimal, places: i32, verb: i32): void {
  const out = p.out;
  out.byte(number.at(0) + Char.ZERO);
  if (places > 0 || p.sharp) out.byte(Char.DOT);
  for (let i = 1; i <= places; i++) out.byte(number.at(i) + Char.ZERO);
  out.byte(verb);
  const exponent = number.size == 0 ? 0 : number.point - 1;
  appendExponentSign(out, exponent);
  appendNumber(out, <u64>abs(exponent), 2);
}

/** `123.456000`, with `places` digits after the point. */
function appendPlain(p: Printer, number: Decimal, places: i32): void {
  const out = p.out;
  if (number.point <= 0) out.byte(Char.ZERO);
  for (let i = 0; i < number.point; i++) out.byte(number.at(i) + Char.ZERO);
  if (places > 0 || p.sharp) out.byte(Char.DOT);
  for (let i = 0; i < places; i++) out.byte(number.at(number.point + i) + Char.ZERO);
}
