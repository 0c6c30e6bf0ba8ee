// os.File

import * as sys from "../bindings/berkeley";
import { Failure, failed, Result } from "../errors";
import { cancelWaits, isPollable, waitReadable, waitWritable } from "../go/poller";
import { Closer, EOF, Reader, Writer } from "../io";
import { EAGAIN, ECANCELED, ETIMEDOUT, F_GETFL, O_ACCMODE, O_RDONLY, O_WRONLY, PIPE_BUF } from "../linux.generated";
import { Errno } from "../syscall";
import { ErrClosed, ErrDeadlineExceeded } from "./errors";
import { PathError } from "./patherror";
import { readFrom, seekIn, writeTo } from "./position";
import { FileInfo, statOf } from "./stat";

// @ts-ignore: decorator
@lazy const ErrNegativeOffset: Failure = new Failure("negative offset");

// @ts-ignore: decorator
@lazy const ErrWriteAtInAppendMode: Failure = new Failure("os: invalid use of WriteAt on file opened with O_APPEND");

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
  private isClosed: bool = false;
  /** Whether it may have to be waited for: a regular file has not. */
  private mayWait: bool = true;
  /** O_RDONLY, O_WRONLY or O_RDWR; -1: the kernel has not been asked yet. */
  private access: i32 = -1;
  /** @internal Whether it was opened with O_APPEND. */
  appends: bool = false;

  /** `os.NewFile(fd, name)`: a file for a descriptor that is open. */
  constructor(
    readonly fd: i32,
    readonly name: string,
  ) {}

  /** Reads up to `p.length` bytes; 0 at the end or after an error, see `err`. */
  read(p: Uint8Array): i32 {
    this.err = null;
    if (this.isClosed) return this.refuse("read");
    if (p.length == 0) return 0;
    while (true) {
      const waited = this.mayWaitUnless(O_WRONLY) ? waitReadable(this.fd) : 0;
      if (waited < 0) return this.fail("read", -waited);
      this.mayWait = this.mayWait && isPollable(this.fd);
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
    if (this.isClosed) return this.refuse("write");
    let done = 0;
    while (done < p.length) {
      const waited = this.mayWaitUnless(O_RDONLY) ? waitWritable(this.fd) : 0;
      if (waited < 0) return this.fail("write", -waited, done);
      this.mayWait = this.mayWait && isPollable(this.fd);
      // So much a pipe takes at once when it takes anything: a larger write would block everybody. pipe(7)
      const count = this.mayWait ? min(p.length - done, PIPE_BUF) : p.length - done;
      const size = sys.write(this.fd, p.dataStart + done, count);
      if (size >= 0) done += size;
      else if (size != -EAGAIN) return this.fail("write", -size, done);
    }
    return done;
  }

  /**
   * Sets where the next read or write begins: `offset` bytes from the start (SEEK_START), from here (SEEK_CURRENT) or from
   * the end (SEEK_END); how far that is from the start, or 0 after an error, see `err`.
   */
  seek(offset: i64, whence: i32): i64 {
    this.err = null;
    if (this.isClosed) return this.refuse("seek");
    const position = seekIn(this.fd, offset, whence);
    return position < 0 ? this.fail("seek", <i32>-position) : position;
  }

  /** Fills `p` from `offset` on, wherever reads are; how many bytes. If it is less than `p.length`, `err` is EOF or says why. */
  readAt(p: Uint8Array, offset: i64): i32 {
    this.err = null;
    if (offset < 0) return this.refuseOffset("readat");
    let done = 0;
    while (done < p.length) {
      if (this.isClosed) return this.refuse("read");
      const size = readFrom(this.fd, p.dataStart + done, p.length - done, offset + done);
      if (size < 0) return this.fail("read", -size, done);
      if (size == 0) {
        this.err = EOF;
        return done;
      }
      done += size;
    }
    return done;
  }

  /** Writes all of `p` from `offset` on, wherever writes are; if it cannot, how many bytes, see `err`. Not with O_APPEND. */
  writeAt(p: Uint8Array, offset: i64): i32 {
    this.err = null;
    if (this.appends) {
      this.err = ErrWriteAtInAppendMode;
      return 0;
    }
    if (offset < 0) return this.refuseOffset("writeat");
    let done = 0;
    while (done < p.length) {
      if (this.isClosed) return this.refuse("write");
      const size = writeTo(this.fd, p.dataStart + done, p.length - done, offset + done);
      if (size < 0) return this.fail("write", -size, done);
      done += size;
    }
    return done;
  }

  /** What is known of the file that is open, whatever has its name by now. */
  stat(): Result<FileInfo> {
    if (this.isClosed) return failed<FileInfo>(new PathError("stat", this.name, ErrClosed));
    return statOf(this.fd, this.name);
  }

  /** Writes `text` as UTF-8; how many bytes. */
  writeString(text: string): i32 {
    return this.write(Uint8Array.wrap(String.UTF8.encode(text)));
  }

  /** Gives the descriptor up; whoever waits for it is told. A second time it is ErrClosed. */
  close(): Failure | null {
    if (this.isClosed) return new PathError("close", this.name, ErrClosed);
    this.isClosed = true;
    cancelWaits(this.fd);
    const result = sys.close(this.fd);
    return result < 0 ? new PathError("close", this.name, new Errno(-result)) : null;
  }

  /** Whether a call may have to wait. One that the file is not open for, with `access`, need not: it fails. */
  private mayWaitUnless(access: i32): bool {
    if (!this.mayWait) return false;
    if (this.access < 0) this.access = sys.fcntl(this.fd, F_GETFL, 0) & O_ACCMODE;
    return this.access != access;
  }

  private fail(op: string, number: i32, done: i32 = 0): i32 {
    const cause: Failure =
      number == ECANCELED && this.isClosed ? ErrClosed : number == ETIMEDOUT ? ErrDeadlineExceeded : new Errno(number);
    this.err = new PathError(op, this.name, cause);
    return done;
  }

  private refuse(op: string): i32 {
    this.err = new PathError(op, this.name, ErrClosed);
    return 0;
  }

  private refuseOffset(op: string): i32 {
    this.err = new PathError(op, this.name, ErrNegativeOffset);
    return 0;
  }
}
