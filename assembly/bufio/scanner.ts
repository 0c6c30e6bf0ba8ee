// bufio.Scanner, and what it splits its input into.

import { Failure } from "../errors";
import { EOF, ErrNoProgress, Reader as Source } from "../io";
import { decodeRune, isFullRune, RUNE_ERROR, runeSize } from "../utf8";
import { show } from "../view";
import { textOf } from "./reader";

/** `bufio.MaxScanTokenSize`: a token has to be shorter, unless buffer() says otherwise. */
export const MAX_SCAN_TOKEN_SIZE: i32 = 64 * 1024;

// @ts-ignore: decorator
@inline
const START_SIZE: i32 = 4096;
// @ts-ignore: decorator
@inline
const ATTEMPTS: i32 = 100;

/** `bufio.ErrTooLong` */
// @ts-ignore: decorator
@lazy export const ErrTooLong: Failure = new Failure("bufio.Scanner: token too long");

/** `bufio.ErrNegativeAdvance` */
// @ts-ignore: decorator
@lazy export const ErrNegativeAdvance: Failure = new Failure("bufio.Scanner: SplitFunc returns negative advance count");

/** `bufio.ErrAdvanceTooFar` */
// @ts-ignore: decorator
@lazy export const ErrAdvanceTooFar: Failure = new Failure("bufio.Scanner: SplitFunc returns advance count beyond input");

/** `bufio.ErrFinalToken`: the token that comes with it is the last. */
// @ts-ignore: decorator
@lazy export const ErrFinalToken: Failure = new Failure("final token");

/** What a split function found. Go returns these three. */
@final
export class Split {
  /** How many bytes are done with; 0 and no token: more is needed. */
  advance: i32 = 0;
  /** The token, or null. */
  token: Uint8Array | null = null;
  err: Failure | null = null;
}

/**
 * `bufio.SplitFunc`: looks for a token at the start of `data`, and fills `found` in, which is empty.
 *
 * `isAtEnd`: nothing will follow `data`.
 */
export type SplitFunc = (data: Uint8Array, isAtEnd: bool, found: Split) => void;

/** `bufio.NewScanner(r)`: reads lines, or what split() says. */
@final
export class Scanner {
  private data: Uint8Array = new Uint8Array(0);
  private room: Uint8Array = new Uint8Array(0);
  private start: i32 = 0;
  private end: i32 = 0;
  private largest: i32 = MAX_SCAN_TOKEN_SIZE;
  private splitter: SplitFunc = scanLines;
  private found: Split = new Split();
  private token: Uint8Array | null = null;
  /** EOF too, which err() does not tell. */
  private failure: Failure | null = null;
  private empties: i32 = 0;
  private hasBegun: bool = false;
  private isDone: bool = false;

  constructor(private source: Source) {}

  /** Why scan() ended; null at the end of the input. */
  err(): Failure | null {
    return this.failure === EOF ? null : this.failure;
  }

  /** The last token: a part of the buffer, and right until the next scan(). */
  bytes(): Uint8Array {
    const token = this.token;
    return token !== null ? token : new Uint8Array(0);
  }

  /** The last token as a string. */
  text(): string {
    const token = this.token;
    return token !== null ? textOf(token) : "";
  }

  /** What is scanned for: scanLines, scanWords, scanBytes, scanRunes or a function of your own. Aborts after scan(). */
  split(splitter: SplitFunc): void {
    if (this.hasBegun) throw new Error("Split called after Scan");
    this.splitter = splitter;
  }

  /** Begins with a buffer of this one's size, and lets it grow up to `largest` bytes. Aborts after scan(). */
  buffer(buffer: Uint8Array, largest: i32): void {
    if (this.hasBegun) throw new Error("Buffer called after Scan");
    this.setBuffer(new ArrayBuffer(buffer.length));
    this.largest = largest;
  }

  /** Goes on to the next token, which bytes() and text() then are; false: there is none, see err(). */
  scan(): bool {
    if (this.isDone) return false;
    this.hasBegun = true;
    while (true) {
      if (this.end > this.start || this.failure !== null) {
        if (this.look()) return this.token !== null;
        if (this.failure !== null) return this.finish();
      }
      if (!this.makeRoom()) return this.finish();
      this.readMore();
    }
  }

  /** Asks the split function; whether that decides what scan() answers. */
  private look(): bool {
    const found = this.found;
    found.advance = 0;
    found.token = null;
    found.err = null;
    this.splitter(this.data.subarray(this.start, this.end), this.failure !== null, found);
    const err = found.err;
    const token = found.token;
    if (err !== null) {
      this.isDone = true;
      this.token = err === ErrFinalToken ? token : null;
      if (err !== ErrFinalToken) this.fail(err);
      return true;
    }
    if (!this.advance(found.advance)) {
      this.token = null;
      return true;
    }
    this.token = token;
    if (token === null) return false;
    this.countEmpty(found.advance);
    return true;
  }

