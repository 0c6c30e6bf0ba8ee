// Go's package syscall, as far as errors go. The calls themselves are in "sockyard/socket".

import { strerror } from "./errno";
import { Failure } from "./errors";
import { EAGAIN, EINTR, EMFILE, ENFILE, ETIMEDOUT } from "./linux.generated";

/** Go's `syscall.Errno`: an error of the kernel. */
@final
export class Errno extends Failure {
  constructor(
    /** Linux's number. */
    readonly number: i32,
  ) {
    super("");
  }

  /** Linux's text in Go's spelling: `connection refused`. */
  toString(): string {
    const text = strerror(this.number);
    // As Go: "RFS specific error" stays.
    const isWord = text.length > 1 && text.charCodeAt(1) >= 0x61 && text.charCodeAt(1) <= 0x7a;
    return isWord ? text.charAt(0).toLowerCase() + text.substring(1) : text;
  }

  timeout(): bool {
    return this.number == EAGAIN || this.number == ETIMEDOUT;
  }

  /** Whether it may work later. */
  temporary(): bool {
    return this.timeout() || this.number == EINTR || this.number == EMFILE || this.number == ENFILE;
  }

  equals(other: Failure): bool {
    return other instanceof Errno && (other as Errno).number == this.number;
  }
}
