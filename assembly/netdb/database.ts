// The public databases of this machine, as text that the host hands out:
// /etc/services, /etc/protocols, and what /etc/resolv.conf says of searching.

import * as sys from "../bindings/berkeley";

/** /etc/services */
export const SERVICES: i32 = 0;
/** /etc/protocols */
export const PROTOCOLS: i32 = 1;
/** /etc/resolv.conf without its name servers, for whom may resolve some name. */
export const RESOLVER: i32 = 2;

// No database is larger; a longer one is cut at the end of a line.
const LIMIT: u32 = 1 << 20;
const STEP: u32 = 16384;

/** The text of a database, empty if it cannot be read. */
export function readText(database: i32): string {
  let bytes = new StaticArray<u8>(STEP);
  let length: u32 = 0;
  while (length < LIMIT) {
    const size = sys.getent(database, length, changetype<usize>(bytes) + length, bytes.length - length);
    if (size <= 0) break;
    length += size;
    if (length < <u32>bytes.length) continue;
    const larger = new StaticArray<u8>(bytes.length * 2);
    memory.copy(changetype<usize>(larger), changetype<usize>(bytes), length);
    bytes = larger;
  }
  const text = String.UTF8.decodeUnsafe(changetype<usize>(bytes), length);
  return length < LIMIT ? text : text.substring(0, text.lastIndexOf("\n") + 1);
}

/** The lines of a text that hold a needle, one after another: few of them have to be taken apart. */
@final
export class LinesWith {
  private position: i32 = 0;

  constructor(
    private text: string,
    private needle: string,
  ) {}

  /** The next one, or null after the last. */
  next(): string | null {
    const hit = this.needle.length > 0 ? this.text.indexOf(this.needle, this.position) : -1;
    if (hit < 0) return null;
    const start = this.text.lastIndexOf("\n", hit) + 1;
    const newline = this.text.indexOf("\n", hit);
    const end = newline < 0 ? this.text.length : newline;
    this.position = end + 1;
    return this.text.substring(start, end);
  }
}

/**
 * The words of a line up to one of the characters of `comments`.
 *
 * Blanks, tabs and the CR of a foreign line's end separate; a NUL is a
 * character like others, and then no part of any name that is looked for.
 */
export function splitWords(line: string, comments: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (let i = 0; i <= line.length; i++) {
    const code = i < line.length ? line.charCodeAt(i) : 0x20;
    const isComment = i < line.length && comments.includes(line.charAt(i));
    if (code != 0x20 && (code < 0x09 || code > 0x0d) && !isComment) continue;
    if (i > start) words.push(line.substring(start, i));
    if (isComment) break;
    start = i + 1;
  }
  return words;
}

/** The value of decimal digits, or -1 if `text` is anything else or above `limit`. */
export function parseNumber(text: string, limit: i32): i32 {
  if (text.length == 0 || text.length > 9) return -1;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (<u32>digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value <= limit ? value : -1;
}
