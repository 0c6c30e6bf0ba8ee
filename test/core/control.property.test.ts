import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ControlMessage,
  ControlWriter,
  decodeControl,
  decodeIntegers,
  encodeIntegers,
  SIZEOF_CMSGHDR,
} from "../../host/core/control.js";

const message = fc.record({
  level: fc.integer(),
  type: fc.integer(),
  data: fc.uint8Array({ maxLength: 40 }),
});
const RUNS = { numRuns: 100_000 };

const START = 52;

const isUntouched = (bytes: Uint8Array): boolean => bytes.every((octet) => octet === 0xaa);

function encode(messages: readonly ControlMessage[], room: number): { bytes: Uint8Array; writer: ControlWriter } {
  // There are bytes before and after, which no message may touch.
  const memory = new Uint8Array(START + room + 64).fill(0xaa);
  const writer = new ControlWriter(memory, START, room);
  for (const one of messages) writer.put(one);
  expect(isUntouched(memory.subarray(0, START)) && isUntouched(memory.subarray(START + room))).toBe(true);
  return { bytes: memory.subarray(START, START + writer.length), writer };
}

const space = ({ data }: ControlMessage): number => (SIZEOF_CMSGHDR + data.length + 3) & ~3;

describe("control messages", () => {
  it("are read as they were written", () => {
    const property = fc.property(fc.array(message, { maxLength: 4 }), (messages) => {
      const { bytes, writer } = encode(messages, 1024);
      expect(writer.isTruncated).toBe(false);
      expect(decodeControl(bytes)).toEqual(messages);
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  it("of numbers are what they are as bytes, cut as they are", () => {
    const numbers = fc.array(fc.integer(), { maxLength: 9 });
    const property = fc.property(numbers, fc.nat(60), (integers, room) => {
      const memory = new Uint8Array(START + room + 64).fill(0xaa);
      const writer = new ControlWriter(memory, START, room);
      writer.putIntegers(1, 2, Int32Array.of(...integers, 7), integers.length);
      const whole = Math.max(0, (room - SIZEOF_CMSGHDR) >> 2);
      const same = encode([{ level: 1, type: 2, data: encodeIntegers(integers) }], room);
      expect([writer.length, writer.isTruncated]).toEqual([same.writer.length, same.writer.isTruncated]);
      const end = SIZEOF_CMSGHDR + Math.min(integers.length, whole) * 4;
      expect(memory.subarray(START, START + Math.min(end, writer.length))).toEqual(same.bytes.subarray(0, end));
      expect(isUntouched(memory.subarray(0, START)) && isUntouched(memory.subarray(START + room))).toBe(true);
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  it("are cut where the room ends, and never written past it", () => {
    const property = fc.property(fc.array(message, { maxLength: 4 }), fc.nat(160), (messages, room) => {
      const { bytes, writer } = encode(messages, room);
      const needed = messages.reduce((sum, one, i) => {
        // The padding after the last one is not needed.
        return sum + (i === messages.length - 1 ? SIZEOF_CMSGHDR + one.data.length : space(one));
      }, 0);
      expect(writer.length).toBeLessThanOrEqual(room);
      expect(writer.isTruncated).toBe(needed > room);
      const read = decodeControl(bytes) ?? [];
      read.forEach(({ level, type, data }, i) => {
        const whole = messages[i] as ControlMessage;
        expect({ level, type }).toEqual({ level: whole.level, type: whole.type });
        expect(data).toEqual(whole.data.subarray(0, data.length));
      });
    });
    fc.assert(property, { numRuns: 20_000 });
  });

  it("are read from any bytes without a throw, within them", () => {
    const word = fc.oneof({ arbitrary: fc.nat(48), weight: 4 }, fc.integer());
    const property = fc.property(fc.array(word, { maxLength: 24 }), fc.nat(3), (words, cut) => {
      const all = new Uint8Array(Int32Array.from(words).buffer);
      const bytes = all.subarray(0, Math.max(0, all.length - cut));
      const messages = decodeControl(bytes);
      if (messages === null) return;
      for (const { data } of messages) {
        expect(data.byteOffset + data.length).toBeLessThanOrEqual(bytes.byteOffset + bytes.length);
      }
      expect(messages.reduce((sum, one) => sum + SIZEOF_CMSGHDR + one.data.length, 0)).toBeLessThanOrEqual(
        bytes.length,
      );
    });
    fc.assert(property, RUNS);
  });

  it("hold whole numbers only", () => {
    expect(decodeIntegers(encodeIntegers([0, -1, 2 ** 31 - 1, -(2 ** 31)]))).toEqual([0, -1, 2 ** 31 - 1, -(2 ** 31)]);
    expect(decodeIntegers(Uint8Array.of(1, 0, 0, 0, 9, 9))).toEqual([1]);
  });
});
