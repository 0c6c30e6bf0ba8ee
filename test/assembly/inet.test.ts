import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Guest, startGuest } from "./guest.js";
import { askC, hex } from "./oracle.js";
import { almostIPv4 } from "./texts.js";

const SOURCE = `
import { errno } from "sockyard/errno";
import { inet_addr, inet_aton, inet_ntoa, inet_ntop, inet_pton } from "sockyard/inet";

const source = memory.data(8192);
const target = memory.data(16);
const small = new StaticArray<u8>(3);

export function buffer(): usize { return source; }
export function result(): usize { return target; }
export function lastError(): i32 { return errno; }
export function aton(length: i32): i32 { return inet_aton(String.UTF16.decodeUnsafe(source, length << 1), target); }
export function addr(length: i32): u32 { return inet_addr(String.UTF16.decodeUnsafe(source, length << 1)); }
export function pton(family: i32, length: i32): i32 {
  return inet_pton(family, String.UTF16.decodeUnsafe(source, length << 1), target);
}
export function ntoa(address: u32): usize { return changetype<usize>(inet_ntoa(address)); }
export function ntop(family: i32, src: usize): usize { return changetype<usize>(inet_ntop(family, src)); }
export function ptonSmall(): i32 { return inet_pton(2, "1.2.3.4", small); }
export function ntopSmall(): usize { return changetype<usize>(inet_ntop(2, small)); }
export function same(): bool {
  const first = inet_ntoa(0x0100007f);
  const copy = "" + first;
  return first == inet_ntoa(0xffffffff) && first == "255.255.255.255" && copy == "127.0.0.1";
}
`;

const EFAULT = 14;
const EAFNOSUPPORT = 97;

describe("inet(3)", () => {
  let guest: Guest;
  let target: number;

  beforeAll(async () => {
    guest = await startGuest(SOURCE);
    target = guest.call("result");
  });

  function parsed(size: number, status: number): string {
    return status === 1 ? `1 ${guest.bytes(target, size).toString("hex")}` : `${status} `;
  }

  it("inet_aton and inet_addr read every form as C does", () => {
    const texts = [...fc.sample(almostIPv4, 5000), "255.255.255.255", "", " 1.2.3.4", "1.2.3.4 rest", "1.2.3.4\u00a0"];
    const answers = askC(texts.flatMap((text) => [`aton ${hex(text)}`, `addr ${hex(text)}`]));
    const ours = texts.flatMap((text) => {
      const length = guest.put(text);
      return [parsed(4, guest.call("aton", length)), `${guest.call("addr", length) >>> 0}`];
    });
    expect(ours).toEqual(answers);
  });

  it("inet_addr cannot tell 255.255.255.255 from an error", () => {
    expect(guest.call("addr", guest.put("255.255.255.255")) >>> 0).toBe(0xffffffff);
    expect(guest.call("addr", guest.put("nonsense")) >>> 0).toBe(0xffffffff);
  });

  it("inet_ntoa returns one buffer, which the next call overwrites", () => {
    const first = guest.call("ntoa", 0x0100007f);
    expect(guest.string(first)).toBe("127.0.0.1");
    expect(guest.call("ntoa", -1)).toBe(first);
    expect(guest.string(first)).toBe("255.255.255.255");
    expect(guest.call("same")).toBe(1);
  });

  it("inet_pton stores an address of its family only", () => {
    expect(parsed(4, guest.call("pton", 2, guest.put("192.0.2.1")))).toBe("1 c0000201");
    expect(guest.call("pton", 2, guest.put("::1"))).toBe(0);
    expect(guest.call("pton", 10, guest.put("192.0.2.1"))).toBe(0);
    expect(guest.bytes(target, 4).toString("hex")).toBe("c0000201");
    expect(parsed(16, guest.call("pton", 10, guest.put("2001:db8::1")))).toBe("1 20010db8000000000000000000000001");
  });

  it("inet_pton takes no other digits for ASCII ones", () => {
    for (const text of ["１.2.3.4", "\u0131.2.3.4", "1.2.3.4\0", "１２７.０.０.１"]) {
      expect(guest.call("pton", 2, guest.put(text))).toBe(0);
      expect(guest.call("pton", 10, guest.put(`::ffff:${text}`))).toBe(0);
    }
  });

  it("inet_ntop makes a new string each time", () => {
    guest.call("pton", 10, guest.put("2001:DB8:0:0:1:0:0:1"));
    const first = guest.call("ntop", 10, target);
    expect(guest.string(first)).toBe("2001:db8::1:0:0:1");
    expect(guest.call("ntop", 10, target)).not.toBe(first);
  });

  it("answers EAFNOSUPPORT for other families", () => {
    expect([guest.call("pton", 1, guest.put("1.2.3.4")), guest.call("lastError")]).toEqual([-1, EAFNOSUPPORT]);
    expect([guest.call("ntop", 1, target), guest.call("lastError")]).toEqual([0, EAFNOSUPPORT]);
  });

  it("answers EFAULT for a buffer that is too small", () => {
    expect([guest.call("ptonSmall"), guest.call("lastError")]).toEqual([-1, EFAULT]);
    guest.call("pton", 1, 0);
    expect([guest.call("ntopSmall"), guest.call("lastError")]).toEqual([0, EFAULT]);
  });
});
