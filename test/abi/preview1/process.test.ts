import { describe, expect, it } from "vitest";
import { guestOf } from "../../fakes/guest.js";

const NOSYS = 52;

describe("the process", () => {
  it.each([0, 1, 77, 255])("ends with its own code %i", (code) => {
    expect(() => guestOf().wasi("proc_exit", code)).toThrow(expect.objectContaining({ name: "ProcessExit", code }));
  });

  it("yields, and has no signals", () => {
    expect(guestOf().wasi("sched_yield")).toBe(0);
    expect(guestOf().wasi("proc_raise", 9)).toBe(NOSYS);
  });

  it("has all 46 functions of preview1", () => {
    expect(Object.keys(guestOf().imports.wasi_snapshot_preview1 ?? {})).toHaveLength(46);
  });
});
