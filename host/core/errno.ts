import { ERRNO_TABLE } from "./linux.generated.js";

/** A result `>= 0`, or a negated Linux errno such as `-EBADF`. */
export type SysResult = number;

/** A negated Linux errno: the type of results that are known to have failed. */
export type Errno = number;

/** Tells a failed call's result, whose errno is then `-result`, from anything else. */
export function isErrno(result: number): boolean;
export function isErrno<T>(result: T | Errno): result is Errno;
export function isErrno(result: unknown): boolean {
  return typeof result === "number" && result < 0;
}

/** The symbolic name of an errno (positive), such as `EBADF`. */
export function errnoName(errno: number): string {
  return ERRNO_TABLE.get(errno)?.name ?? `E${errno}`;
}

/** glibc's `strerror` text of an errno (positive). */
export function errnoText(errno: number): string {
  return ERRNO_TABLE.get(errno)?.text ?? `Unknown error ${errno}`;
}
