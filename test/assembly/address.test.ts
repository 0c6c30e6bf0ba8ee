import { readFileSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askC, hex } from "./oracle.js";
import { almostIPv4, almostIPv6, binaryIPv6 } from "./texts.js";

interface Address {
  readonly memory: WebAssembly.Memory;
  readonly BUFFER_SIZE: WebAssembly.Global;
  buffer(): number;
  address(): number;
  parse4(length: number): number;
  parse6(length: number): number;
  aton(length: number): number;
  format4(): number;
  format6(): number;
}

const path = resolve(import.meta.dirname, "../../build/guest/address.wasm");
const compiled = new WebAssembly.Module(readFileSync(path));
const wasm = new WebAssembly.Instance(compiled).exports as unknown as Address;
const memory = Buffer.from(wasm.memory.buffer);

type Parser = "parse4" | "parse6" | "aton";

/** The address in hexadecimal digits, or "" if the text is none. */
function parse(parser: Parser, text: string | Uint8Array): string {
  const bytes = Buffer.from(text as Uint8Array);
  const room = wasm.BUFFER_SIZE.value as number;
  memory.set(bytes.subarray(0, room), wasm.buffer());
  const size = parser === "parse6" ? 16 : 4;
  return wasm[parser](bytes.length) === 1 ? hex(memory.subarray(wasm.address(), wasm.address() + size)) : "";
}

function format(address: Uint8Array): string {
  memory.set(address, wasm.address());
  const length = address.length === 4 ? wasm.format4() : wasm.format6();
  return memory.toString("latin1", wasm.buffer(), wasm.buffer() + length);
}

/** RFC 5952 in another way: by the regular expressions that its prose suggests. */
function formatByHand(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    Buffer.from(address)
      .readUInt16BE(2 * i)
      .toString(16),
  );
  const dotted = address.subarray(12).join(".");
  const text = groups.join(":");
  if (/^(0:){5}ffff:/.test(text)) return `::ffff:${dotted}`;
  if (/^(0:){6}(?!0:)/.test(text) && groups[6] !== "0") return `::${dotted}`;
  const runs = text.match(/\b0(:0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  return longest === "" ? text : text.replace(new RegExp(`(^|:)\\b${longest}\\b(:|$)`), "::");
}

const RUNS = { numRuns: 10_000 };
const HOSTILE = [
  ["nothing", ""],
  ["512 digits", "1".repeat(512)],
  ["512 colons", ":".repeat(512)],
  ["512 dots", ".".repeat(512)],
  ["512 bytes that begin well", "1.2.3.4".padEnd(512)],
  ["more than there is room for", "::1.2.3.4".padStart(514, "0")],
  ["a NUL after an IPv4 address", "1.2.3.4\0"],
  ["a NUL after an IPv6 address", "::1\0"],
  ["a NUL inside", "1.2.3.\x004"],
  ["NULs alone", "\0\0\0\0"],
  ["full-width digits", "１.２.３.４"],
  ["full-width dots", "1．2．3．4"],
  ["a full-width digit in IPv6", "::１"],
  ["a letter whose low byte is a digit", "\u0131.2.3.4"],
] as const;

describe("address.wasm", () => {
  it("imports nothing", () => {
    expect(WebAssembly.Module.imports(compiled)).toEqual([]);
  });

  it("agrees with node:net on what is an IPv4 address", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), almostIPv4), (text) => (parse("parse4", text) !== "") === isIPv4(text)),
      RUNS,
    );
  });

  it("agrees with node:net on what is an IPv6 address", () => {
    // Node takes a zone for part of an address, inet_pton does not.
    const agrees = (text: string) => (parse("parse6", text) !== "") === (isIPv6(text) && !text.includes("%"));
    fc.assert(fc.property(almostIPv6, agrees), RUNS);
  });

  it("accepts no random bytes that node:net refuses", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        expect(parse("parse4", bytes) !== "").toBe(isIPv4(text));
        expect(parse("parse6", bytes) !== "").toBe(isIPv6(text) && !text.includes("%"));
      }),
      RUNS,
    );
  });

  it("formats IPv6 as RFC 5952 says", () => {
    fc.assert(
      fc.property(binaryIPv6, (address) => {
        expect(format(address)).toBe(formatByHand(address));
      }),
      RUNS,
    );
  });

  it("reads back what it formats", () => {
    const addresses = fc.oneof(binaryIPv6, fc.uint8Array({ minLength: 4, maxLength: 4 }));
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parse(address.length === 4 ? "parse4" : "parse6", format(address))).toBe(hex(address));
      }),
      RUNS,
    );
  });

  it.each(HOSTILE)("refuses %s", (_name, text) => {
    expect(parse("parse4", text)).toBe("");
    expect(parse("parse6", text)).toBe("");
  });

  it("refuses lengths that its buffer does not have", () => {
    parse("aton", "1.2.3.4");
    for (const length of [-1, 513, 0x7fffffff, -0x80000000]) {
      expect([wasm.parse4(length), wasm.parse6(length), wasm.aton(length)]).toEqual([0, 0, 0]);
    }
  });

  it("parses and formats exactly as C", () => {
    const texts4 = fc.sample(almostIPv4, 10_000);
    const texts6 = fc.sample(almostIPv6, 10_000);
    const addresses = fc.sample(binaryIPv6, 10_000);
    const answers = askC([
      ...texts4.flatMap((text) => [`pton4 ${hex(text)}`, `aton ${hex(text)}`]),
      ...texts6.map((text) => `pton6 ${hex(text)}`),
      ...addresses.flatMap((address) => [`ntop6 ${hex(address)}`, `ntop4 ${hex(address.subarray(0, 4))}`]),
    ]);
    const status = (parsed: string) => (parsed === "" ? "0 " : `1 ${parsed}`);
    const ours = [
      ...texts4.flatMap((text) => [status(parse("parse4", text)), status(parse("aton", text))]),
      ...texts6.map((text) => status(parse("parse6", text))),
      ...addresses.flatMap((address) => [format(address), format(address.subarray(0, 4))]),
    ];
    const questions = [...texts4.flatMap((text) => [text, text]), ...texts6, ...addresses.flatMap((a) => [a, a])];
    const differences = ours.flatMap((our, i) => (our === answers[i] ? [] : [[questions[i], our, answers[i]]]));
    expect(differences).toEqual([]);
    expect(answers.length).toBe(ours.length);
    expect(answers.filter((answer) => answer.startsWith("1 ")).length).toBeGreaterThan(2000);
  });
});
