import { describe, expect, it } from "vitest";
import { startGuest } from "./guest.js";

const SOURCE = `
class Link { constructor(public next: Link | null) {} }
function recurse(link: Link): i32 { return recurse(new Link(link)) + i32(link.next == null); }

export function overflow(): i32 { return recurse(new Link(null)); }
export function outside(i: i32): i32 { return [1, 2][i]; }
export function fail(): void { throw new Error("grüß 😀 " + "dich".slice(0)); }
export function failAssert(): void { assert(false); }
export function log(): void { console.log("grüß 😀" + "z".repeat(3000)); console.error("error"); console.log(); }
export function traced(): void { trace("point", 3, 1, 2.5, -3); trace("alone"); }
export function asserted(): void { console.assert(true, "no"); console.assert(false, "yes"); }
export function random(): f64 { return Math.random(); }
`;

async function start() {
  const output = ["", "", ""];
  const guest = await startGuest(SOURCE, (guest) => ({
    wasi_snapshot_preview1: {
      fd_write: (fd, iovs, _count, written) => {
        const address = guest.view().getUint32(iovs, true);
        // Half of what there is, as a full pipe would do.
        const size = Math.ceil(guest.view().getUint32(iovs + 4, true) / 2);
        output[fd] += guest.bytes(address, size).toString("latin1");
        guest.view().setUint32(written, size, true);
        return 0;
      },
      random_get: (address, length) => {
        for (let i = 0; i < length; i++) guest.view().setUint8(address + i, i);
        return 0;
      },
    },
  }));
  const said = (fd: 1 | 2) => Buffer.from(output[fd] as string, "latin1").toString("utf8");
  return { guest, said };
}

describe("what the compiler's code calls", () => {
  it.each([
    ["outside", /^abort: Index out of range in ~lib\/array\.ts\(\d+:\d+\)\n$/],
    ["fail", /^abort: grüß 😀 dich in main\.ts\(7:32\)\n$/],
    ["failAssert", /^abort: in main\.ts\(8:38\)\n$/],
    ["overflow", /^abort: stack overflow\n$/],
  ])("%s reports and traps", async (name, report) => {
    const { guest, said } = await start();
    expect(() => guest.call(name, 5)).toThrow(new WebAssembly.RuntimeError("unreachable"));
    expect(said(2)).toMatch(report);
  });

  it("console writes lines as UTF-8", async () => {
    const { guest, said } = await start();
    guest.call("log");
    expect(said(1)).toBe(`grüß 😀${"z".repeat(3000)}\n\n`);
    expect(said(2)).toBe("error\n");
    guest.call("asserted");
    expect(said(2)).toBe("error\nassertion failed: yes\n");
  });

  it("trace writes its numbers", async () => {
    const { guest, said } = await start();
    guest.call("traced");
    expect(said(2)).toBe("trace: point 1.0, 2.5, -3.0\ntrace: alone\n");
  });

  it("Math.random is seeded by the host", async () => {
    const [one, two] = [await start(), await start()];
    const number = one.guest.call("random");
    expect(number).toBe(two.guest.call("random"));
    expect(one.guest.call("random")).not.toBe(number);
  });
});
