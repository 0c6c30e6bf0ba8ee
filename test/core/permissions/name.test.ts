import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalName, isNameWithin } from "../../../host/core/permissions/name.js";
import { addressText } from "../../fakes/guest.js";

const canonical = (text: string): string | null => canonicalName(text, addressText);

describe("a name", () => {
  it.each([
    ["127.0.0.1", "an address"],
    ["127.1", "a short address"],
    ["2130706433", "a number"],
    ["0x7f.1", "a number with a hexadecimal part"],
    ["1.0x7f", "one that ends in it"],
    ["①②⑦.0.0.1", "an address in another script"],
    ["127。0。0。1", "an address with other dots"],
    ["127.0.0.1\u00000.ok.com", "cut by a NUL"],
    ["a\u0000.com", "with a NUL"],
    ["example.com..", "with two dots at its end"],
    ["ü#.com", "cut where a URL's fragment begins"],
    ["ü:80", "with a port"],
    ["user@ü.com", "with a user"],
    ["[::1]", "an address in brackets"],
    ["a／b.com", "with a slash of another script"],
    ["ａ%2eb", "with percent-encoding"],
    ["xn--a.ü", "with a broken A-label"],
    ["", "empty"],
    [".", "the root"],
  ])("%j is none: %s", (text) => expect(canonical(text)).toBeNull());

  it("has one form, whatever its case, its final dot or its script", () => {
    for (const text of ["bücher.de", "BÜCHER.DE.", "xn--bcher-kva.de", "XN--BCHER-KVA.de.", "bu\u0308cher。de"]) {
      expect(canonical(text)).toBe("xn--bcher-kva.de");
    }
  });

  it("is read in a time that grows with its length, whatever it holds", () => {
    // U+212A is no ASCII, and a letter to a pattern that ignores case.
    for (const unit of ["\u212a", "\u017f", "a", "ü", "-", "."]) {
      const started = performance.now();
      expect(canonical(`${unit.repeat(100_000)}#`)).toBeNull();
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });

  it("in its one form stays as it is, and is no address to any parser", () => {
    let names = 0;
    const unit = fc.constantFrom(..."aZ09-_.０１②ü。ß١\u00ad\u200d\u202e#/%", "0x", "127.0.0.", "xn--");
    const property = fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
      const name = canonical(text);
      if (name === null) return;
      names++;
      expect(canonical(name)).toBe(name);
      expect(name).toMatch(/^[a-z0-9_.-]{1,253}$/);
      expect([addressText.aton(name), addressText.parse4(name), addressText.parse6(name)]).toEqual([null, null, null]);
    });
    fc.assert(property, { numRuns: 20_000 });
    expect(names).toBeGreaterThan(1000);
  });
});

describe("a rule for names", () => {
  it("meets labels as a model with lists of labels does", () => {
    const label = fc.constantFrom("a", "b", "ab", "example", "com", "evilexample");
    const labels = fc.array(label, { minLength: 1, maxLength: 4 });
    const property = fc.property(labels, labels, fc.boolean(), fc.boolean(), (asked, rule, extend, below) => {
      const name = extend ? [...asked, ...rule] : asked;
      const tail = name.slice(name.length - rule.length);
      const isTail = rule.length <= name.length && tail.every((each, i) => each === rule[i]);
      const wanted = isTail && (below ? name.length > rule.length : name.length === rule.length);
      expect(isNameWithin(name.join("."), rule.join("."), below)).toBe(wanted);
    });
    fc.assert(property, { numRuns: 5000 });
  });
});
