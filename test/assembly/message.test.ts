import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { has, temporaryDirectory } from "../cli/sockyard.js";
import { type Guest, startGuest } from "./guest.js";

const SOURCE = `
import { errno } from "sockyard/errno";
import {
  Cmsghdr, CMSG_DATA, CMSG_FIRSTHDR, CMSG_LEN, CMSG_NXTHDR, CMSG_SPACE, Msghdr, recvmsg, sendmsg, socketpair, Ucred,
} from "sockyard/socket";

const memoryOfTest = memory.data(8192, 8);
export function buffer(): usize { return memoryOfTest; }
export function lastError(): i32 { return errno; }
export function space(length: u32): u32 { return CMSG_SPACE(length); }
export function length(data: u32): u32 { return CMSG_LEN(data); }
export function sizes(): i32 { return offsetof<Msghdr>() * 100 + offsetof<Cmsghdr>(); }
export function ucred(): i32 { return offsetof<Ucred>(); }
export function msghdr(i: i32): i32 {
  switch (i) {
    case 0: return offsetof<Msghdr>("msg_name");
    case 1: return offsetof<Msghdr>("msg_namelen");
    case 2: return offsetof<Msghdr>("msg_iov");
    case 3: return offsetof<Msghdr>("msg_iovlen");
    case 4: return offsetof<Msghdr>("msg_control");
    case 5: return offsetof<Msghdr>("msg_controllen");
  }
  return offsetof<Msghdr>("msg_flags");
}

const message = new Msghdr();
export function walk(control: usize, size: u32, offsets: usize): i32 {
  message.msg_control = control;
  message.msg_controllen = size;
  let count = 0;
  let head: Cmsghdr | null = CMSG_FIRSTHDR(message);
  while (head !== null) {
    store<i32>(offsets + count * 4, <i32>(CMSG_DATA(head) - control) - 12);
    count++;
    head = CMSG_NXTHDR(message, head);
  }
  return count;
}

const short = new StaticArray<u8>(4);
export function overrun(i: i32): i32 {
  switch (i) {
    case 0: return sendmsg(3, short, 0);
    case 1: return recvmsg(3, short, 0);
  }
  return socketpair(1, 1, 0, short);
}
`;

const EFAULT = 14;
// Its macros are inline functions of a header, which a wasm32 compiler can read on one machine only.
const hasOracle = process.arch === "x64" && has("clang", "wasm-ld");

/** cmsg.c as a wasm32 module. */
function compileOracle(): Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory } {
  const module = join(temporaryDirectory(), "cmsg.wasm");
  const headers = ["-I/usr/include", "-I/usr/include/x86_64-linux-gnu", "-D__x86_64__", "-U__ILP32__"];
  const target = ["--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", "-o", module];
  execFileSync("clang", [...target, ...headers, join(import.meta.dirname, "cmsg.c")]);
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(module))).exports as ReturnType<
    typeof compileOracle
  >;
}

/** Control data that is nearly right, or not at all: words, most of them lengths that lie within it. */
const hostileControl = fc
  .tuple(
    fc.array(fc.oneof({ arbitrary: fc.nat(48), weight: 4 }, fc.integer()), { maxLength: 24 }),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([words, cut]) => {
    const bytes = new Uint8Array(Int32Array.from(words).buffer);
    return bytes.subarray(0, Math.max(0, bytes.length - cut));
  });

describe("control messages", () => {
  let guest: Guest;
  let start = 0;

  beforeAll(async () => {
    guest = await startGuest(SOURCE);
    start = guest.call("buffer");
  });

  /** The offsets of the messages that a walk of the guest finds. */
  function walk(control: Uint8Array, size = control.length): number[] {
    new Uint8Array(guest.view().buffer).set(control, start);
    const count = guest.call("walk", start, size, start + 4096);
    return Array.from({ length: count }, (_, i) => guest.view().getInt32(start + 4096 + i * 4, true));
  }

  it("lie in memory as C's do", () => {
    expect(guest.call("sizes")).toBe(2812);
    expect(guest.call("ucred")).toBe(12);
    expect(Array.from({ length: 7 }, (_, i) => guest.call("msghdr", i))).toEqual([0, 4, 8, 12, 16, 20, 24]);
  });

  it("are walked in their order, padding between them", () => {
    const words = [13, 1, 1, 0, 12, 1, 2, 16, 1, 3, 7];
    expect(walk(new Uint8Array(Int32Array.from(words).buffer))).toEqual([0, 16, 28]);
  });

  it.each([
    ["no length", 0],
    ["a length below its header's", 11],
    ["a length past the end", 29],
    ["the largest length", -1],
    ["a length that wraps around when it is aligned", -3],
    ["a negative length", -2147483648],
  ])("end at %s", (_, length) => {
    expect(walk(new Uint8Array(Int32Array.from([length, 1, 1, 12, 1, 1, 0]).buffer))).toEqual([0]);
  });

  it("are none in less than a header, and none without a buffer", () => {
    expect(walk(new Uint8Array(11))).toEqual([]);
    expect(guest.call("walk", 0, 1024, start)).toBe(0);
  });

  it("fail with EFAULT for a struct that is too short, before the host is asked", () => {
    for (let i = 0; i < 3; i++) expect([guest.call("overrun", i), guest.call("lastError")]).toEqual([-1, EFAULT]);
  });

  describe.skipIf(!hasOracle)("compared with the C library's", () => {
    it("have its sizes", () => {
      const c = compileOracle();
      expect(guest.call("sizes")).toBe(c.sizes?.());
      for (let size = 0; size < 1100; size++) {
        expect(guest.call("space", size)).toBe(c.space?.(size));
        expect(guest.call("length", size)).toBe(c.length?.(size));
      }
    });

    it("are found where it finds them, whatever the bytes", () => {
      const c = compileOracle();
      const place = 70_000;
      const property = fc.property(hostileControl, (control) => {
        new Uint8Array(c.memory.buffer).set(control, place);
        const count = c.walk?.(place, control.length, place + 4096) ?? -1;
        const view = new DataView(c.memory.buffer);
        expect(walk(control)).toEqual(
          Array.from({ length: count }, (_, i) => view.getInt32(place + 4096 + i * 4, true)),
        );
      });
      fc.assert(property, { numRuns: 100_000 });
    });
  });
});
