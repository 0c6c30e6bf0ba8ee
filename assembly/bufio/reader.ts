// bufio.Reader

import { Failure } from "../errors";
import { EOF, ErrNoProgress, Reader as Source } from "../io";
import { decodeRune, decodeText, isFullRune, runeSize } from "../utf8";
import { show } from "../view";

// @ts-ignore: decorator
@inline
const MIN_SIZE: i32 = 16;
// @ts-ignore: decorator
@inline
const DEFAULT_SIZE: i32 = 4096;
/** A reader that brings neither bytes nor an error is asked so often. */
// @ts-ignore: decorator
@inline
const ATTEMPTS: i32 = 100;

/** `bufio.ErrInvalidUnreadByte` */
// @ts-ignore: decorator
@lazy export const ErrInvalidUnreadByte: Failure = new Failure("bufio: invalid use of UnreadByte");

/** `bufio.ErrInvalidUnreadRune` */
// @ts-ignore: decorator
@lazy export const ErrInvalidUnreadRune: Failure = new Failure("bufio: invalid use of UnreadRune");

/** `bufio.ErrBufferFull` */
// @ts-ignore: decorator
@lazy export const ErrBufferFull: Failure = new Failure("bufio: buffer full");

/** `bufio.ErrNegativeCount` */
// @ts-ignore: decorator
@lazy export const ErrNegativeCount: Failure = new Failure("bufio: negative count");

/** `bufio.NewReaderSize(r, size)`: reads much at once, and gives it out in pieces. */
@final
export class Reader implements Source {
  /** Why the last call brought nothing, or less than was asked for. Null if it did not. */
  err: Failure | null = null;
  /** Whether the last readLine() brought the beginning of a line that does not fit into the buffer. */
  isPrefix: bool = false;
  private buffer: Uint8Array;
  /** The free part of the buffer, when it is read into. */
  private room: Uint8Array;
  /** What is buffered: from `start` up to `end`. */
  private start: i32 = 0;
  private end: i32 = 0;
  /** What the source said after that. */
  private pending: Failure | null = null;
  private lastByte: i32 = -1;
  private lastRuneSize: i32 = -1;

  constructor(
    private source: Source,
    size: i32 = DEFAULT_SIZE,
  ) {
    const buffer = new Uint8Array(max(size, MIN_SIZE));
    this.buffer = buffer;
    this.room = Uint8Array.wrap(buffer.buffer);
  }

  /** The size of the buffer. */
  get size(): i32 {
    return this.buffer.length;
  }

  /** How many bytes can be read without asking the source. */
  get buffered(): i32 {
    return this.end - this.start;
  }

  /** Forgets all, and reads from `source`. */
  reset(source: Source): void {
    this.source = source;
    this.start = 0;
    this.end = 0;
    this.pending = null;
    this.err = null;
    this.forget();
  }

  /** Reads up to `p.length` bytes, with at most one read of the source; 0: see `err`. */
  read(p: Uint8Array): i32 {
    this.err = null;
    if (p.length == 0) {
      if (this.buffered == 0) this.err = this.takeError();
      return 0;
    }
    if (this.buffered == 0) {
      if (this.pending !== null) return this.fail();
      // What is as large as the buffer needs none.
      if (p.length >= this.buffer.length) return this.readDirectly(p);
      this.start = 0;
      this.end = 0;
      if (this.readMore() == 0) return this.fail();
    }
    const size = min(p.length, this.buffered);
    memory.copy(p.dataStart, this.buffer.dataStart + this.start, size);
    this.consume(size);
    return size;
  }

  /** The next byte; -1: see `err`. */
  readByte(): i32 {
    this.err = null;
    while (this.buffered == 0) {
      if (this.pending !== null) {
        this.forget();
        this.err = this.takeError();
        return -1;
      }
      this.fill();
    }
    const byte = this.buffer[this.start];
    this.consume(1);
    return byte;
  }

  /** Takes the last byte back that was read; null, or ErrInvalidUnreadByte. */
  unreadByte(): Failure | null {
    if (this.lastByte < 0 || (this.start == 0 && this.end > 0)) return ErrInvalidUnreadByte;
    if (this.start > 0) this.start--;
    else this.end = 1;
    this.buffer[this.start] = <u8>this.lastByte;
    this.forget();
    return null;
  }

  /** The next code point of UTF-8, U+FFFD for a byte that is none; -1: see `err`. */
  readRune(): i32 {
    this.err = null;
    while (this.buffered < 4 && this.pending === null && this.buffered < this.buffer.length) {
      if (isFullRune(this.at(0), this.at(this.buffered))) break;
      this.fill();
    }
    this.lastRuneSize = -1;
    if (this.buffered == 0) {
      this.err = this.takeError();
      return -1;
    }
    const rune = decodeRune(this.at(0), this.at(this.buffered));
    const size = runeSize;
    this.consume(size);
    this.lastRuneSize = size;
    return rune;
  }

  /** Takes the last code point back, if readRune() was the last call; null, or ErrInvalidUnreadRune. */
  unreadRune(): Failure | null {
    if (this.lastRuneSize < 0 || this.start < this.lastRuneSize) return ErrInvalidUnreadRune;
    this.start -= this.lastRuneSize;
    this.forget();
    return null;
  }

