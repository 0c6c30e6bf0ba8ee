import { describe, expect, it } from "vitest";
import { copyToSlot, GuestFault, GuestMemory } from "../../host/abi/memory.js";
import { PAGE } from "../fakes/guest.js";

function attached(): GuestMemory {
  const memory = new GuestMemory();
  memory.attach(new WebAssembly.Memory({ initial: 1 }));
  return memory;
}

describe("guest memory", () => {
  it.each([
    [0, PAGE],
    [PAGE, 0],
    [PAGE - 1, 1],
  ])("holds %i and %i bytes from there on", (pointer, length) => {
    expect(attached().bytes(pointer, length)).toHaveLength(length);
  });

  it.each([
    [0, PAGE + 1],
    [PAGE, 1],
    [-1, 0],
    [-1, 1],
    [0, -1],
    [8, -8],
    [-8, 8],
  ])("faults at %i for %i bytes, reading signed numbers as unsigned ones", (pointer, length) => {
    expect(() => attached().bytes(pointer, length)).toThrow(GuestFault);
    expect(() => attached().reserve(pointer, length)).toThrow(GuestFault);
  });

  it("gives copies that the guest cannot change", () => {
    const memory = attached();
    const copy = memory.copy(0, 4);
    memory.setUint32(0, 0x01020304);
    expect([...copy]).toEqual([0, 0, 0, 0]);
  });

  it("reads text up to its NUL, or to the limit, or faults at the end of memory", () => {
    const memory = attached();
    memory.bytes(PAGE - 4, 4).fill(0x61);
    memory.bytes(0, 4).set([0x61, 0x62, 0, 0x63]);
    expect(memory.cString(0, 8)).toEqual(Uint8Array.of(0x61, 0x62));
    expect(memory.cString(PAGE - 4, 4)).toBeNull();
    expect(() => memory.cString(PAGE - 4, 5)).toThrow(GuestFault);
    expect(() => memory.cString(PAGE + 1, 0)).toThrow(GuestFault);
  });

  it("that nobody attached holds nothing", () => {
    expect(() => new GuestMemory().bytes(0, 1)).toThrow(GuestFault);
  });

  it("copies an address into the slot once, and refuses lengths that are none", () => {
    const slot = { bytes: new Uint8Array(128), length: 7 };
    expect(copyToSlot(attached(), 0, -1, slot)).toBe(false);
    expect(copyToSlot(attached(), 0, 129, slot)).toBe(false);
    expect(slot.length).toBe(7);
    expect(copyToSlot(attached(), 0, 128, slot)).toBe(true);
    expect(slot.length).toBe(128);
  });
});
