import { beforeAll, describe, expect, it } from "vitest";
import { ERRNO_TABLE } from "../../host/core/linux.generated.js";
import { type Guest, startGuest } from "./guest.js";
import { askC } from "./oracle.js";

const SOURCE = `
import { ERRNO_NAMES, errno, fail, perror, setErrno, settle, strerror } from "sockyard/errno";
export function text(number: i32): usize { return changetype<usize>(strerror(number)); }
export function name(number: i32): usize { return changetype<usize>(ERRNO_NAMES[number]); }
export function report(number: i32): void { setErrno(number); perror("bind"); perror(""); }
export function settled(result: i32): i32 { return settle(result); }
export function last(): i32 { return errno; }
`;

describe("errno(3)", () => {
  let guest: Guest;
  let written = "";

  beforeAll(async () => {
    guest = await startGuest(SOURCE, (guest) => ({
      berkeley_sockets_v1: {
        write: (fd, address, count) => {
          const size = Math.min(count, 10);
          written += `${fd}:${guest.bytes(address, size)}|`;
          return size;
        },
      },
    }));
  });

  it("strerror says what glibc says", () => {
    const numbers = [...Array.from({ length: 141 }, (_, i) => i), -1, -98, 4095, 2147483647, -2147483648];
    expect(numbers.map((number) => guest.string(guest.call("text", number)))).toEqual(
      askC(numbers.map((number) => `strerror ${number}`)),
    );
  });

  it("ERRNO_NAMES has the name of every number that Linux uses", () => {
    const numbers = Array.from({ length: 134 }, (_, i) => i);
    const names = numbers.map((number) => ERRNO_TABLE.get(number)?.name ?? "");
    expect(numbers.map((number) => guest.string(guest.call("name", number)))).toEqual(names);
  });

  it("perror writes all of its line to standard error", () => {
    guest.call("report", 98);
    const lines = written.replaceAll(/2:([^|]*)\|/g, "$1");
    expect(lines).toBe("bind: Address already in use\nAddress already in use\n");
  });

  it("a negative result becomes -1 and errno, which success leaves alone", () => {
    expect([guest.call("settled", -111), guest.call("last")]).toEqual([-1, 111]);
    expect([guest.call("settled", 7), guest.call("last")]).toEqual([7, 111]);
    expect([guest.call("settled", 0), guest.call("last")]).toEqual([0, 111]);
  });
});
