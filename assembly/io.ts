// Go's package io. A call that returns `(n, err)` in Go returns n here, and
// leaves err in the reader or writer, where it stays until its next call.

import { Failure } from "./errors";
import { decodeText } from "./utf8";
import { show } from "./view";

export { Failure, is } from "./errors";
export { ErrClosedPipe, Pipe, PipeReader, PipeWriter, pipe } from "./io/pipe";

/** `io.SeekStart`, `io.SeekCurrent`, `io.SeekEnd`: what seek() of a file counts from. */
export const SEEK_START: i32 = 0;
export const SEEK_CURRENT: i32 = 1;
export const SEEK_END: i32 = 2;

/** There is no more to read. */
// @ts-ignore: decorator
@lazy export const EOF: Failure = new Failure("EOF");

/** The end came before as much was read as was asked for. */
// @ts-ignore: decorator
@lazy export const ErrUnexpectedEOF: Failure = new Failure("unexpected EOF");

/** A writer took less than it was given, and has no error. */
// @ts-ignore: decorator
@lazy export const ErrShortWrite: Failure = new Failure("short write");

/** A buffer is too small for what is to be read. */
// @ts-ignore: decorator
@lazy export const ErrShortBuffer: Failure = new Failure("short buffer");

/** A reader brought neither bytes nor an error, again and again. */
// @ts-ignore: decorator
@lazy export const ErrNoProgress: Failure = new Failure("multiple Read calls return no data or error");

/** Something to read from. */
export interface Reader {
  /** Why the last read brought nothing: EOF or an error. Null if it brought something. */
  err: Failure | null;
  /** Reads up to `p.length` bytes into `p`, and waits for the first of them; how many. 0: `err` tells why. */
  read(p: Uint8Array): i32;
}

/** Something to write to. It must neither keep nor change what it is given. */
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

// An interface extends one other, and its values pass for that one only: a class
// that is to pass for a Writer, too, names both.

/** `io.ReadWriter`; it passes for a Reader. */
export interface ReadWriter extends Reader {
  write(p: Uint8Array): i32;
}

/** `io.ReadCloser`; it passes for a Reader. */
export interface ReadCloser extends Reader {
  close(): Failure | null;
}

/** `io.WriteCloser`; it passes for a Writer. */
export interface WriteCloser extends Writer {
  close(): Failure | null;
}

/** `io.ReadWriteCloser`; it passes for a ReadWriter and a Reader. */
export interface ReadWriteCloser extends ReadWriter {
  close(): Failure | null;
}

/** `io.ReaderFrom`; it passes for a Writer. One that reads what it writes by itself: `copy()` has it do so. */
export interface ReaderFrom extends Writer {
  /** Writes all that comes from `r`, until its end or an error. */
  readFrom(r: Reader): Copied;
}

/** @internal A ReaderFrom that reads and writes as `copy()` does, and has names of its own for errors. */
export interface PlainReaderFrom extends ReaderFrom {
  copyFailure(err: Failure): Failure;
}

/** Something that is read byte by byte. */
export interface ByteReader {
  err: Failure | null;
  /** The next byte; -1: `err` tells why there is none. */
  readByte(): i32;
}

/** Something that is written byte by byte. */
export interface ByteWriter {
  /** Null, or why it cannot. */
  writeByte(value: u8): Failure | null;
}

/** Something that takes text, as UTF-8. */
export interface StringWriter {
  /** Writes all of `text`; how many bytes. */
  writeString(text: string): i32;
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
    return decodeText(this.bytes.dataStart, this.bytes.dataStart + this.bytes.length);
  }
}

const BUFFER_SIZE: i32 = 32 * 1024;

/** `io.Copy(dst, src)`: writes to `dst` what comes from `src`, until its end or an error. */
export function copy(dst: Writer, src: Reader): Copied {
  return copiesByItself(dst) ? (dst as ReaderFrom).readFrom(src) : copyBuffer(dst, src, new Uint8Array(BUFFER_SIZE));
}

/**
 * `io.CopyBuffer(dst, src, buffer)`: the same with a buffer of the caller's, which a ReaderFrom of the program's own has no
 * need of. Aborts if it is empty.
 */
