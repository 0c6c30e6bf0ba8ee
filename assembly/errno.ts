import { ERRNO_TEXTS } from "./linux.generated";
import { writeText } from "./output";

export * from "./linux.generated";

/**
 * The number of the last call's error, as in C.
 *
 * Set by every function that reports failure with -1 (or null), never reset by
 * success: read it at once after a failure. errno(3)
 */
export let errno: i32 = 0;

/** Sets `errno`; a module that imports a variable cannot assign to it. */
export function setErrno(number: i32): void {
  errno = number;
}

/**
 * Turns a host call's result into C's: itself if it is not negative, else -1
 * with `errno` set.
 */
// @ts-ignore: decorator
@inline
export function settle(result: i32): i32 {
  return result >= 0 ? result : fail(-result);
}

/** Sets `errno` and returns -1. */
export function fail(number: i32): i32 {
  errno = number;
  return -1;
}

/** `char *strerror(int errnum)`: the text of an error, in glibc's words. strerror(3) */
export function strerror(errnum: i32): string {
  if (<u32>errnum < <u32>ERRNO_TEXTS.length) {
    const text = ERRNO_TEXTS[errnum];
    if (text.length > 0) return text;
  }
  return `Unknown error ${errnum}`;
}

/**
 * `void perror(const char *s)`: prints `s: `, the text of `errno` and a newline
 * on standard error; without `s` the text alone. perror(3)
 */
export function perror(s: string): void {
  const text = strerror(errno);
  writeText(2, s.length > 0 ? `${s}: ${text}\n` : `${text}\n`);
}