  /**
   * The next `n` bytes, which stay unread; fewer: see `err`, ErrBufferFull if they do not fit.
   *
   * A part of the buffer, and right until the next read.
   */
  peek(n: i32): Uint8Array {
    this.err = null;
    this.forget();
    if (n < 0) {
      this.err = ErrNegativeCount;
      return new Uint8Array(0);
    }
    while (this.buffered < n && this.buffered < this.buffer.length && this.pending === null) this.fill();
    const available = min(n, this.buffered);
    if (n > this.buffer.length) this.err = ErrBufferFull;
    else if (available < n) {
      const err = this.takeError();
      this.err = err !== null ? err : ErrBufferFull;
    }
    return this.buffer.subarray(this.start, this.start + available);
  }

  /** Skips `n` bytes; how many. If fewer, `err` tells why. */
  discard(n: i32): i32 {
    this.err = null;
    if (n < 0) {
      this.err = ErrNegativeCount;
      return 0;
    }
    this.forget();
    let left = n;
    while (left > 0) {
      if (this.buffered == 0) this.fill();
      const skipped = min(left, this.buffered);
      this.start += skipped;
      left -= skipped;
      if (left == 0) break;
      if (this.pending === null) continue;
      this.err = this.takeError();
      break;
    }
    return n - left;
  }

  /**
   * What comes up to and with `delim`. Without it at the end: `err` tells why, ErrBufferFull if it does not fit.
   *
   * A part of the buffer, and right until the next read: mostly readBytes() or readString() is what is wanted.
   */
  readSlice(delim: u8): Uint8Array {
    this.err = null;
    let searched = 0;
    let size = -1;
    while (size < 0) {
      const found = this.find(delim, searched);
      if (found >= 0) size = found + 1;
      else if (this.pending !== null) {
        size = this.buffered;
        this.err = this.takeError();
      } else if (this.buffered >= this.buffer.length) {
        size = this.buffered;
        this.err = ErrBufferFull;
      } else {
        searched = this.buffered;
        this.fill();
      }
    }
    const slice = this.buffer.subarray(this.start, this.start + size);
    if (size > 0) this.consume(size);
    return slice;
  }

  /**
   * The next line without its end, `\n` or `\r\n`; `isPrefix`: it goes on. Empty with `err` set: there is none.
   *
   * A part of the buffer, and right until the next read.
   */
  readLine(): Uint8Array {
    const line = this.readSlice(0x0a);
    const size = line.length;
    this.isPrefix = false;
    if (this.err === ErrBufferFull) {
      this.err = null;
      this.isPrefix = true;
      if (size == 0 || line[size - 1] != 0x0d) return line;
      // The \n may come next: it is looked at together with this.
      this.start--;
      return line.subarray(0, size - 1);
    }
    if (size == 0) return line;
    this.err = null;
    if (line[size - 1] != 0x0a) return line;
    return line.subarray(0, size > 1 && line[size - 2] == 0x0d ? size - 2 : size - 1);
  }

  /** All up to and with `delim`, however long. Without it at the end: `err` tells why. */
  readBytes(delim: u8): Uint8Array {
    let bytes = copyOf(this.readSlice(delim), new Uint8Array(0));
    while (this.err === ErrBufferFull) bytes = copyOf(this.readSlice(delim), bytes);
    return bytes;
  }

  /** The same as a string. */
  readString(delim: u8): string {
    const slice = this.readSlice(delim);
    if (this.err !== ErrBufferFull) return textOf(slice);
    let bytes = copyOf(slice, new Uint8Array(0));
    while (this.err === ErrBufferFull) bytes = copyOf(this.readSlice(delim), bytes);
    return textOf(bytes);
  }

  /** The address of the byte at `offset` from the next. */
  private at(offset: i32): usize {
    return this.buffer.dataStart + this.start + offset;
  }

  private find(delim: u8, from: i32): i32 {
    for (let i = from; i < this.buffered; i++) {
      if (load<u8>(this.at(i)) == delim) return i;
    }
    return -1;
  }

  private consume(size: i32): void {
    this.start += size;
    this.lastByte = load<u8>(this.at(-1));
    this.lastRuneSize = -1;
  }

  private forget(): void {
    this.lastByte = -1;
    this.lastRuneSize = -1;
  }

  /** An error is told once. */
  private takeError(): Failure | null {
    const err = this.pending;
    this.pending = null;
    return err;
  }

  private fail(): i32 {
    this.err = this.takeError();
    return 0;
  }

  private readDirectly(p: Uint8Array): i32 {
    const source = this.source;
    const size = source.read(p);
    if (size <= 0) {
      this.err = source.err;
      return 0;
    }
    this.lastByte = p[size - 1];
    this.lastRuneSize = -1;
    return size;
  }

  /** Makes room, and reads until something comes. */
  private fill(): void {
    if (this.start > 0) {
      memory.copy(this.buffer.dataStart, this.at(0), this.buffered);
      this.end -= this.start;
      this.start = 0;
    }
    for (let i = 0; i < ATTEMPTS; i++) {
      if (this.readMore() > 0 || this.pending !== null) return;
    }
    this.pending = ErrNoProgress;
  }

  /** One read of the source. */
  private readMore(): i32 {
    show(this.room, this.end, this.buffer.length - this.end);
    const source = this.source;
    const size = source.read(this.room);
    if (size > 0) this.end += size;
    else this.pending = source.err;
    return size;
  }
}

/** `head` and then `tail`, in memory of their own. */
function copyOf(tail: Uint8Array, head: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  memory.copy(bytes.dataStart, head.dataStart, head.length);
  memory.copy(bytes.dataStart + head.length, tail.dataStart, tail.length);
  return bytes;
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array): string {
  return decodeText(bytes.dataStart, bytes.dataStart + bytes.length);
}
