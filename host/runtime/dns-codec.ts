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
  const put = (at: number, bytes: Uint8Array): number => {
    memory.set(bytes, at);
    return bytes.length;
  };
  const putText = (...texts: string[]): number => put(text, new TextEncoder().encode(texts.join("")));
  const append = (length: number, record: DnsRecord): number => {
    if ("address" in record) {
      putText(record.owner);
      return code.addAddress(length, record.owner.length, TTL, put(address, record.address));
    }
    putText(record.owner, record.target);
    return code.addName(length, record.type, record.owner.length, record.target.length, TTL);
  };
  return {
    memory: code.memory,
    buffer: answer,
    scratch: address,
    readQuestion: (message) => {
      const length = code.readQuestion(put(query, message));
      if (length < 0) return null;
      const name = new TextDecoder().decode(memory.subarray(text, text + length));
      return { name, type: code.questionType(), id: code.questionId() };
    },
    accepts: (asked, answered) => code.accepts(put(query, asked), put(answer, answered)) === 1,
    isTruncated: (message) => {
      put(answer, message);
      return code.isTruncated() === 1;
    },
    rcode: (message) => {
      put(answer, message);
      return code.rcode();
    },
    addresses: (message) =>
      Array.from({ length: Math.max(0, code.readAddresses(put(answer, message))) }, (_, index) =>
        memory.slice(address, address + code.readAddress(index)),
      ),
    withId: (message, id) => {
      const length = put(answer, message);
      code.setAnswerId(id);
      return memory.slice(answer, answer + length);
    },
    // A record that no longer fits is left out: hosts(5) can say more than a message holds.
    compose: (asked, rcode, records) => {
      const begun = code.beginAnswer(put(query, asked), rcode);
      const length = records.reduce((end, record) => Math.max(end, append(end, record)), begun);
      return memory.slice(answer, answer + length);
    },
  };
}
