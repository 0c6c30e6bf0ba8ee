// The operands that there are, by type.

import { Failure } from "../errors";
import { Argument, None } from "./argument";
import { Char } from "./char";
import { printFloat } from "./float";
import { printAddress, printInteger } from "./integer";
import { Printer } from "./printer";
import { printText } from "./text";

/** Adds an operand to `list`, unless there is none. */
// @ts-ignore: decorator
@inline
export function add<T>(list: Argument[], value: T): void {
  if (!isNone<T>()) list.push(argumentOf<T>(value));
}

/** Known when the call is compiled: what is not there leaves no code. */
// @ts-ignore: decorator
@inline
function isNone<T>(): bool {
  return isManaged<T>() && !isFunction<T>() ? idof<T>() == idof<None>() : false;
}

/** The operand `value`. */
export function argumentOf<T>(value: T): Argument {
  if (isBoolean<T>()) return new BoolArgument(<bool>value);
  if (isInteger<T>()) return new IntegerArgument(<u64>value, isSigned<T>(), integerName<T>());
  if (isFloat<T>()) return new FloatArgument(<f64>value, 8 * sizeof<T>());
  if (isString<T>()) return new StringArgument(changetype<string | null>(value));
  if (isFunction<T>()) return new AddressArgument(changetype<usize>(value), "func()");
  if (isArrayLike<T>()) return new ListArgument<T>(value);
  return new ObjectArgument<T>(value);
}

/** Go's name; an `int` is what AssemblyScript takes a number for, too. */
function integerName<T>(): string {
  if (!isSigned<T>()) return sizeof<T>() == 1 ? "uint8" : sizeof<T>() == 2 ? "uint16" : sizeof<T>() == 4 ? "uint32" : "uint64";
  return sizeof<T>() == 1 ? "int8" : sizeof<T>() == 2 ? "int16" : sizeof<T>() == 4 ? "int" : "int64";
}

/** Go's name of a type. */
function typeName<T>(): string {
  if (isBoolean<T>()) return "bool";
  if (isInteger<T>()) return integerName<T>();
  if (isFloat<T>()) return sizeof<T>() == 4 ? "float32" : "float64";
  if (isString<T>()) return "string";
  // @ts-ignore: it has elements
  if (isArrayLike<T>()) return `[]${typeName<valueof<T>>()}`;
  return `*${nameof<T>()}`;
}

@final
class BoolArgument extends Argument {
  constructor(private value: bool) {
    super();
  }

  get typeName(): string {
    return "bool";
  }

  print(p: Printer, verb: i32): void {
    if (verb == Char.t || verb == Char.v) p.word(this.value ? "true" : "false");
    else p.bad(this, verb);
  }
}

@final
class IntegerArgument extends Argument {
  constructor(
    private value: u64,
    private hasSign: bool,
    private name: string,
  ) {
    super();
  }

  get typeName(): string {
    return this.name;
  }

  get count(): i64 {
    return <i64>this.value;
  }

  print(p: Printer, verb: i32): void {
    if (!printInteger(p, this.value, this.hasSign, verb)) p.bad(this, verb);
  }
}

@final
class FloatArgument extends Argument {
  constructor(
    private value: f64,
    private size: i32,
  ) {
    super();
  }

  get typeName(): string {
    return this.size == 32 ? "float32" : "float64";
  }

  print(p: Printer, verb: i32): void {
    if (!printFloat(p, this.value, this.size, verb)) p.bad(this, verb);
  }
}

@final
class StringArgument extends Argument {
  constructor(private value: string | null) {
    super();
  }

  get typeName(): string {
    return "string";
  }

  get isNil(): bool {
    return this.value === null;
  }

  get isString(): bool {
    return true;
  }

  print(p: Printer, verb: i32): void {
    if (!printString(p, this.value!, verb)) p.bad(this, verb);
  }
}

