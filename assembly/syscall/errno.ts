import { strerror } from "../errno";
import { Failure } from "../errors";
import {
  EACCES,
  EAGAIN,
  EEXIST,
  EINTR,
  EMFILE,
  ENFILE,
  ENOENT,
  ENOTEMPTY,
  EPERM,
  ERFKILL,
  ETIMEDOUT,
} from "../linux.generated";
import { ErrExist, ErrNotExist, ErrPermission } from "../os/errors";

/** Go's `syscall.Errno`: an error of the kernel. */
@final
export class Errno extends Failure {
  constructor(
    /** Linux's number. */
    readonly number: i32,
  ) {
    super("");
  }

  /** The error in what a call returned: null if that is not negative. */
  static of(result: i32): Errno | null {
    return result < 0 ? new Errno(-result) : null;
  }

  /** Linux's text in Go's spelling: `connection refused`; `errno 0` of a number that Go has no text for. */
  toString(): string {
    if (this.number <= 0 || this.number > ERFKILL) return `errno ${this.number}`;
    const text = strerror(this.number);
    // As Go: "RFS specific error" stays.
    const isWord = text.length > 1 && text.charCodeAt(1) >= 0x61 && text.charCodeAt(1) <= 0x7a;
    return isWord ? text.charAt(0).toLowerCase() + text.substring(1) : text;
  }

  timeout(): bool {
    return this.number == EAGAIN || this.number == ETIMEDOUT;
  }

  temporary(): bool {
    return this.timeout() || this.number == EINTR || this.number == EMFILE || this.number == ENFILE;
  }

  /** Whether `other` has the same number, or is the portable error that it stands for. */
  equals(other: Failure): bool {
    if (other instanceof Errno) return (other as Errno).number == this.number;
    if (other === ErrNotExist) return this.number == ENOENT;
    if (other === ErrExist) return this.number == EEXIST || this.number == ENOTEMPTY;
    return other === ErrPermission && (this.number == EACCES || this.number == EPERM);
  }
}
