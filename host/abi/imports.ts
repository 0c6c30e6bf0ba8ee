import { ControlWriter } from "../core/control.js";
import type { Core } from "../core/core.js";
import type { SysResult } from "../core/errno.js";
import { EFAULT } from "../core/linux.generated.js";
import { GuestFault, type GuestMemory } from "./memory.js";

/** What every function of every ABI works on. */
export interface AbiContext {
  readonly core: Core;
  readonly memory: GuestMemory;
  /** What `recvmsg` writes with: one for all its calls, since a percent of such a call is what making one costs. */
  readonly control: ControlWriter;
}

export function abiContext(core: Core, memory: GuestMemory): AbiContext {
  return { core, memory, control: new ControlWriter(memory.whole) };
}

/** A function of an ABI: the context, then the guest's 32-bit arguments. */
export type AbiFunction = (context: AbiContext, ...args: number[]) => SysResult;

/** A WebAssembly import of 32-bit arguments. */
export type ImportFunction = (...args: number[]) => number;

/** The type of the import that `faulting` makes: one letter a parameter, a colon, one letter for the result. */
export function signatureOf(call: AbiFunction): string {
  return `${"i".repeat(call.length - 1)}:i`;
}

/** How an ABI tells its guests a result. */
export type Encode = (result: SysResult) => number;

/**
 * Makes an import of a function that may meet a bad pointer: EFAULT then.
 *
 * One arrow per arity, because rest parameters allocate on every call. Each
 * argument is made a 32-bit number again: the types that a module declares are
 * checked when it is linked, and this is the second lock. Anything else that is
 * thrown is a bug of the host and traps the guest.
 *
 * All imports of one arity are one function to V8, which therefore inlines none
 * of what they call. A call that is often made gets an arrow of its own.
 */
export function faulting(context: AbiContext, call: AbiFunction, encode: Encode): ImportFunction {
  const arity = call.length - 1;
  const make = ARITIES[arity];
  if (make === undefined) throw new TypeError(`no import of ${arity} arguments`);
  return make(context, call, encode);
}

/** A function with 64-bit arguments, or with more than six. */
export type WideFunction = (context: AbiContext, ...args: never[]) => SysResult;

/**
 * As `faulting`, for types that it does not have: `signature` has one letter a parameter, `i` for i32 and `I` for i64.
 *
 * Such arguments are unsigned numbers. None of these calls is so short that the array of its arguments matters.
 */
export function faultingWide(
  context: AbiContext,
  signature: string,
  call: WideFunction,
  encode: Encode,
): (...args: (number | bigint)[]) => number {
  const parameters = signature.slice(0, signature.indexOf(":"));
  const wide = call as (context: AbiContext, ...args: (number | bigint)[]) => SysResult;
  return (...args) => {
    const exact = Array.from(parameters, (letter, i) =>
      letter === "I" ? BigInt.asUintN(64, BigInt(args[i] ?? 0)) : Number(args[i]) | 0,
    );
    try {
      return encode(wide(context, ...exact));
    } catch (error) {
      return encode(faultToErrno(error));
    }
  };
}

const ARITIES: readonly (typeof faulting)[] = [
  (context, call, encode) => () => {
    try {
      return encode(call(context));
    } catch (error) {
      return encode(faultToErrno(error));
    }
  },
  (context, call, encode) => (a: number) => {
    try {
      return encode(call(context, a | 0));
    } catch (error) {
      return encode(faultToErrno(error));
    }
  },
  (context, call, encode) => (a: number, b: number) => {
    try {
      return encode(call(context, a | 0, b | 0));
    } catch (error) {
      return encode(faultToErrno(error));
    }
  },
  (context, call, encode) => (a: number, b: number, c: number) => {
    try {
      return encode(call(context, a | 0, b | 0, c | 0));
    } catch (error) {
      return encode(faultToErrno(error));
    }
  },
  (context, call, encode) => (a: number, b: number, c: number, d: number) => {
    try {
      return encode(call(context, a | 0, b | 0, c | 0, d | 0));
    } catch (error) {
      return encode(faultToErrno(error));
    }
  },
  (context, call, encode) => (a: number, b: number, c: number, d: number, e: number) => {
    try {
      return encode(call(context, a | 0, b | 0, c | 0, d | 0, e | 0));
    } catch (error) {
      return encode(faultToErrno(error));
    }
  },
  (context, call, encode) => (a: number, b: number, c: number, d: number, e: number, f: number) => {
    try {
      return encode(call(context, a | 0, b | 0, c | 0, d | 0, e | 0, f | 0));
    } catch (error) {
      return encode(faultToErrno(error));
    }
  },
];

/** What a call that threw answers: EFAULT for a bad pointer. Anything else is thrown on. */
export function faultToErrno(error: unknown): SysResult {
  if (error instanceof GuestFault) return -EFAULT;
  throw error;
}
