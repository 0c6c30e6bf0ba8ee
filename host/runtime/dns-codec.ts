import { readFileSync } from "node:fs";
import type { DnsCodec, DnsRecord } from "../core/resolver/dns-codec.js";

/** What assembly/dns.ts exports. */
interface DnsModule {
  readonly memory: WebAssembly.Memory;
  query(): number;
  answer(): number;
  text(): number;
  address(): number;
  readQuestion(length: number): number;
  questionType(): number;
  questionId(): number;
  setQuestionId(id: number): void;
  setAnswerId(id: number): void;
  accepts(queryLength: number, answerLength: number): number;
  isTruncated(): number;
  rcode(): number;
  readAddresses(answerLength: number): number;
  readAddress(index: number): number;
  beginAnswer(queryLength: number, rcode: number): number;
  addAddress(length: number, owner: number, ttl: number, size: number): number;
  addName(length: number, type: number, owner: number, target: number, ttl: number): number;
}

/** Of the machine's own answers: they may change at any time. */
const TTL = 0;

/**
 * Loads the guest library's codec of DNS messages, compiled by `npm run build:guest`.
 *
 * Host and guest thus read one message alike.
 */
export function loadDnsCodec(): DnsCodec {
  const bytes = readFileSync(new URL("../../build/guest/dns.wasm", import.meta.url));
  const code = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as DnsModule;
  const memory = new Uint8Array(code.memory.buffer);
  const [query, answer, text, address] = [code.query(), code.answer(), code.text(), code.address()];
  const put = (at: number, ...texts: string[]): void => {
    memory.set(new TextEncoder().encode(texts.join("")), at);
  };
  const append = (length: number, record: DnsRecord): number => {
    if ("address" in record) {
      put(text, record.owner);
      memory.set(record.address, address);
      return code.addAddress(length, record.owner.length, TTL, record.address.length);
    }
    put(text, record.owner, record.target);
    return code.addName(length, record.type, record.owner.length, record.target.length, TTL);
  };
  return {
    memory: code.memory,
    query,
    answer,
    scratch: address,
    readQuestion: (message) => {
      memory.set(message, query);
      const length = code.readQuestion(message.length);
      if (length < 0) return null;
      const name = new TextDecoder().decode(memory.subarray(text, text + length));
      return { name, type: code.questionType(), id: code.questionId() };
    },
    setQuestionId: (id) => code.setQuestionId(id),
    accepts: (queryLength, answerLength) => code.accepts(queryLength, answerLength) === 1,
    isTruncated: () => code.isTruncated() === 1,
    rcode: () => code.rcode(),
    addresses: (answerLength) =>
      Array.from({ length: Math.max(0, code.readAddresses(answerLength)) }, (_, index) =>
        memory.slice(address, address + code.readAddress(index)),
      ),
    copyAnswer: (answerLength, id) => {
      code.setAnswerId(id);
      return memory.slice(answer, answer + answerLength);
    },
    putAnswer: (message) => memory.set(message, answer),
    // A record that no longer fits is left out: hosts(5) can say more than a message holds.
    compose: (queryLength, rcode, records) =>
      records.reduce(
        (length, record) => Math.max(length, append(length, record)),
        code.beginAnswer(queryLength, rcode),
      ),
  };
}