export function copyBuffer(dst: Writer, src: Reader, buffer: Uint8Array): Copied {
  if (buffer.length == 0) throw new Error("empty buffer in CopyBuffer");
  if (copiesByItself(dst)) return (dst as ReaderFrom).readFrom(src);
  // What was read, as the writer sees it: one object for all chunks.
  const part = buffer.subarray(0);
  const offset = buffer.byteOffset;
  let total: i64 = 0;
  while (true) {
    const size = src.read(buffer);
    if (size <= 0) {
      const err = src.err;
      return endCopy(dst, total, err === EOF ? null : err);
    }
    show(part, offset, size);
    const written = dst.write(part);
    total += written;
    if (written < size) {
      const err = dst.err;
      return endCopy(dst, total, err !== null ? err : ErrShortWrite);
    }
  }
}

function endCopy(dst: Writer, total: i64, err: Failure | null): Copied {
  if (err === null || !isPlain(dst)) return new Copied(total, err);
  return new Copied(total, (dst as PlainReaderFrom).copyFailure(err));
}

// asc takes nothing for a ReaderFrom before it has seen a class that is one: Discard is.

function copiesByItself(w: Writer): bool {
  // @ts-ignore: a class to asc
  return idof<Discard>() != 0 && w instanceof ReaderFrom && !isPlain(w);
}

function isPlain(w: Writer): bool {
  // @ts-ignore: a class to asc
  return idof<Discard>() != 0 && w instanceof PlainReaderFrom;
}

/** `io.CopyN(dst, src, n)`: copies `n` bytes; EOF if the source has fewer. */
export function copyN(dst: Writer, src: Reader, n: i64): Copied {
  const copied = copy(dst, new LimitReader(src, n));
  return copied.err === null && copied.n < n ? new Copied(copied.n, EOF) : copied;
}

/** `io.ReadAll(r)`: all that is left. */
export function readAll(r: Reader): Contents {
  let bytes = new Uint8Array(512);
  let room = bytes.subarray(0);
  let size = 0;
  while (true) {
    if (size == bytes.length) {
      const larger = new Uint8Array(2 * size);
      larger.set(bytes);
      bytes = larger;
      room = bytes.subarray(0);
    }
    show(room, size, bytes.length - size);
    const read = r.read(room);
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
    /** Null if the buffer is full; EOF before the first byte, ErrUnexpectedEOF after it. */
    readonly err: Failure | null,
  ) {}
}

/** `io.ReadFull(r, p)`: fills `p`. */
export function readFull(r: Reader, p: Uint8Array): Filled {
  return readAtLeast(r, p, p.length);
}

/** `io.ReadAtLeast(r, p, least)`: reads into `p` until there are so many bytes. ErrShortBuffer if they do not fit. */
export function readAtLeast(r: Reader, p: Uint8Array, least: i32): Filled {
  if (p.length < least) return new Filled(0, ErrShortBuffer);
  let size = 0;
  while (size < least) {
    const read = r.read(size == 0 ? p : p.subarray(size));
    if (read <= 0) {
      const err = r.err;
      return new Filled(size, err === EOF && size > 0 ? ErrUnexpectedEOF : err);
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
      this.err = err !== null ? err : ErrShortWrite;
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
      this.err = err !== null ? err : ErrShortWrite;
      return written;
    }
    return p.length;
  }
}

/** `io.MultiReader(r…)`: one after the other, as if they were one. */
@final
export class MultiReader implements Reader {
  err: Failure | null = null;
  private index: i32 = 0;

  constructor(private from: Reader[]) {}

  read(p: Uint8Array): i32 {
    while (this.index < this.from.length) {
      const each = this.from[this.index];
      const size = each.read(p);
      this.err = each.err;
      if (size > 0 || this.err !== EOF) return size;
      this.index++;
    }
    this.err = EOF;
    return 0;
  }
}

@final
class Discard implements PlainReaderFrom {
  err: Failure | null = null;

  write(p: Uint8Array): i32 {
    return p.length;
  }

  readFrom(r: Reader): Copied {
    return copy(this, r);
  }

  copyFailure(err: Failure): Failure {
    return err;
  }
}

/** `io.Discard`: takes all, and keeps nothing. */
// @ts-ignore: decorator
@lazy export const discard: Writer = new Discard();
