// io.Pipe: what one goroutine writes another one reads, without a buffer between them.

import { Failure } from "../errors";
import { Goroutine, Queue, ready, self, Wait } from "../go/goroutine";
import { park } from "../go/stack";
import { Closer, EOF, Reader, Writer } from "../io";
import { Mutex } from "../sync";

/** `io.ErrClosedPipe` */
// @ts-ignore: decorator
@lazy export const ErrClosedPipe: Failure = new Failure("io: read/write on closed pipe");

/** What both ends share. */
@final
class Middle {
  /** Why nothing more comes, and why nothing more is taken. */
  writeFailure: Failure | null = null;
  readFailure: Failure | null = null;
  /** What a writer offers: `size` bytes at `address`. */
  private address: usize = 0;
  private size: i32 = 0;
  private writer: Goroutine | null = null;
  private writers: Mutex = new Mutex();
  private readers: Queue = new Queue();

  get isClosed(): bool {
    return this.writeFailure !== null || this.readFailure !== null;
  }

  /** Takes up to `size` bytes from a writer, or waits for one; 0: the pipe is closed. */
  read(address: usize, size: i32): i32 {
    while (!this.isClosed && this.size == 0) {
      const g = self();
      this.readers.push(g);
      park(g, Wait.SELECT);
    }
    if (this.isClosed) return 0;
    const taken = min(size, this.size);
    memory.copy(address, this.address, taken);
    this.address += taken;
    this.size -= taken;
    if (this.size == 0) this.wakeWriter();
    else this.wakeReader();
    return taken;
  }

  /** Waits until readers have taken everything or the pipe is closed; how many bytes they took. */
  write(address: usize, size: i32): i32 {
    this.writers.lock();
    let taken = 0;
    if (!this.isClosed && size > 0) {
      this.address = address;
      this.size = size;
      this.wakeReader();
      const g = self();
      this.writer = g;
      park(g, Wait.SELECT);
      taken = size - this.size;
      this.size = 0;
    }
    this.writers.unlock();
    return taken;
  }

  /** Tells all who wait. */
  close(): void {
    this.wakeWriter();
    for (let g = this.readers.pop(); g !== null; g = this.readers.pop()) ready(g);
  }

  private wakeReader(): void {
    const g = this.readers.pop();
    if (g !== null) ready(g);
  }

  private wakeWriter(): void {
    const g = this.writer;
    this.writer = null;
    if (g !== null) ready(g);
  }
}

/** The end that is read from. */
@final
export class PipeReader implements Reader, Closer {
  err: Failure | null = null;

  constructor(private middle: Middle) {}

  /** Reads what is written, and waits for it. At the end `err` is EOF, or what the writer gave to closeWithError(). */
  read(p: Uint8Array): i32 {
    const middle = this.middle;
    this.err = null;
    if (p.length == 0) return 0;
    const size = middle.read(p.dataStart, p.length);
    if (size > 0) return size;
    const failure = middle.writeFailure;
    this.err = middle.readFailure === null && failure !== null ? failure : ErrClosedPipe;
    return 0;
  }

  /** Reads no more: writes fail with ErrClosedPipe. */
  close(): Failure | null {
    return this.closeWithError(null);
  }

  /** Reads no more: writes fail with `err`, the first one that was given. */
  closeWithError(err: Failure | null): Failure | null {
    const middle = this.middle;
    if (middle.readFailure === null) middle.readFailure = err !== null ? err : ErrClosedPipe;
    middle.close();
    return null;
  }
}

/** The end that is written to. */
@final
export class PipeWriter implements Writer, Closer {
  err: Failure | null = null;

  constructor(private middle: Middle) {}

  /** Writes, and waits until readers have taken all of it or the pipe is closed. Nothing to write waits for nobody. */
  write(p: Uint8Array): i32 {
    const middle = this.middle;
    this.err = null;
    const size = middle.write(p.dataStart, p.length);
    if (size == p.length && (size > 0 || !middle.isClosed)) return size;
    const failure = middle.readFailure;
    this.err = middle.writeFailure === null && failure !== null ? failure : ErrClosedPipe;
    return size;
  }

  /** Writes no more: reads end with EOF. */
  close(): Failure | null {
    return this.closeWithError(null);
  }

  /** Writes no more: reads end with `err`, the first one that was given. */
  closeWithError(err: Failure | null): Failure | null {
    const middle = this.middle;
    if (middle.writeFailure === null) middle.writeFailure = err !== null ? err : EOF;
    middle.close();
    return null;
  }
}

/** Both ends of a pipe. */
@final
export class Pipe {
  readonly reader: PipeReader;
  readonly writer: PipeWriter;

  constructor() {
    const middle = new Middle();
    this.reader = new PipeReader(middle);
    this.writer = new PipeWriter(middle);
  }
}

/** `io.Pipe()`: `const { reader, writer }` of Go are `p.reader` and `p.writer`. */
export function pipe(): Pipe {
  return new Pipe();
}
