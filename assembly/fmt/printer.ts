// One operand in one format: flags, width, precision, and what can go wrong.

import { Argument } from "./argument";
import { Char } from "./char";
import { Output } from "./output";

/** Where operands are printed, and how the next one is wanted. */
@final
export class Printer {
  readonly out: Output = new Output();
  minus: bool = false;
  plus: bool = false;
  sharp: bool = false;
  space: bool = false;
  zero: bool = false;
  /** `%#v`: as it would be written in a Go program. */
  syntax: bool = false;
  /** -1: none is given. */
  width: i32 = -1;
  precision: i32 = -1;

  /** Forgets flags, width and precision. */
  clear(): void {
    this.minus = false;
    this.plus = false;
    this.sharp = false;
    this.space = false;
    this.zero = false;
    this.syntax = false;
    this.width = -1;
    this.precision = -1;
  }

  /** `%v` has its own reading of two flags. */
  beginValue(): void {
    this.syntax = this.sharp;
    this.sharp = false;
    this.plus = false;
  }

  /** Fills up to the width what has been printed since `start`. */
  pad(start: i32): void {
    if (this.width <= 0) return;
    const missing = this.width - this.out.pointsFrom(start);
    if (this.minus) this.out.fill(Char.SPACE, missing);
    else this.out.insert(start, this.zero ? Char.ZERO : Char.SPACE, missing);
  }

  /** Prints `text` whole. */
  word(text: string): void {
    const start = this.out.size;
    this.out.text(text);
    this.pad(start);
  }

  /** Applies the precision of `%s` to what has been printed since `start`. */
  cut(start: i32): void {
    if (this.precision >= 0) this.out.truncate(start, this.precision);
  }

  /** Prints an operand, or its type. */
  argument(arg: Argument, verb: i32): void {
    if (verb == Char.T) this.type(arg);
    else if (!arg.isNil) arg.print(this, verb);
    else if (verb == Char.v) this.word("<nil>");
    else this.bad(arg, verb);
  }

  private type(arg: Argument): void {
    const start = this.out.size;
    this.out.text(arg.isNil ? "<nil>" : arg.typeName);
    this.cut(start);
    this.pad(start);
  }

  /** `%!d(string=hi)`: the verb is none for this type. */
  bad(arg: Argument, verb: i32): void {
    this.complain(verb);
    if (arg.isNil) this.out.text("<nil>");
    else this.typed(arg);
    this.out.byte(Char.RIGHT_PARENTHESIS);
  }

  /** `%!d(` */
  complain(verb: i32): void {
    this.out.text("%!");
    this.out.point(verb);
    this.out.byte(Char.LEFT_PARENTHESIS);
  }

  /** `string=hi` */
  typed(arg: Argument): void {
    this.out.text(arg.typeName);
    this.out.byte(Char.EQUALS);
    this.argument(arg, Char.v);
  }
}
