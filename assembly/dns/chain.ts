// Aliases: from the name that was asked for, CNAME by CNAME, to the one that
// has the records. RFC 1034 section 3.6.2.

import { C_IN, T_A, T_AAAA, T_CNAME } from "../linux.generated";
import { answerCount, HEADER_SIZE, questionEnd, questionName, readQuestion } from "./message";
import { expandName, sameName } from "./name";
import { owner, readRecord, recordClass, recordData, recordTtl, recordType } from "./record";

/** CNAMEs in a row at most. */
export const MAX_LINKS: i32 = 16;

// A record takes 15 bytes at least, of a message's 65535.
const MAX_ADDRESSES: i32 = 4369;
const offsets: usize = memory.data(2 * 4369, 2);

/** The name at the end of the chain, expanded, after followChain(). */
export const chainEnd: usize = memory.data(255);
/** The smallest TTL of the chain's CNAMEs, after followChain(). */
export let chainTtl: u32 = 0;
/** How many CNAMEs led to the end, after followChain(). */
export let chainLinks: i32 = 0;

const places: usize = memory.data(2 * 17, 2);

/** Where in the message the chain's name number `index` is: 0 the question's, `chainLinks` the one at the end. */
export function chainPlace(index: i32): i32 {
  return load<u16>(places + 2 * index);
}

/**
 * Follows the aliases in the answer section from the question's name to the
 * end; 1, or 0 if there is none after MAX_LINKS (a loop, too), or -1 if the
 * message is malformed.
 */
export function followChain(message: usize, length: i32): i32 {
  if (!readQuestion(message, length)) return -1;
  memory.copy(chainEnd, questionName, 255);
  chainTtl = u32.MAX_VALUE;
  chainLinks = 0;
  store<u16>(places, HEADER_SIZE);
  while (true) {
    const link = findLink(message, length);
    if (link <= 0) return link == 0 ? 1 : -1;
    if (chainLinks == MAX_LINKS) return 0;
    store<u16>(places + 2 * ++chainLinks, link);
    chainTtl = min(chainTtl, recordTtl);
    expandName(message, length, link, chainEnd);
  }
}

/** Where the CNAME of the name at `chainEnd` has its target; 0 if there is no such record, -1 if one is malformed. */
function findLink(message: usize, length: i32): i32 {
  let offset = questionEnd;
  for (let left = answerCount(message); left > 0; left--) {
    offset = readRecord(message, length, offset);
    if (offset < 0) return -1;
    if (isAtEnd() && recordType == T_CNAME) return recordData;
  }
  return 0;
}

/** Tells whether the record that was read last belongs to the name at the end of the chain. */
export function isAtEnd(): bool {
  return recordClass == C_IN && sameName(owner, chainEnd);
}

/** How many addresses the name at the end of the chain has; -1 if the message is malformed. */
export function findAddresses(message: usize, length: i32): i32 {
  const followed = followChain(message, length);
  if (followed <= 0) return followed;
  let offset = questionEnd;
  let count = 0;
  for (let left = answerCount(message); left > 0; left--) {
    const record = offset;
    offset = readRecord(message, length, record);
    if (offset < 0) return -1;
    if (isAtEnd() && (recordType == T_A || recordType == T_AAAA) && count < MAX_ADDRESSES) {
      store<u16>(offsets + 2 * count++, record);
    }
  }
  return count;
}

/** Reads the record with the address number `index` of those that findAddresses() found. */
export function readAddressRecord(message: usize, length: i32, index: i32): bool {
  return <u32>index < <u32>MAX_ADDRESSES && readRecord(message, length, load<u16>(offsets + 2 * index)) > 0;
}
