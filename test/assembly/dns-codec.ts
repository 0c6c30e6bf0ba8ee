import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** What build/guest/dns.wasm exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly BUFFER_SIZE: WebAssembly.Global;
  readonly TEXT_SIZE: WebAssembly.Global;
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
  ttl(index: number): number;
  beginAnswer(queryLength: number, rcode: number): number;
  addAddress(length: number, owner: number, ttl: number, size: number): number;
  addName(length: number, type: number, owner: number, target: number, ttl: number): number;
}

const path = resolve(import.meta.dirname, "../../build/guest/dns.wasm");
export const compiled = new WebAssembly.Module(readFileSync(path));
export const wasm = new WebAssembly.Instance(compiled).exports as unknown as Exports;
const memory = Buffer.from(wasm.memory.buffer);

/** Puts `bytes` where queries go, and returns their number. */
export function putQuery(bytes: Uint8Array): number {
  memory.set(bytes, wasm.query());
  return bytes.length;
}

/** Puts `bytes` where answers go, and returns their number. */
export function putAnswer(bytes: Uint8Array): number {
  memory.set(bytes, wasm.answer());
  return bytes.length;
}

/** Puts `bytes` where an address goes, and returns their number. */
export function putAddress(bytes: Uint8Array): number {
  memory.set(bytes, wasm.address());
  return bytes.length;
}

/** Puts texts where names go, one after another, and returns their lengths. */
export function putTexts(...texts: string[]): number[] {
  memory.write(texts.join(""), wasm.text(), "latin1");
  return texts.map((text) => text.length);
}

/** The first `length` characters of text(). */
export function textOut(length: number): string {
  return memory.toString("latin1", wasm.text(), wasm.text() + length);
}

/** The first `length` bytes of answer(). */
export function answerOut(length: number): Buffer {
  return Buffer.from(memory.subarray(wasm.answer(), wasm.answer() + length));
}

/** The addresses and lifetimes that the codec finds in `bytes`, or undefined if it calls them malformed. */
export function addressesOf(bytes: Uint8Array): { address: string; ttl: number }[] | undefined {
  const count = wasm.readAddresses(putAnswer(bytes));
  if (count < 0) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const size = wasm.readAddress(i);
    const address = memory.toString("hex", wasm.address(), wasm.address() + size);
    return { address, ttl: wasm.ttl(i) >>> 0 };
  });
}
