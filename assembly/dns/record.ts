// Resource records: owner, type, class, TTL and data. RFC 1035 section 3.2.1.
// readRecord() checks one and leaves its parts in the variables below, so that
// a message is walked without allocating.

import { C_IN, T_A, T_AAAA, T_CNAME, T_MX, T_NS, T_PTR, T_SOA, T_SRV, T_TXT } from "../linux.generated";
import { expandName, nameEnd } from "./name";

/** The owner's name, expanded. */
export const owner: usize = memory.data(255);

/** Where names in data are expanded to be checked. */
const checked: usize = memory.data(255);

/** What the record is: T_A, …. */
export let recordType: i32 = 0;
/** C_IN, except in an OPT record. */
export let recordClass: i32 = 0;
/** For how many seconds the record may be kept. A value with its highest bit set counts as 0. RFC 2181 section 8 */
export let recordTtl: u32 = 0;
/** Where in the message the data is. */
export let recordData: i32 = 0;
/** How many bytes of data there are. */
export let recordSize: i32 = 0;

/**
 * Reads the record at `offset` of a message of `length` bytes; where the next
 * begins, or -1 if this one is none.
 *
 * Data of a type that this library reads has to be what the type says.
 */
export function readRecord(message: usize, length: i32, offset: i32): i32 {
  if (expandName(message, length, offset, owner) < 0) return -1;
  const fields = message + nameEnd;
  recordData = nameEnd + 10;
  if (recordData > length) return -1;
  recordType = bswap<u16>(load<u16>(fields));
  recordClass = bswap<u16>(load<u16>(fields, 2));
  recordTtl = bswap<u32>(load<u32>(fields, 4));
  if (<i32>recordTtl < 0) recordTtl = 0;
  recordSize = bswap<u16>(load<u16>(fields, 8));
  const end = recordData + recordSize;
  if (end > length) return -1;
  return recordClass != C_IN || isData(message, end) ? end : -1;
}

function isData(message: usize, end: i32): bool {
  switch (recordType) {
    case T_A:
      return recordSize == 4;
    case T_AAAA:
      return recordSize == 16;
    case T_CNAME:
    case T_NS:
    case T_PTR:
      return nameFills(message, recordData, end);
    case T_MX:
      return nameFills(message, recordData + 2, end);
    case T_SRV:
      return nameFills(message, recordData + 6, end);
    case T_SOA:
      if (expandName(message, end, recordData, checked) < 0) return false;
      return nameFills(message, nameEnd, end - 20);
    case T_TXT:
      return stringsFill(message, end);
    default:
      return true;
  }
}

function nameFills(message: usize, offset: i32, end: i32): bool {
  return expandName(message, end, offset, checked) > 0 && nameEnd == end;
}

/** Tells whether the data is one string or more, each after a byte with its length. */
function stringsFill(message: usize, end: i32): bool {
  let offset = recordData;
  while (offset < end) offset += 1 + <i32>load<u8>(message + offset);
  return offset == end && recordSize > 0;
}