function printString(p: Printer, text: string, verb: i32): bool {
  if (verb == Char.s && p.width < 0 && p.precision < 0) {
    p.out.text(text);
    return true;
  }
  const bytes = String.UTF8.encode(text);
  const address = changetype<usize>(bytes);
  return printText(p, address, address + bytes.byteLength, verb);
}

/** What is a number to the machine only. */
@final
class AddressArgument extends Argument {
  constructor(
    private value: usize,
    private name: string,
  ) {
    super();
  }

  get typeName(): string {
    return this.name;
  }

  print(p: Printer, verb: i32): void {
    if (!printPointer(p, this.value, verb)) p.bad(this, verb);
  }
}

function printPointer(p: Printer, value: usize, verb: i32): bool {
  if (verb == Char.p || verb == Char.v) printAddress(p, value, !p.sharp);
  else if (verb == Char.c || verb == Char.q || verb == Char.U) return false;
  else return printInteger(p, value, false, verb);
  return true;
}

/** An array or the like: each element is printed alone, and bytes may be text. */
@final
class ListArgument<T> extends Argument {
  constructor(private list: T) {
    super();
  }

  get typeName(): string {
    return typeName<T>();
  }

  get isNil(): bool {
    return changetype<usize>(this.list) == 0;
  }

  print(p: Printer, verb: i32): void {
    if (verb == Char.p) printAddress(p, changetype<usize>(this.list), !p.sharp);
    else if (!this.printBytes(p, verb)) this.printElements(p, verb);
  }

  private printBytes(p: Printer, verb: i32): bool {
    // @ts-ignore: it has elements
    if (!isInteger<valueof<T>>() || sizeof<valueof<T>>() != 1 || isSigned<valueof<T>>()) return false;
    if (verb != Char.s && verb != Char.q && verb != Char.x && verb != Char.X) return false;
    const address = addressOf<T>(this.list);
    // @ts-ignore: it has a length
    return printText(p, address, address + this.list.length, verb);
  }

  private printElements(p: Printer, verb: i32): void {
    const out = p.out;
    if (p.syntax) {
      const name = typeName<T>();
      out.text(name == "[]uint8" ? "[]byte" : name);
      out.byte(Char.LEFT_BRACE);
    } else out.byte(Char.LEFT_BRACKET);
    // @ts-ignore: it has a length
    for (let i = 0; i < this.list.length; i++) {
      if (i > 0 && p.syntax) out.byte(Char.COMMA);
      if (i > 0) out.byte(Char.SPACE);
      // @ts-ignore: it has elements
      p.argument(argumentOf<valueof<T>>(this.list[i]), verb);
    }
    out.byte(p.syntax ? Char.RIGHT_BRACE : Char.RIGHT_BRACKET);
  }
}

/** Where the elements are. */
// @ts-ignore: decorator
@inline
function addressOf<T>(list: T): usize {
  // @ts-ignore: one of the two is there
  if (isDefined(list.dataStart)) return list.dataStart;
  return changetype<usize>(list);
}

/** What an object that is there calls itself. */
function nameOf<T>(object: T): string {
  // @ts-ignore: only asked of what has one
  if (isNullable<T>()) return object!.toString();
  // @ts-ignore: the same
  return object.toString();
}

/** An object that calls itself something: Go's error or Stringer. */
@final
class ObjectArgument<T> extends Argument {
  constructor(private object: T) {
    super();
  }

  get typeName(): string {
    return typeName<T>();
  }

  get isNil(): bool {
    return changetype<usize>(this.object) == 0;
  }

  get failure(): Failure | null {
    const object = this.object;
    return object instanceof Failure ? object : null;
  }

  print(p: Printer, verb: i32): void {
    // @ts-ignore: looked at before it is used
    if (isDefined(this.object.toString)) {
      if (verb != Char.p && printString(p, nameOf<T>(this.object), verb)) return;
    } else if (verb != Char.s && printPointer(p, changetype<usize>(this.object), verb)) return;
    if (verb == Char.p) printAddress(p, changetype<usize>(this.object), !p.sharp);
    else p.bad(this, verb);
  }
}
