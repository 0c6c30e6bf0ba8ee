import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Guest, startGuest } from "./guest.js";

const SOURCE = `
import { htonl, htons, ntohl, ntohs } from "sockyard/byteorder";
export function long(value: u32): u32 { return htonl(value); }
export function short(value: u32): u32 { return htons(<u16>value); }
export function longBack(value: u32): u32 { return ntohl(htonl(value)); }
export function shortBack(value: u32): u32 { return ntohs(htons(<u16>value)); }
export function signedLong(value: i32): i32 { return htonl(value); }
export function signedShort(value: i32): i32 { return <i16>htons(<i16>value); }
`;

describe("byteorder(3)", () => {
  let guest: Guest;

  beforeAll(async () => {
    guest = await startGuest(SOURCE);
  });

  it("puts the most significant byte first in memory", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (value) => {
        const bytes = Buffer.alloc(6);
        bytes.writeUInt32BE(value);
        bytes.writeUInt16BE(value & 0xffff, 4);
        expect(guest.call("long", value) >>> 0).toBe(bytes.readUInt32LE());
        expect(guest.call("short", value)).toBe(bytes.readUInt16LE(4));
      }),
    );
  });

  it("undoes itself", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (value) => {
        expect(guest.call("longBack", value) >>> 0).toBe(value);
        expect(guest.call("shortBack", value)).toBe(value & 0xffff);
      }),
    );
  });

  it("takes signed values by their bits", () => {
    expect(guest.call("signedLong", -2)).toBe(0xfeffffff | 0);
    expect(guest.call("signedShort", -2)).toBe(-257);
    expect(guest.call("signedShort", 0x80)).toBe(-0x8000);
  });
});
