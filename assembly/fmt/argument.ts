// What a format is applied to. AssemblyScript knows the type of each operand
// when it compiles the call, and nobody does when the call is made: so each
// operand becomes an object that knows how to print itself. What no operand of
// a program has is no part of the program.

import { Failure } from "../errors";
import { Printer } from "./printer";

/** The type of an operand that is not there. */
@final
export class None {}

/** An operand. */
export abstract class Argument {
  /** Go's name of its type. */
  abstract get typeName(): string;

  /** Whether it is Go's nil, and has no type. */
  get isNil(): bool {
    return false;
  }

  /** Whether it is a string: print() puts no spaces beside those. */
  get isString(): bool {
    return false;
  }

  /** What `*` takes for a width, if it is an integer. */
  get count(): i64 {
    return i64.MIN_VALUE;
  }

  /** What `%w` wraps, if it is an error. */
  get failure(): Failure | null {
    return null;
  }

  /** Prints it as `verb` wants it, or p.bad(this, verb). */
  abstract print(p: Printer, verb: i32): void;
}
