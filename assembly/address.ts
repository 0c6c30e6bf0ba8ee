// The parser and formatter of inet/ for the host: build/guest/address.wasm.
// It imports nothing and allocates nothing. The host writes text at buffer()
// or an address at address(), calls, and reads the other one.

import * as formatter from "./inet/format";
import * as parser from "./inet/parse";

/** How many bytes of text fit at `buffer()`; a longer text is no address. */
export const BUFFER_SIZE: u32 = 512;

const text: usize = memory.data(512);
const binary: usize = memory.data(16, 8);

/** Where text goes in and comes out. */
export function buffer(): usize {
  return text;
}

/** Where the 4 or 16 bytes of an address, in network order, go in and come out. */
export function address(): usize {
  return binary;
}

/** Parses an IPv4 address of `length` bytes as inet_pton(3) does; 1 or 0. */
export function parse4(length: i32): i32 {
  return <u32>length <= BUFFER_SIZE ? parser.parse4(text, length, binary) : 0;
}

/** Parses an IPv6 address of `length` bytes as inet_pton(3) does; 1 or 0. */
export function parse6(length: i32): i32 {
  return <u32>length <= BUFFER_SIZE ? parser.parse6(text, length, binary) : 0;
}

/** Parses an IPv4 address in any of C's forms as inet_aton(3) does; 1 or 0. */
export function aton(length: i32): i32 {
  return <u32>length <= BUFFER_SIZE ? parser.parseLax(text, length, binary) : 0;
}

/** Formats 4 bytes as inet_ntop(3) does; the text's length. */
export function format4(): i32 {
  return formatter.format4(binary, text);
}

/** Formats 16 bytes as inet_ntop(3) does; the text's length. */
export function format6(): i32 {
  return formatter.format6(binary, text);
}
