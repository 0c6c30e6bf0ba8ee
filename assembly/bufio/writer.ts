// bufio.Writer and bufio.ReadWriter

import { Failure } from "../errors";
import { Reader as Source, ErrShortWrite, Writer as Sink } from "../io";
import { show } from "../view";
import { Reader } from "./reader";

/**
 * `bufio.NewWriterSize(w, size)`: collects what is written, and writes it at once when the buffer is full.
 *
 * Call flush() at the end. After an error nothing more is taken, and all calls tell of it.
 */
@final
export class Writer implements Sink {
  /** The first error, from then on. */
  err: Failure | null = null;
  private buffer: Uint8Array;
  /** What is in the buffer, when it is written. */
  private part: Uint8Array;
  private used: i32 = 0;

  constructor(
    private sink: Sink,
    size: i32 = 4096,
  ) {
    const buffer = new Uint8Array(size > 0 ? size : 4096);
    this.buffer = buffer;
    this.part = Uint8Array.wrap(buffer.buffer);
  }

  /** The size of the buffer. */
  get size(): i32 {
    return this.buffer.length;
  }

  /** How many bytes still fit. */
  get available(): i32 {
    return this.buffer.length - this.used;
  }

  /** How many bytes have not been written yet. */
  get buffered(): i32 {
    return this.used;
  }

  /** Forgets all, the error too, and writes to `sink`. */
  reset(sink: Sink): void {
    this.sink = sink;
    this.used = 0;
    this.err = null;
  }

  /** Writes what is buffered; null, or why it cannot. */
  flush(): Failure | null {
    if (this.err !== null || this.used == 0) return this.err;
    show(this.part, 0, this.used);
    const sink = this.sink;
    const written = sink.write(this.part);
    if (written < this.used) {
      const err = sink.err;
      this.err = err !== null ? err : ErrShortWrite;
      memory.copy(this.buffer.dataStart, this.buffer.dataStart + written, this.used - written);
    }
    this.used -= written;
    return this.err;
  }

  /** Takes all of `p`; how many bytes. If fewer, `err` tells why. */
  write(p: Uint8Array): i32 {
    let done = 0;
    while (p.length - done > this.available && this.err === null) {
      // What is larger than an empty buffer needs none.
      if (this.used == 0) done += this.writeDirectly(done == 0 ? p : p.subarray(done));
      else {
        done += this.take(p.dataStart + done, this.available);
        this.flush();
      }
    }
    if (this.err !== null) return done;
    return done + this.take(p.dataStart + done, p.length - done);
  }

  /** Takes one byte; null, or why it cannot. */
  writeByte(value: u8): Failure | null {
    if (this.err !== null) return this.err;
    if (this.available == 0 && this.flush() !== null) return this.err;
    this.buffer[this.used++] = value;
    return null;
  }

  /** Takes a code point as UTF-8, and for what is none U+FFFD; how many bytes. If 0, `err` tells why. */
  writeRune(value: u32): i32 {
    const isNone = value > 0x10ffff || (value & 0xfffff800) == 0xd800;
    return this.writeString(String.fromCodePoint(isNone ? 0xfffd : value));
  }

  /** Takes `text` as UTF-8; how many bytes. If fewer, `err` tells why. */
  writeString(text: string): i32 {
    // Each character has three bytes at most.
    if (this.err === null && 3 * text.length <= this.available) {
      const room = this.buffer.dataStart + this.used;
      const size = <i32>String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, room);
      this.used += size;
      return size;
    }
    return this.write(Uint8Array.wrap(String.UTF8.encode(text)));
  }

  private take(address: usize, size: i32): i32 {
    memory.copy(this.buffer.dataStart + this.used, address, size);
    this.used += size;
    return size;
  }

  private writeDirectly(p: Uint8Array): i32 {
    const sink = this.sink;
    const written = sink.write(p);
    if (written < p.length) {
      const err = sink.err;
      this.err = err !== null ? err : ErrShortWrite;
    }
    return written;
  }
}

/** `bufio.NewReadWriter(r, w)`: both ends of a connection. `err` is that of the last call, of either end. */
@final
export class ReadWriter implements Source, Sink {
  err: Failure | null = null;

  constructor(
    readonly reader: Reader,
    readonly writer: Writer,
  ) {}

  read(p: Uint8Array): i32 {
    const size = this.reader.read(p);
    this.err = this.reader.err;
    return size;
  }

  readString(delim: u8): string {
    const text = this.reader.readString(delim);
    this.err = this.reader.err;
    return text;
  }

  write(p: Uint8Array): i32 {
    const size = this.writer.write(p);
    this.err = this.writer.err;
    return size;
  }

  writeString(text: string): i32 {
    const size = this.writer.writeString(text);
    this.err = this.writer.err;
    return size;
  }

  flush(): Failure | null {
    return this.writer.flush();
  }
}
