// Reads a format, and prints operands as it wants them.

import { Failure } from "../errors";
import { Argument } from "./argument";
import { Char } from "./char";
import { Printer } from "./printer";

/** A width or precision beyond this is none. */
// @ts-ignore: decorator
@inline
const LARGEST: i32 = 1_000_000;

/** One pass over a format. */
@final
export class Format {
  /** What `%w` wrapped, once. */
  wrapped: Failure | null = null;
  private at: i32 = 0;
  /** The next operand. */
  private index: i32 = 0;
  /** Whether an operand was chosen by number: then some may be left over. */
  private isReordered: bool = false;
  private isIndexRight: bool = true;
  /** Whether the last thing read was such a number. */
  private isAfterIndex: bool = false;

  constructor(
    private p: Printer,
    private format: string,
    private args: Argument[],
    /** Whether `%w` means anything. */
    private mayWrap: bool,
  ) {}

  /** Prints it all. */
  run(): void {
    while (this.at < this.format.length) {
      const start = this.at;
      const percent = this.format.indexOf("%", start);
      this.at = percent < 0 ? this.format.length : percent;
      this.p.out.part(this.format, start, this.at);
      if (percent >= 0) this.directive();
    }
    if (!this.isReordered && this.index < this.args.length) this.extra();
  }

  /** The character that comes next, or -1. */
  private peek(): i32 {
    return this.at < this.format.length ? this.format.charCodeAt(this.at) : -1;
  }

  private directive(): void {
    this.at++;
    this.p.clear();
    this.isIndexRight = true;
    this.isAfterIndex = false;
    this.flags();
    this.argumentIndex();
    this.width();
    // At the very end it is the verb, and a wrong one: that is Go's.
    if (this.peek() == Char.DOT && this.at + 1 < this.format.length) this.precision();
    if (!this.isAfterIndex) this.argumentIndex();
    const verb = this.format.codePointAt(this.at);
    if (this.at >= this.format.length) {
      this.p.out.text("%!(NOVERB)");
      return;
    }
    this.at += verb > 0xffff ? 2 : 1;
    this.apply(verb);
  }

  private flags(): void {
    const p = this.p;
    while (true) {
      const c = this.peek();
      if (c == Char.HASH) p.sharp = true;
      else if (c == Char.ZERO) p.zero = !p.minus;
      else if (c == Char.PLUS) p.plus = true;
      else if (c == Char.SPACE) p.space = true;
      else if (c == Char.MINUS) {
        p.minus = true;
        p.zero = false;
      } else return;
      this.at++;
    }
  }

  private width(): void {
    const p = this.p;
    if (this.peek() != Char.STAR) {
      p.width = this.number();
      if (this.isAfterIndex && p.width >= 0) this.isIndexRight = false;
      return;
    }
    const width = this.star();
    if (width == i32.MIN_VALUE) p.out.text("%!(BADWIDTH)");
    else p.width = abs(width);
    if (width >= 0 || width == i32.MIN_VALUE) return;
    p.minus = true;
    p.zero = false;
  }

  private precision(): void {
    const p = this.p;
    this.at++;
    if (this.isAfterIndex) this.isIndexRight = false;
    this.argumentIndex();
    if (this.peek() != Char.STAR) {
      p.precision = max(this.number(), 0);
      return;
    }
    const precision = this.star();
    if (precision >= 0) p.precision = precision;
    else p.out.text("%!(BADPREC)");
  }

  /** The next operand as a width; i32.MIN_VALUE if it is none. */
  private star(): i32 {
    this.at++;
    this.isAfterIndex = false;
    if (this.index >= this.args.length) return i32.MIN_VALUE;
    const count = this.args[this.index++].count;
    return count > LARGEST || count < -LARGEST ? i32.MIN_VALUE : <i32>count;
  }

  /** Reads digits; -1 if there are none. */
  private number(): i32 {
    if (!isDigit(this.peek())) return -1;
    let value = 0;
    for (let c = this.peek(); isDigit(c); c = this.peek()) {
      if (value > LARGEST) {
        this.at = this.format.length;
        return -1;
      }
      value = 10 * value + (c - Char.ZERO);
      this.at++;
    }
    return value;
  }

  /** `[2]`: the operand to take next. */
  private argumentIndex(): void {
    this.isAfterIndex = false;
    if (this.peek() != Char.LEFT_BRACKET) return;
    this.isReordered = true;
    const end = this.format.indexOf("]", this.at);
    if (end < 0) {
      this.at++;
      this.isIndexRight = false;
      return;
    }
    this.at++;
    const number = this.number();
    const isNumber = number >= 0 && this.at == end;
    this.at = end + 1;
    this.isAfterIndex = isNumber;
    if (isNumber && number >= 1 && number <= this.args.length) this.index = number - 1;
    else this.isIndexRight = false;
  }

  private apply(verb: i32): void {
    const p = this.p;
    if (verb == Char.PERCENT) p.out.byte(Char.PERCENT);
    else if (!this.isIndexRight) this.complain(verb, "BADINDEX)");
    else if (this.index >= this.args.length) this.complain(verb, "MISSING)");
    else {
      const arg = this.args[this.index++];
      if (verb == Char.w) this.wrap(arg);
      else this.print(arg, verb);
    }
  }

  private print(arg: Argument, verb: i32): void {
    if (verb == Char.v) this.p.beginValue();
    this.p.argument(arg, verb);
  }

  /** `%w`: of the first error of an errorf() only. */
  private wrap(arg: Argument): void {
    const failure = arg.failure;
    const isFirst = this.mayWrap && this.wrapped === null;
    this.wrapped = failure;
    if (failure !== null && isFirst) {
      this.print(arg, Char.v);
      return;
    }
    this.wrapped = null;
    this.mayWrap = false;
    this.p.bad(arg, Char.w);
  }

  private complain(verb: i32, what: string): void {
    this.p.complain(verb);
    this.p.out.text(what);
  }

  private extra(): void {
    const p = this.p;
    p.clear();
    p.out.text("%!(EXTRA ");
    for (let i = this.index; i < this.args.length; i++) {
      if (i > this.index) p.out.text(", ");
      const arg = this.args[i];
      if (arg.isNil) p.out.text("<nil>");
      else p.typed(arg);
    }
    p.out.byte(Char.RIGHT_PARENTHESIS);
  }
}

function isDigit(c: i32): bool {
  return c >= Char.ZERO && c <= Char.NINE;
}
