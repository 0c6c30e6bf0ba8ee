import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EFAULT, EINVAL, ERANGE } from "../../../host/core/linux.generated.js";
import { BAD_POINTER, type Guest, guestOf } from "../../fakes/guest.js";

function convert(guest: Guest, text: string | Uint8Array, room = 255): number | string {
  const bytes = Buffer.from(text as Uint8Array);
  const out = guest.allocate(room);
  const length = guest.call("idna_to_ascii", guest.put(bytes), bytes.length, out, room);
  return length < 0 ? length : Buffer.from(guest.get(out, length)).toString("latin1");
}

describe("idna_to_ascii", () => {
  it.each([
    ["bücher.test", "xn--bcher-kva.test"],
    ["BÜCHER.Test", "xn--bcher-kva.test"],
    ["bücher。test", "xn--bcher-kva.test"],
    ["bücher.test.", "xn--bcher-kva.test"],
    ["faß.test", "xn--fa-hia.test"],
    ["例え.テスト", "xn--r8jz45g.xn--zckzah"],
    ["_http._tcp.bücher.test", "_http._tcp.xn--bcher-kva.test"],
  ])("converts %s", (name, ascii) => {
    expect(convert(guestOf(""), name)).toBe(ascii);
  });

  it.each([
    ["nothing", ""],
    ["an empty label", "ü..test"],
    ["a character that names have not", "ü/x.test"],
    ["a NUL", "ü\0.test"],
    ["an address in other digits", "１２７.０.０.１"],
    ["bytes that are no UTF-8", Buffer.from("fc2e74657374", "hex")],
    ["a name too long", "ü.".repeat(100)],
    ["a text too long", "ü".repeat(2049)],
  ])("answers EINVAL for %s", (_what, name) => {
    expect(convert(guestOf(""), name)).toBe(-EINVAL);
  });

  it("answers ERANGE where the result does not fit", () => {
    const guest = guestOf("");
    expect(convert(guest, "bücher.test", 17)).toBe(-ERANGE);
    expect(convert(guest, "bücher.test", 18)).toBe("xn--bcher-kva.test");
  });

  it("answers EFAULT for what is not in memory", () => {
    const guest = guestOf("");
    expect(guest.call("idna_to_ascii", BAD_POINTER, 4, 64, 64)).toBe(-EFAULT);
    expect(guest.call("idna_to_ascii", guest.put("ü"), 2, BAD_POINTER, 64)).toBe(-EFAULT);
  });

  it("answers every text with a name or an errno", () => {
    const guest = guestOf("");
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array()), (text) => {
        expect(String(convert(guest, text as Uint8Array))).toMatch(/^(-\d+|[a-z0-9_.-]{1,253})$/);
      }),
      { numRuns: 200 },
    );
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("");
    expect(guest.trace("idna_to_ascii", guest.put("ü.test"), 7, guest.allocate(64), 64)).toBe(
      'idna_to_ascii("\\303\\274.test", 7, "xn--tda.test", 64) = 12',
    );
  });
});
