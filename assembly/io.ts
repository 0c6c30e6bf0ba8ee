// Go's package io. A call that returns `(n, err)` in Go returns n here, and
// leaves err in the reader or writer, where it stays until its next call.

import { Failure } from "./errors";

export { Failure, is } from "./errors";

/** There is no more to read. */
// @ts-ignore: decorator
@lazy export const EOF: Failure = new Failure("EOF");

/** The end came before as much was read as was asked for. */
// @ts-ignore: decorator
@lazy export const UNEXPECTED_EOF: Failure = new Failure("unexpected EOF");

/** A writer took less than it was given, and has no error. */
// @ts-ignore: decorator
@lazy export const SHORT_WRITE: Failure = new Failure("short write");

/** Something to read from. */
export interface Reader {
  /** Why the last read brought nothing: EOF or an error. Null if it brought something. */
  err: Failure | null;
  /** Reads up to `p.length` bytes into `p`, and waits for the first of them; how many. 0: `err` tells why. */
  read(p: Uint8Array): i32;
}

/** Something to write to. */
export interface Writer {
  /** Why the last write took less than it was given, or null. */
  err: Failure | null;
  /** Writes all bytes of `p`; how many. If fewer, `err` tells why. */
  write(p: Uint8Array): i32;
}

/** Something that can be closed. */
export interface Closer {
  /** Null, or what went wrong. */
  close(): Failure | null;
}

/** How far a copy came. */
@final
export class Copied {
  constructor(
    /** Bytes that were written. */
    readonly n: i64,
    /** Null if all went well, up to the end of the source or to the limit. */
    readonly err: Failure | null,
  ) {}
}

/** All that was read. */
@final
export class Contents {
  constructor(
    readonly bytes: Uint8Array,
    /** Null at the end of the source; an error may come after some bytes. */
    readonly err: Failure | null,
  ) {}

  /** The bytes as UTF-8. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.bytes.dataStart, this.bytes.length);
  }
}

const BUFFER_SIZE: i32 = 32 * 1024;

/** `io.Copy(dst, src)`: writes to `dst` what comes from `src`, until its end or an error. */
export function copy(dst: Writer, src: Reader): Copied {
  const buffer = new Uint8Array(BUFFER_SIZE);
  let total: i64 = 0;
  while (true) {
    const size = src.read(buffer);
    if (size <= 0) {
      const err = src.err;
      return new Copied(total, err === EOF ? null : err);
    }
    const written = dst.write(size == BUFFER_SIZE ? buffer : buffer.subarray(0, size));
    total += written;
    if (written < size) {
      const err = dst.err;
      return new Copied(total, err !== null ? err : SHORT_WRITE);
    }
  }
}

/** `io.CopyN(dst, src, n)`: copies `n` bytes; EOF if the source has fewer. */
export function copyN(dst: Writer, src: Reader, n: i64): Copied {
  const copied = copy(dst, new LimitReader(src, n));
  return copied.err === null && copied.n < n ? new Copied(copied.n, EOF) : copied;
}

/** `io.ReadAll(r)`: all that is left. */
export function readAll(r: Reader): Contents {
  let bytes = new Uint8Array(512);
  let size = 0;
  while (true) {
    if (size == bytes.length) {
      const larger = new Uint8Array(2 * size);
      larger.set(bytes);
      bytes = larger;
    }
    const read = r.read(bytes.subarray(size));
    if (read <= 0) break;
    size += read;
  }
  const err = r.err;
  return new Contents(bytes.subarray(0, size), err === EOF ? null : err);
}

/** How a readFull() came out. */
@final
export class Filled {
  constructor(
    readonly n: i32,
    /** Null if the buffer is full; EOF before the first byte, UNEXPECTED_EOF after it. */
    readonly err: Failure | null,
  ) {}
}

/** `io.ReadFull(r, p)`: fills `p`. */
export function readFull(r: Reader, p: Uint8Array): Filled {
  let size = 0;
  while (size < p.length) {
    const read = r.read(p.subarray(size));
    if (read <= 0) {
      const err = r.err;
      return new Filled(size, err === EOF && size > 0 ? UNEXPECTED_EOF : err);
    }
    size += read;
  }
  return new Filled(size, null);
}

/** `io.WriteString(w, text)`: writes `text` as UTF-8; how many bytes. */
export function writeString(w: Writer, text: string): i32 {
  return w.write(Uint8Array.wrap(String.UTF8.encode(text)));
}

/** `io.LimitReader(r, n)`: at most `n` bytes of another reader, then EOF. */
@final
export class LimitReader implements Reader {
  err: Failure | null = null;

  constructor(
    private from: Reader,
    /** Bytes that are left. */
    public n: i64,
  ) {}

  read(p: Uint8Array): i32 {
    this.err = null;
    if (this.n <= 0) {
      this.err = EOF;
      return 0;
    }
    const from = this.from;
    const size = from.read(<i64>p.length > this.n ? p.subarray(0, <i32>this.n) : p);
    this.n -= size;
    this.err = from.err;
    return size;
  }
}

/** `io.TeeReader(r, w)`: another reader, and all that is read of it is written to `w`, too. */
@final
export class TeeReader implements Reader {
  err: Failure | null = null;

  constructor(
    private from: Reader,
    private to: Writer,
  ) {}

  read(p: Uint8Array): i32 {
    const from = this.from;
    const to = this.to;
    const size = from.read(p);
    this.err = from.err;
    if (size <= 0) return size;
    const written = to.write(p.subarray(0, size));
    if (written < size) {
      const err = to.err;
      this.err = err !== null ? err : SHORT_WRITE;
    }
    return written;
  }
}

/** `io.MultiWriter(w…)`: each write goes to all of them, in turn, up to the first that fails. */
@final
export class MultiWriter implements Writer {
  err: Failure | null = null;

  constructor(private to: Writer[]) {}

  write(p: Uint8Array): i32 {
    this.err = null;
    for (let i = 0; i < this.to.length; i++) {
      const each = this.to[i];
      const written = each.write(p);
      if (written == p.length) continue;
      const err = each.err;
      this.err = err !== null ? err : SHORT_WRITE;
      return written;
    }
    return p.length;
  }
}
