import { constants } from "node:os";
import { getSystemErrorName } from "node:util";
import { describe, expect, it } from "vitest";
import { errnoName, errnoText, isErrno } from "../../host/core/errno.js";
import * as linux from "../../host/core/linux.generated.js";

const NUMBERS = Array.from({ length: 133 }, (_, i) => i + 1).filter((errno) => errno !== 41 && errno !== 58);

describe("errno names", () => {
  it("agree with the ones of this machine", () => {
    for (const [name, value] of Object.entries(constants.errno)) {
      expect([name, linux[name as keyof typeof linux] ?? value]).toEqual([name, value]);
      // Two names of one number: the table has one of them.
      if (!["EWOULDBLOCK", "ENOTSUP", "EDEADLOCK"].includes(name)) expect(errnoName(value)).toBe(name);
    }
  });

  it("agree with libuv's", () => {
    for (const errno of NUMBERS) {
      const name = getSystemErrorName(-errno);
      if (name.startsWith("E") && name !== "ENOTSUP") expect(errnoName(errno)).toBe(name);
    }
  });

  it("exist with a text for every number that Linux uses", () => {
    expect([...linux.ERRNO_TABLE.keys()]).toEqual(NUMBERS);
    for (const errno of NUMBERS) {
      expect(linux[errnoName(errno) as keyof typeof linux]).toBe(errno);
      expect(errnoText(errno)).toMatch(/^[A-Z.][ -~]+$/);
    }
  });

  it("are made up for numbers that Linux does not use", () => {
    expect([errnoName(41), errnoText(41)]).toEqual(["E41", "Unknown error 41"]);
  });
});

describe("isErrno", () => {
  it("is true of negative numbers alone", () => {
    expect([-1, 0, 1].map((result) => isErrno(result))).toEqual([true, false, false]);
    expect(isErrno<object>({})).toBe(false);
  });
});
