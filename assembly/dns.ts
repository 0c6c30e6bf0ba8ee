// The codec of dns/ for the host: build/guest/dns.wasm. It imports nothing and
// allocates nothing. The host reads with it what a guest asks and what a server
// answers, so that policy and guest never read one message differently.

import { chainTtl, findAddresses, readAddressRecord } from "./dns/chain";
import { isPlainQuery, isResponse, messageId, questionName, responseCode, setMessageId } from "./dns/message";
import * as message from "./dns/message";
import { formatName, lowerName, MAX_NAME, parseName } from "./dns/name";
import { recordData, recordSize, recordTtl } from "./dns/record";
import { appendRecord, beginResponse } from "./dns/write";
import { T_A, T_AAAA, T_CNAME, T_PTR } from "./linux.generated";

/** How many bytes of a message fit at `query()` and at `answer()`. */
export const BUFFER_SIZE: i32 = 65535;

/** How many bytes fit at `text()`. */
export const TEXT_SIZE: i32 = 1024;

const queryBuffer: usize = memory.data(65536, 8);
const answerBuffer: usize = memory.data(65536, 8);
const textBuffer: usize = memory.data(1024);
const addressBuffer: usize = memory.data(16, 8);
const target: usize = memory.data(255);

/** How many bytes of `answer()` readAddresses() was given. */
let answerSize: i32 = 0;

/** Where a query goes in. */
export function query(): usize {
  return queryBuffer;
}

/** Where an answer goes in or comes out. */
export function answer(): usize {
  return answerBuffer;
}

/** Where names come out and go in, as text: lower case, without a final dot, `\DDD` for unusual bytes. */
export function text(): usize {
  return textBuffer;
}

/** Where the 4 or 16 bytes of an address come out and go in. */
export function address(): usize {
  return addressBuffer;
}

function fits(length: i32, size: i32): bool {
  return <u32>length <= <u32>size;
}

/** Puts the name that `query()` asks for into `text()`; its length (0: the root), or -1 if that is no plain query. */
export function readQuestion(length: i32): i32 {
  if (!fits(length, BUFFER_SIZE) || !isPlainQuery(queryBuffer, length)) return -1;
  lowerName(questionName, MAX_NAME);
  return formatName(questionName, textBuffer);
}

/** The type that the question of readQuestion() asks for. */
export function questionType(): i32 {
  return message.questionType;
}

/** The identifier of `query()`. */
export function questionId(): i32 {
  return messageId(queryBuffer);
}

/** Sets the identifier of `answer()`. */
export function setAnswerId(id: i32): void {
  setMessageId(answerBuffer, id);
}

/** Tells whether `answer()` is a sound response to `query()`; 1 or 0. */
export function accepts(queryLength: i32, answerLength: i32): i32 {
  if (!fits(queryLength, BUFFER_SIZE) || !fits(answerLength, BUFFER_SIZE)) return 0;
  return i32(isResponse(queryBuffer, queryLength, answerBuffer, answerLength));
}

/** Tells whether `answer()` is truncated; 1 or 0. */
export function isTruncated(): i32 {
  return i32(message.isTruncated(answerBuffer));
}

/** The response code of `answer()`. */
export function rcode(): i32 {
  return responseCode(answerBuffer);
}

/** How many addresses `answer()` has at the end of its chain of aliases; -1 if it is malformed. */
export function readAddresses(answerLength: i32): i32 {
  if (!fits(answerLength, BUFFER_SIZE)) return -1;
  answerSize = answerLength;
  return findAddresses(answerBuffer, answerLength);
}

/** Puts an address that readAddresses() has counted into `address()`; 4 or 16. */
export function readAddress(index: i32): i32 {
  if (!readAddressRecord(answerBuffer, answerSize, index)) return 0;
  const size = min(recordSize, 16);
  memory.copy(addressBuffer, answerBuffer + recordData, size);
  return size;
}

/** For how many seconds that address holds: the smallest TTL on its chain. */
export function ttl(index: i32): u32 {
  return readAddressRecord(answerBuffer, answerSize, index) ? min(recordTtl, chainTtl) : 0;
}

/** Begins in `answer()` a response to `query()`, without records; its length, or -1. */
export function beginAnswer(queryLength: i32, rcode: i32): i32 {
  return fits(queryLength, BUFFER_SIZE) ? beginResponse(queryBuffer, queryLength, rcode, answerBuffer) : -1;
}

/**
 * Appends the address of `size` bytes at `address()` to a response of `length`
 * bytes; its owner is the first `owner` bytes of `text()`. The new length, or -1.
 */
export function addAddress(length: i32, owner: i32, ttl: u32, size: i32): i32 {
  if (!fits(length, BUFFER_SIZE) || !fits(owner, TEXT_SIZE) || (size != 4 && size != 16)) return -1;
  const type = size == 4 ? T_A : T_AAAA;
  return appendRecord(answerBuffer, BUFFER_SIZE, length, textBuffer, owner, type, ttl, addressBuffer, size);
}

/**
 * Appends a CNAME or PTR record to a response of `length` bytes: the owner is the
 * first `owner` bytes of `text()`, the name it leads to the `size` bytes after
 * them. The new length, or -1.
 */
export function addName(length: i32, type: i32, owner: i32, size: i32, ttl: u32): i32 {
  if (!fits(length, BUFFER_SIZE) || !fits(owner, TEXT_SIZE) || !fits(size, TEXT_SIZE - owner)) return -1;
  if (type != T_CNAME && type != T_PTR) return -1;
  const targetSize = parseName(textBuffer + owner, size, target);
  if (targetSize < 0) return -1;
  return appendRecord(answerBuffer, BUFFER_SIZE, length, textBuffer, owner, type, ttl, target, targetSize);
}
