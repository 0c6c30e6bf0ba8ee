// Messages: a header, a question, and three sections of records. RFC 1035
// section 4. Reads what others wrote; write.ts makes them.

import { C_IN, T_OPT } from "../linux.generated";
import { expandName, nameEnd, sameName } from "./name";
import { owner, readRecord, recordType } from "./record";

//   0  u16  ID
//   2  u8   QR 80, Opcode 78, AA 04, TC 02, RD 01
//   3  u8   RA 80, Z 40, AD 20, CD 10, RCODE 0f
//   4  u16  QDCOUNT     6  u16  ANCOUNT
//   8  u16  NSCOUNT    10  u16  ARCOUNT
/** Bytes of a header. */
export const HEADER_SIZE: i32 = 12;

/** Bytes of a message at most: TCP sends its length as 16 bits. */
export const MAX_MESSAGE: i32 = 65535;

const RESPONSE: u32 = 0x80;
const OPCODE: u32 = 0x78;
const TRUNCATED: u32 = 0x02;

/** The question's name, expanded, after readQuestion(). */
export const questionName: usize = memory.data(255);
const other: usize = memory.data(255);

/** The type of what is asked for, after readQuestion(). */
export let questionType: i32 = 0;

/** Where the question ends and the records begin, after readQuestion(). */
export let questionEnd: i32 = 0;

/** The identifier, in host order. */
export function messageId(message: usize): i32 {
  return bswap<u16>(load<u16>(message));
}

/** Sets the identifier. */
export function setMessageId(message: usize, id: i32): void {
  store<u16>(message, bswap<u16>(<u16>id));
}

/** How the server fared: NOERROR, NXDOMAIN, …. */
export function responseCode(message: usize): i32 {
  return load<u8>(message, 3) & 0x0f;
}

/** Tells whether more was to be said than fitted. */
export function isTruncated(message: usize): bool {
  return (load<u8>(message, 2) & TRUNCATED) != 0;
}

/** How many records the answer section has. */
export function answerCount(message: usize): i32 {
  return bswap<u16>(load<u16>(message, 6));
}

/** How many records all three sections have. */
function recordCount(message: usize): i32 {
  return answerCount(message) + bswap<u16>(load<u16>(message, 8)) + bswap<u16>(load<u16>(message, 10));
}

/** Reads the question of a message that has exactly one, of class IN, and its parts into the variables above. */
export function readQuestion(message: usize, length: i32): bool {
  if (length < HEADER_SIZE || length > MAX_MESSAGE || load<u16>(message, 4) != bswap<u16>(1)) return false;
  if (expandName(message, length, HEADER_SIZE, questionName) < 0 || nameEnd + 4 > length) return false;
  questionType = bswap<u16>(load<u16>(message + nameEnd));
  questionEnd = nameEnd + 4;
  return <i32>bswap<u16>(load<u16>(message + nameEnd, 2)) == C_IN;
}

/**
 * Tells whether a message is one plain query: opcode QUERY, one question, and
 * no record but an OPT (RFC 6891).
 */
export function isPlainQuery(message: usize, length: i32): bool {
  if (!readQuestion(message, length) || (load<u8>(message, 2) & (RESPONSE | OPCODE | TRUNCATED)) != 0) return false;
  if (load<u32>(message, 6) != 0) return false;
  const additional = bswap<u16>(load<u16>(message, 10));
  if (additional == 0) return questionEnd == length;
  const end = readRecord(message, length, questionEnd);
  return additional == 1 && end == length && recordType == T_OPT && load<u8>(owner) == 0;
}

/**
 * Tells whether `answer` is a response to `query` with sound records.
 *
 * The question has to come back, in letters of whatever case. A truncated
 * response may end anywhere after it.
 */
export function isResponse(query: usize, queryLength: i32, answer: usize, answerLength: i32): bool {
  if (!readQuestion(query, queryLength)) return false;
  const type = questionType;
  memory.copy(other, questionName, 255);
  if (!readQuestion(answer, answerLength) || questionType != type || !sameName(questionName, other)) return false;
  if ((load<u8>(answer, 2) & (RESPONSE | OPCODE)) != RESPONSE || load<u16>(answer) != load<u16>(query)) return false;
  if (isTruncated(answer)) return true;
  let offset = questionEnd;
  for (let left = recordCount(answer); left > 0 && offset > 0; left--) {
    offset = readRecord(answer, answerLength, offset);
  }
  return offset > 0;
}
