// How the program tells of an error: the number is always the one that a call
// has left in errno, and never one that the program knew before.

import { ERRNO_NAMES, errno, strerror } from "sockyard/errno";
import { stdout } from "sockyard/process";

let surprises = 0;

/** How many errors were not what they were meant to be. */
export function countSurprises(): i32 {
  return surprises;
}

/** Tells which error the call that returned `result` ended with, and what led to it. */
export function report(expected: i32, result: i32, cause: string): void {
  const number = result < 0 ? errno : 0;
  const name = number > 0 ? ERRNO_NAMES[number] : "no error";
  let line = `${name.padEnd(15)} ${`${number}`.padStart(3)}  ${strerror(number)}: ${cause}`;
  if (number != expected) {
    surprises++;
    line += ` (meant to be ${ERRNO_NAMES[expected]})`;
  }
  stdout.write(line + "\n");
}

/** Ends the program where the ground for an error cannot be prepared: `result` is that of a call that has to succeed. */
export function prepared(result: i32, call: string): i32 {
  assert(result >= 0, `${call}: ${strerror(errno)}`);
  return result;
}
