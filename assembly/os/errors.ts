// The errors of Go's package os that need neither files nor goroutines.

import { Failure } from "../errors";

/** `os.ErrNotExist`: is(err, ErrNotExist) tells of ENOENT. */
// @ts-ignore: decorator
@lazy export const ErrNotExist: Failure = new Failure("file does not exist");

/** `os.ErrExist`: is(err, ErrExist) tells of EEXIST and ENOTEMPTY. */
// @ts-ignore: decorator
@lazy export const ErrExist: Failure = new Failure("file already exists");

/** `os.ErrPermission`: is(err, ErrPermission) tells of EACCES and EPERM. */
// @ts-ignore: decorator
@lazy export const ErrPermission: Failure = new Failure("permission denied");

/** `os.ErrInvalid` */
// @ts-ignore: decorator
@lazy export const ErrInvalid: Failure = new Failure("invalid argument");

/** `os.ErrClosed`: the file has been closed here. */
// @ts-ignore: decorator
@lazy export const ErrClosed: Failure = new Failure("file already closed");

@final
class DeadlineExceeded extends Failure {
  timeout(): bool {
    return true;
  }

  temporary(): bool {
    return true;
  }
}

/** `os.ErrDeadlineExceeded`: a deadline has passed. */
// @ts-ignore: decorator
@lazy export const ErrDeadlineExceeded: Failure = new DeadlineExceeded("i/o timeout");

/** `os.SyscallError`: which call of the system failed, and why. */
@final
export class SyscallError extends Failure {
  constructor(
    readonly syscall: string,
    readonly err: Failure,
  ) {
    super("");
  }

  /** `connect: connection refused` */
  toString(): string {
    return `${this.syscall}: ${this.err.toString()}`;
  }

  timeout(): bool {
    return this.err.timeout();
  }

  unwrap(): Failure | null {
    return this.err;
  }
}

/** `os.NewSyscallError(syscall, err)`: null if `err` is. */
export function newSyscallError(syscall: string, err: Failure | null): Failure | null {
  return err === null ? null : new SyscallError(syscall, err);
}
