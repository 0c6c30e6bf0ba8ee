import { expect, it } from "vitest";
import { type ControlMessage, ControlWriter, decodeControl } from "../../host/core/control.js";
import { random } from "../fakes/random.js";

const isSame = (one: ControlMessage, other: ControlMessage | undefined): boolean =>
  other !== undefined &&
  one.level === other.level &&
  one.type === other.type &&
  Buffer.compare(one.data, other.data) === 0;

it("a million buffers are control messages that are written as they were read, or malformed", {
  timeout: 120_000,
}, () => {
  const next = random(5);
  const bytes = new Uint8Array(96);
  const words = new Int32Array(bytes.buffer);
  const written = new Uint8Array(128);
  const wrong: string[] = [];
  let read = 0;
  for (let i = 0; i < 1_000_000; i++) {
    for (let at = 0; at < words.length; at++) words[at] = next(8) === 0 ? (next(2 ** 31) << 1) ^ next(2) : next(40);
    const messages = decodeControl(bytes.subarray(0, next(97)));
    if (messages === null || messages.length === 0) continue;
    read++;
    const writer = new ControlWriter(written);
    for (const message of messages) writer.put(message);
    const again = decodeControl(written.subarray(0, writer.length)) ?? [];
    const isRight = !writer.isTruncated && again.length === messages.length;
    if (!isRight || !messages.every((message, at) => isSame(message, again[at]))) wrong.push(bytes.toString());
  }
  expect(wrong).toEqual([]);
  expect(read).toBeGreaterThan(10_000);
});
