// What is printed, as bytes, before anybody gets it.

import { countRunes, decodeRune, decodeText, runeSize } from "../utf8";
import { show } from "../view";

/** Grows as needed, and is used again. */
export class Output {
  /** How many bytes have been written. */
  size: i32 = 0;
  private bytes: Uint8Array = new Uint8Array(128);

  /** Room for `count` more bytes; where they go. */
  reserve(count: i32): usize {
    const needed = this.size + count;
    if (needed > this.bytes.buffer.byteLength) {
      const larger = new Uint8Array(max(needed, 2 * this.bytes.buffer.byteLength));
      memory.copy(larger.dataStart, changetype<usize>(this.bytes.buffer), this.size);
      this.bytes = larger;
    }
    return changetype<usize>(this.bytes.buffer) + this.size;
  }

  /** The address of a byte that has been written, until more is. */
  address(at: i32): usize {
    return changetype<usize>(this.bytes.buffer) + at;
  }

  byte(value: i32): void {
    store<u8>(this.reserve(1), value);
    this.size++;
  }

  copy(data: usize, count: i32): void {
    memory.copy(this.reserve(count), data, count);
    this.size += count;
  }

  /** `text` as UTF-8. */
  text(text: string): void {
    this.part(text, 0, text.length);
  }

  /** The characters of `text` from `start` up to `end`. */
  part(text: string, start: i32, end: i32): void {
    const room = this.reserve(3 * (end - start));
    this.size += <i32>String.UTF8.encodeUnsafe(changetype<usize>(text) + ((<usize>start) << 1), end - start, room);
  }

  /** A code point as UTF-8, what is none as U+FFFD. */
  point(value: u32): void {
    const point = value > 0x10ffff || (value & 0xfffff800) == 0xd800 ? 0xfffd : value;
    if (point < 0x80) {
      this.byte(point);
      return;
    }
    const tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    this.byte((tail == 1 ? 0xc0 : tail == 2 ? 0xe0 : 0xf0) | (point >> (6 * tail)));
    for (let shift = 6 * (tail - 1); shift >= 0; shift -= 6) this.byte(0x80 | ((point >> shift) & 0x3f));
  }

  fill(value: i32, count: i32): void {
    if (count <= 0) return;
    memory.fill(this.reserve(count), <u8>value, count);
    this.size += count;
  }

  /** Puts `count` times `value` before the byte at `at`. */
  insert(at: i32, value: i32, count: i32): void {
    if (count <= 0) return;
    this.reserve(count);
    memory.copy(this.address(at + count), this.address(at), this.size - at);
    memory.fill(this.address(at), <u8>value, count);
    this.size += count;
  }

  /** How many code points there are from `start` on. */
  pointsFrom(start: i32): i32 {
    return countRunes(this.address(start), this.address(this.size));
  }

  /** Drops what comes after the first `points` code points from `start` on. */
  truncate(start: i32, points: i32): void {
    const end = this.address(this.size);
    let address = this.address(start);
    for (let i = 0; i < points && address < end; i++) {
      decodeRune(address, end);
      address += runeSize;
    }
    this.size -= <i32>(end - address);
  }

  /** All bytes, until more are written. */
  view(): Uint8Array {
    show(this.bytes, 0, this.size);
    return this.bytes;
  }

  toString(): string {
    return decodeText(this.address(0), this.address(this.size));
  }
}
