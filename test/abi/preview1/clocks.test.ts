import { describe, expect, it } from "vitest";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { type Guest, guestOf, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

function time(guest: Guest, call: string, clock: number): bigint {
  const out = guest.allocate(8);
  const args = call === "clock_time_get" ? [clock, 1000n, out] : [clock, out];
  expect(guest.wasi(call, ...args)).toBe(0);
  return guest.view.getBigUint64(out, true);
}

describe("clock_time_get", () => {
  it("tells the time of day in nanoseconds", () => {
    const now = time(realGuest(), "clock_time_get", 0);
    expect(Math.abs(Number(now / 1_000_000n) - Date.now())).toBeLessThan(5000);
  });

  it("tells a time that never goes back", () => {
    const guest = realGuest();
    const times = Array.from({ length: 100 }, () => time(guest, "clock_time_get", 1));
    for (let i = 1; i < times.length; i++) expect(times[i] as bigint).toBeGreaterThanOrEqual(times[i - 1] as bigint);
  });

  it.each([2, 3])("tells the time of clock %i, which is the processor's", (clock) => {
    expect(time(realGuest(), "clock_time_get", clock)).toBeGreaterThan(0n);
  });

  it.each([-1, 4, 7, 2 ** 31 - 1])("is INVAL for clock %i", (clock) => {
    const guest = guestOf();
    expect(guest.wasi("clock_time_get", clock, 0n, 64)).toBe(28);
    expect(guest.wasi("clock_res_get", clock, 64)).toBe(28);
    expect(guest.kernel.calls()).toEqual([]);
  });
});

describe("clock_res_get", () => {
  it.each([0, 1, 2, 3])("tells the resolution of clock %i in nanoseconds", (clock) => {
    const resolution = time(realGuest(), "clock_res_get", clock);
    expect(resolution).toBeGreaterThan(0n);
    expect(resolution).toBeLessThan(1_000_000_000n);
  });
});

describe("random_get", () => {
  it("fills just the bytes that were asked for", () => {
    const guest = realGuest();
    const buf = guest.allocate(64);
    expect(guest.wasi("random_get", buf, 32)).toBe(0);
    expect(new Set(guest.get(buf, 32)).size).toBeGreaterThan(8);
    expect(guest.get(buf + 32, 32)).toEqual(new Uint8Array(32));
  });

  it("fills all of memory, which is more than one call of the kernel's may give", () => {
    const guest = realGuest();
    expect(guest.wasi("random_get", 0, PAGE)).toBe(0);
    expect(new Set(guest.get(PAGE - 64, 64)).size).toBeGreaterThan(8);
  });

  it("may be asked for nothing", () => {
    expect(realGuest().wasi("random_get", 64, 0)).toBe(0);
  });
});
