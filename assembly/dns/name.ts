// Domain names in their three forms: in a message (labels, perhaps ending in a
// pointer to earlier ones), expanded (labels up to the root's), and as text.
// Works on bytes in linear memory and allocates nothing. RFC 1035 sections 3.1
// and 4.1.4; text as in section 5.1.

/** Octets of an expanded name at most, its lengths and the root's label included. */
export const MAX_NAME: i32 = 255;

/** Bytes of a name's text at most: 250 octets as `\DDD`, and three dots. */
export const MAX_NAME_TEXT: i32 = 1003;

const MAX_LABEL: i32 = 63;
// A pointer that is worth its while has a label before the next one.
const MAX_POINTERS: i32 = 127;
const HEADER_SIZE: i32 = 12;
const DOT: u32 = 0x2e;
const BACKSLASH: u32 = 0x5c;

/** Where in the message the name ended that expandName() read last. */
export let nameEnd: i32 = 0;

/**
 * Expands the name at `offset` of a message of `length` bytes to `out`, which
 * has room for MAX_NAME; its size, or -1 if it is none.
 *
 * A pointer has to lead before the labels that it follows: every jump goes
 * strictly backwards, and none into the header.
 */
export function expandName(message: usize, length: i32, offset: i32, out: usize): i32 {
  let size = 0;
  let start = offset;
  let pointers = 0;
  nameEnd = -1;
  while (<u32>offset < <u32>length) {
    const octet = <i32>load<u8>(message + offset);
    if (octet <= MAX_LABEL) {
      const next = offset + 1 + octet;
      if (next > length || size + 1 + octet > MAX_NAME - i32(octet > 0)) return -1;
      memory.copy(out + size, message + offset, 1 + octet);
      size += 1 + octet;
      offset = next;
      if (octet > 0) continue;
      if (nameEnd < 0) nameEnd = offset;
      return size;
    }
    // 01 and 10 in the upper bits are kinds of labels that never came to be.
    if (octet < 0xc0 || offset + 2 > length) return -1;
    const target = ((octet & 0x3f) << 8) | <i32>load<u8>(message + offset, 1);
    if (target >= start || target < HEADER_SIZE || ++pointers > MAX_POINTERS) return -1;
    if (nameEnd < 0) nameEnd = offset + 2;
    start = target;
    offset = target;
  }
  return -1;
}

/** Tells whether two expanded names are equal, ASCII letters of either case alike. RFC 4343 */
export function sameName(one: usize, other: usize): bool {
  for (let i = 0; i < MAX_NAME; ) {
    const size = <i32>load<u8>(one + i);
    if (size != <i32>load<u8>(other + i)) return false;
    if (size == 0) return true;
    for (const end = i + size; i < end; ) {
      i++;
      if (lower(load<u8>(one + i)) != lower(load<u8>(other + i))) return false;
    }
    i++;
  }
  return false;
}

/** Makes the ASCII letters of an expanded name of `size` bytes lower case. A label's length is no letter. */
export function lowerName(name: usize, size: i32): void {
  for (let i = 0; i < size; i++) store<u8>(name + i, lower(load<u8>(name + i)));
}

/**
 * Writes an expanded name as text at `out`, which has room for MAX_NAME_TEXT;
 * the text's length, 0 for the root.
 *
 * Without a final dot. Letters, digits, `-` and `_` stand for themselves, any
 * other byte as `\DDD`: equal names have equal texts, but for their case.
 */
export function formatName(name: usize, out: usize): i32 {
  let end = out;
  let size = <i32>load<u8>(name++);
  while (size > 0) {
    for (; size > 0; size--) {
      const byte = <u32>load<u8>(name++);
      if (isPlain(byte)) {
        store<u8>(end++, byte);
        continue;
      }
      store<u8>(end, BACKSLASH);
      store<u8>(end, 0x30 + byte / 100, 1);
      store<u8>(end, 0x30 + (byte / 10) % 10, 2);
      store<u8>(end, 0x30 + (byte % 10), 3);
      end += 4;
    }
    size = load<u8>(name++);
    if (size > 0) store<u8>(end++, DOT);
  }
  return i32(end - out);
}

/**
 * Reads a name's text of `length` bytes and writes it expanded to `out`, which
 * has room for MAX_NAME; its size, or -1 if it is none.
 *
 * A final dot makes no difference; `` and `.` are the root. `\DDD` and `\c` stand
 * for bytes that are otherwise refused (white space, control characters, all
 * that is not ASCII) or mean something else.
 */
export function parseName(text: usize, length: i32, out: usize): i32 {
  let size = 1; // the first label's length, to be filled in
  let label = 0;
  if (length == 1 && load<u8>(text) == DOT) length = 0;
  for (let i = 0; i < length; ) {
    let byte = <u32>load<u8>(text + i++);
    if (byte == DOT) {
      if (size == label + 1) return -1;
      store<u8>(out + label, size - label - 1);
      label = size++;
      continue;
    }
    if (byte == BACKSLASH) {
      const escaped = parseEscape(text + i, length - i);
      if (escaped < 0) return -1;
      byte = escaped & 0xff;
      i += escaped >> 8;
    } else if (byte <= 0x20 || byte >= 0x7f) {
      return -1;
    }
    // The root's label still has to fit.
    if (size - label > MAX_LABEL || size > MAX_NAME - 2) return -1;
    store<u8>(out + size++, byte);
  }
  store<u8>(out + label, size - label - 1);
  if (size == label + 1) return size; // the label that a final dot began is the root's
  store<u8>(out + size, 0);
  return size + 1;
}

/** `length << 8 | byte` of what follows a backslash, or -1. */
function parseEscape(text: usize, length: i32): i32 {
  if (length < 1) return -1;
  const first = <u32>load<u8>(text);
  if (first - 0x30 > 9) return first > 0x20 && first < 0x7f ? (1 << 8) | first : -1;
  if (length < 3) return -1;
  const second = <u32>load<u8>(text, 1) - 0x30;
  const third = <u32>load<u8>(text, 2) - 0x30;
  const value = (first - 0x30) * 100 + second * 10 + third;
  return second > 9 || third > 9 || value > 255 ? -1 : (3 << 8) | value;
}

function isPlain(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10 || byte == 0x2d || byte == 0x5f;
}

function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}
