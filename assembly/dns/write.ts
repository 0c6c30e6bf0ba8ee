// Makes queries, and the answers that the host gives without asking a server.
// `room` is how many bytes there are at `out`.

import { C_IN, T_OPT } from "../linux.generated";
import { HEADER_SIZE, questionEnd, questionName, readQuestion } from "./message";
import { expandName, parseName, sameName } from "./name";

const name: usize = memory.data(255);

/**
 * Writes a query for the records of `type` of a name given as text; its length,
 * or -1 if the text is no name.
 *
 * Recursion is desired. With `payload` > 0 an OPT record says that answers of so
 * many bytes are welcome over UDP (RFC 6891). At most 282 bytes.
 */
export function writeQuery(out: usize, id: i32, text: usize, textLength: i32, type: i32, payload: i32): i32 {
  const size = parseName(text, textLength, out + HEADER_SIZE);
  if (size < 0) return -1;
  store<u16>(out, bswap<u16>(<u16>id));
  store<u16>(out, 0x0001, 2); // RD
  store<u64>(out, 0x0100, 4); // QDCOUNT 1
  let end = HEADER_SIZE + size;
  store<u16>(out + end, bswap<u16>(<u16>type));
  store<u16>(out + end, bswap<u16>(<u16>C_IN), 2);
  end += 4;
  if (payload <= 0) return end;
  store<u16>(out, 0x0100, 10); // ARCOUNT 1
  store<u8>(out + end, 0);
  store<u16>(out + end, bswap<u16>(<u16>T_OPT), 1);
  store<u16>(out + end, bswap<u16>(<u16>payload), 3);
  store<u32>(out + end, 0, 5); // extended RCODE, version, flags
  store<u16>(out + end, 0, 9);
  return end + 11;
}

/** Begins a response to `query`: its header and question, no records; the length, or -1 if the query has no question. */
export function beginResponse(query: usize, queryLength: i32, rcode: i32, out: usize): i32 {
  if (!readQuestion(query, queryLength)) return -1;
  memory.copy(out, query, questionEnd);
  store<u8>(out, 0x80 | (load<u8>(query, 2) & 0x01), 2); // QR, RD as it was
  store<u8>(out, 0x80 | (rcode & 0x0f), 3); // RA
  store<u64>(out, 0x0100, 4);
  return questionEnd;
}

/**
 * Appends a record to the answer section of a response of `length` bytes that
 * has no records in others; the new length, or -1 if it does not fit.
 *
 * The owner is text, and becomes a pointer if it is the question's name. Data:
 * `size` bytes at `data`, in their form on the wire.
 */
export function appendRecord(
  out: usize,
  room: i32,
  length: i32,
  text: usize,
  textLength: i32,
  type: i32,
  ttl: u32,
  data: usize,
  size: i32,
): i32 {
  const ownerSize = appendOwner(out, room, length, text, textLength);
  const fields = length + ownerSize;
  const end = fields + 10 + size;
  if (ownerSize < 0 || end > room) return -1;
  const count = bswap<u16>(load<u16>(out, 6));
  if (count == 0xffff) return -1;
  store<u16>(out, bswap<u16>(count + 1), 6);
  store<u16>(out + fields, bswap<u16>(<u16>type));
  store<u16>(out + fields, bswap<u16>(<u16>C_IN), 2);
  store<u32>(out + fields, bswap<u32>(ttl), 4);
  store<u16>(out + fields, bswap<u16>(<u16>size), 8);
  memory.copy(out + fields + 10, data, size);
  return end;
}

/** Writes an owner's name at `length`; its size, or -1 if it is none or does not fit. */
function appendOwner(out: usize, room: i32, length: i32, text: usize, textLength: i32): i32 {
  const size = parseName(text, textLength, name);
  if (size < 0) return -1;
  if (expandName(out, length, HEADER_SIZE, questionName) > 0 && sameName(questionName, name)) {
    if (length + 2 > room) return -1;
    store<u16>(out + length, 0x0cc0); // a pointer to offset 12
    return 2;
  }
  if (length + size > room) return -1;
  memory.copy(out + length, name, size);
  return size;
}