  /** A split function that brings tokens out of nothing would never end. */
  private countEmpty(advance: i32): void {
    if (this.failure === null || advance > 0) this.empties = 0;
    else if (++this.empties > ATTEMPTS) throw new Error("bufio.Scan: too many empty tokens without progressing");
  }

  private advance(count: i32): bool {
    if (count >= 0 && count <= this.end - this.start) {
      this.start += count;
      return true;
    }
    this.fail(count < 0 ? ErrNegativeAdvance : ErrAdvanceTooFar);
    this.isDone = true;
    return false;
  }

  /** The first one stays, except the end of the input. */
  private fail(err: Failure): void {
    if (this.failure === null || this.failure === EOF) this.failure = err;
  }

  private finish(): bool {
    this.start = 0;
    this.end = 0;
    this.token = null;
    return false;
  }

  /** Moves what is left to the start of the buffer, or makes that larger. False: the token is too long. */
  private makeRoom(): bool {
    const size = this.data.length;
    if (this.start > 0 && (this.end == size || this.start > size / 2)) {
      memory.copy(this.data.dataStart, this.data.dataStart + this.start, this.end - this.start);
      this.end -= this.start;
      this.start = 0;
    }
    if (this.end < size) return true;
    if (size >= this.largest || size > i32.MAX_VALUE / 2) {
      this.fail(ErrTooLong);
      return false;
    }
    const larger = new Uint8Array(min(size == 0 ? START_SIZE : 2 * size, this.largest));
    memory.copy(larger.dataStart, this.data.dataStart + this.start, this.end - this.start);
    this.setBuffer(larger.buffer);
    this.end -= this.start;
    this.start = 0;
    return true;
  }

  private setBuffer(buffer: ArrayBuffer): void {
    this.data = Uint8Array.wrap(buffer);
    this.room = Uint8Array.wrap(buffer);
  }

  private readMore(): void {
    const source = this.source;
    for (let i = 0; i < ATTEMPTS; i++) {
      show(this.room, this.end, this.data.length - this.end);
      const size = source.read(this.room);
      if (size > 0) {
        this.end += size;
        this.empties = 0;
        return;
      }
      const err = source.err;
      if (err === null) continue;
      this.fail(err);
      return;
    }
    this.fail(ErrNoProgress);
  }
}

/** Lines, without `\n` or `\r\n`; the last one may lack it. */
export function scanLines(data: Uint8Array, isAtEnd: bool, found: Split): void {
  const newline = data.indexOf(0x0a);
  if (newline < 0 && (!isAtEnd || data.length == 0)) return;
  const size = newline < 0 ? data.length : newline;
  found.advance = newline < 0 ? size : newline + 1;
  found.token = data.subarray(0, size > 0 && data[size - 1] == 0x0d ? size - 1 : size);
}

/** Single bytes. */
export function scanBytes(data: Uint8Array, isAtEnd: bool, found: Split): void {
  if (data.length == 0) return;
  found.advance = 1;
  found.token = data.subarray(0, 1);
}

/** Code points as UTF-8; a byte that belongs to none is U+FFFD. */
export function scanRunes(data: Uint8Array, isAtEnd: bool, found: Split): void {
  const end = data.dataStart + data.length;
  if (data.length == 0 || (!isAtEnd && !isFullRune(data.dataStart, end))) return;
  const isWrong = decodeRune(data.dataStart, end) == RUNE_ERROR && runeSize == 1;
  found.advance = runeSize;
  found.token = isWrong ? Uint8Array.wrap(String.UTF8.encode("\ufffd")) : data.subarray(0, runeSize);
}

/** What stands between spaces, as Unicode has them; never empty. */
export function scanWords(data: Uint8Array, isAtEnd: bool, found: Split): void {
  const end = data.dataStart + data.length;
  let start = data.dataStart;
  while (start < end && isSpace(decodeRune(start, end))) start += runeSize;
  let at = start;
  while (at < end && !isSpace(decodeRune(at, end))) at += runeSize;
  const from = <i32>(start - data.dataStart);
  const to = <i32>(at - data.dataStart);
  if (at < end) found.advance = to + runeSize;
  else if (isAtEnd && at > start) found.advance = to;
  else {
    // Spaces before a word are done with.
    found.advance = from;
    return;
  }
  found.token = data.subarray(from, to);
}

/** `unicode.IsSpace` */
function isSpace(point: u32): bool {
  if (point <= 0xff) return point == 0x20 || (point >= 0x09 && point <= 0x0d) || point == 0x85 || point == 0xa0;
  if (point >= 0x2000 && point <= 0x200a) return true;
  return point == 0x1680 || point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}
