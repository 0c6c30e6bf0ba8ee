import { describe, expect, it } from "vitest";
import { guestOf, PAGE } from "../../fakes/guest.js";

const environment = { args: ["program", "", "ünï"], env: { HOME: "/", EMPTY: "", "A=B": "C" } };
const STRINGS = {
  args: ["program", "", "ünï"],
  environ: ["HOME=/", "EMPTY=", "A=B=C"],
};

describe.each(["args", "environ"] as const)("%s", (kind) => {
  const strings = STRINGS[kind];
  const size = strings.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);

  it("has sizes that count every byte and NUL", () => {
    const guest = guestOf("", {}, { environment });
    const [count, total] = [guest.put32(0), guest.put32(0)];
    expect(guest.wasi(`${kind}_sizes_get`, count, total)).toBe(0);
    expect([guest.view.getUint32(count, true), guest.view.getUint32(total, true)]).toEqual([strings.length, size]);
  });

  it("is handed out as NUL-terminated UTF-8", () => {
    const guest = guestOf("", {}, { environment });
    const pointers = guest.allocate(strings.length * 4);
    const buffer = guest.allocate(size);
    expect(guest.wasi(`${kind}_get`, pointers, buffer)).toBe(0);
    expect(guest.text(buffer, size)).toBe(strings.map((text) => `${text}\0`).join(""));
    let at = buffer;
    strings.forEach((text, i) => {
      expect(guest.view.getUint32(pointers + i * 4, true)).toBe(at);
      at += Buffer.byteLength(text) + 1;
    });
  });

  it("may be empty", () => {
    const guest = guestOf();
    const [count, total] = [guest.put32(9), guest.put32(9)];
    expect(guest.wasi(`${kind}_sizes_get`, count, total)).toBe(0);
    expect([guest.view.getUint32(count, true), guest.view.getUint32(total, true)]).toEqual([0, 0]);
    expect(guest.wasi(`${kind}_get`, 0, 0)).toBe(0);
  });

  it("is FAULT where it does not fit, with nothing written", () => {
    const guest = guestOf("", {}, { environment });
    const pointers = guest.put(new Uint8Array(12).fill(0xaa));
    expect(guest.wasi(`${kind}_get`, pointers, PAGE - size + 1)).toBe(21);
    expect(guest.get(pointers, 12)).toEqual(new Uint8Array(12).fill(0xaa));
    expect(guest.wasi(`${kind}_get`, PAGE - 11, guest.allocate(size))).toBe(21);
  });

  it("is there after memory grew", () => {
    const guest = guestOf("", {}, { environment });
    guest.memory.grow(1);
    expect(guest.wasi(`${kind}_get`, PAGE, PAGE + 64)).toBe(0);
    expect(guest.text(PAGE + 64, size)).toContain(strings[0]);
  });
});
