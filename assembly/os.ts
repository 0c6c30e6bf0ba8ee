// Go's package os, as far as standard streams and the program's surroundings go.

import * as sys from "./bindings/berkeley";
import { errno } from "./errno";
import { Failure } from "./errors";
import { cancelWaits, isPollable, waitReadable, waitWritable } from "./go/poller";
import { Closer, EOF, Reader, Writer } from "./io";
import { EAGAIN, PIPE_BUF } from "./linux.generated";
import { STDERR_FILENO, STDIN_FILENO, STDOUT_FILENO } from "./process";
import { unlink } from "./socket";
import { Errno } from "./syscall";

export * from "./os/errors";
export { argv as args, exit, getenv } from "./process";

/** `os.PathError`: what failed, on which path, and why. */
@final
export class PathError extends Failure {
  constructor(
    readonly op: string,
    readonly path: string,
    readonly err: Failure,
  ) {
    super("");
  }

  /** `remove x: no such file or directory` */
  toString(): string {
    return `${this.op} ${this.path}: ${this.err.toString()}`;
  }

  timeout(): bool {
    return this.err.timeout();
  }

  unwrap(): Failure | null {
    return this.err;
  }
}

/**
 * `os.File`: an open file, pipe or terminal.
 *
 * Who reads or writes waits without holding up other goroutines. The descriptor
 * itself stays as it is, blocking or not: the standard streams are shared with
 * other programs. A regular file is read at once.
 */
@final
export class File implements Reader, Writer, Closer {
  err: Failure | null = null;

  constructor(
    readonly fd: i32,
    readonly name: string,
  ) {}

  /** Reads up to `p.length` bytes; 0 at the end or after an error, see `err`. */
  read(p: Uint8Array): i32 {
    this.err = null;
    if (p.length == 0) return 0;
    while (true) {
      const waited = waitReadable(this.fd);
      if (waited < 0) return this.fail("read", -waited);
      const size = sys.read(this.fd, p.dataStart, p.length);
      if (size > 0) return size;
      if (size == 0) {
        this.err = EOF;
        return 0;
      }
      // Somebody else who has the same pipe was faster.
      if (size != -EAGAIN) return this.fail("read", -size);
    }
  }

  /** Writes all of `p`; if it cannot, how many bytes, see `err`. */
  write(p: Uint8Array): i32 {
    this.err = null;
    let done = 0;
    while (done < p.length) {
      const waited = waitWritable(this.fd);
      if (waited < 0) return this.fail("write", -waited, done);
      // So much a pipe takes at once when it takes anything: a larger write would block everybody. pipe(7)
      const count = isPollable(this.fd) ? min(p.length - done, PIPE_BUF) : p.length - done;
      const size = sys.write(this.fd, p.dataStart + done, count);
      if (size >= 0) done += size;
      else if (size != -EAGAIN) return this.fail("write", -size, done);
    }
    return done;
  }

  /** Writes `text` as UTF-8; how many bytes. */
  writeString(text: string): i32 {
    return this.write(Uint8Array.wrap(String.UTF8.encode(text)));
  }

  /** Gives the descriptor up; whoever waits for it is told. */
  close(): Failure | null {
    cancelWaits(this.fd);
    const result = sys.close(this.fd);
    return result < 0 ? new PathError("close", this.name, new Errno(-result)) : null;
  }

  private fail(op: string, number: i32, done: i32 = 0): i32 {
    this.err = new PathError(op, this.name, new Errno(number));
    return done;
  }
}

/** Standard input. */
// @ts-ignore: decorator
@lazy export const stdin: File = new File(STDIN_FILENO, "/dev/stdin");

/** Standard output. Nothing is buffered. */
// @ts-ignore: decorator
@lazy export const stdout: File = new File(STDOUT_FILENO, "/dev/stdout");

/** Standard error. */
// @ts-ignore: decorator
@lazy export const stderr: File = new File(STDERR_FILENO, "/dev/stderr");

/** `os.Remove(name)`: removes a file; null, or why it cannot. Of a program with network grants only: its own socket files. */
export function remove(name: string): Failure | null {
  return unlink(name) < 0 ? new PathError("remove", name, new Errno(errno)) : null;
}
