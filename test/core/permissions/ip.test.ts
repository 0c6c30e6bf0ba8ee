import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ip from "../../../host/core/permissions/ip.js";
import * as model from "./ip-model.js";

const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const mapped = v4.map((low) => Uint8Array.of(...new Array(10).fill(0), 255, 255, ...low));
const address = fc.oneof(v4, v6, mapped);
const network = fc
  .oneof(v4, v6)
  .chain((base) => fc.integer({ min: 0, max: base.length * 8 }).map((prefix) => ip.maskHostBits({ base, prefix })));
/** Addresses that differ from a network's base by one bit: where an off-by-one shows. */
const nearby = network.chain((net) =>
  fc.integer({ min: 0, max: net.base.length * 8 - 1 }).map((bit) => {
    const near = net.base.slice();
    near[bit >> 3] = (near[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
    return { net, near };
  }),
);

const rangeOf = ({ base, prefix }: ip.IpNetwork) => model.rangeOf(model.modelOf(base), prefix);

describe("a network", () => {
  it("holds an address as the range of numbers does", () => {
    fc.assert(
      fc.property(network, address, (net, some) => {
        expect(ip.networkContains(net, some)).toBe(model.isInRange(rangeOf(net), model.modelOf(some)));
      }),
    );
  });

  it("ends at the very bit that its prefix says", () => {
    const property = fc.property(nearby, ({ net, near }) => {
      expect(ip.networkContains(net, near)).toBe(model.isInRange(rangeOf(net), model.modelOf(near)));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it("overlaps another as the ranges do", () => {
    const property = fc.property(network, network, (one, other) => {
      const [a, b] = [rangeOf(one), rangeOf(other)];
      expect(ip.networksOverlap(one, other)).toBe(a.bits === b.bits && a.first <= b.last && b.first <= a.last);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("has host bits when its base is not the first of its range", () => {
    const property = fc.property(fc.oneof(v4, v6), fc.integer({ min: 0, max: 128 }), (base, wanted) => {
      const net = { base, prefix: Math.min(wanted, base.length * 8) };
      expect(ip.hasHostBits(net)).toBe(rangeOf(net).first !== model.modelOf(base).value);
      expect(model.modelOf(ip.maskHostBits(net).base).value).toBe(rangeOf(net).first);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe("the canonical form", () => {
  it("of an IPv4-mapped address is the IPv4 address, of any other the address", () => {
    const property = fc.property(address, (some) => {
      expect(model.modelOf(ip.canonicalAddress(some))).toEqual(model.canonicalModel(model.modelOf(some)));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it.each([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "::1"],
    ["::ffff:0.0.0.0", "127.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["0.0.0.1", "0.0.0.1"],
    ["::127.0.0.1", "::127.0.0.1"],
    ["2001:db8::1", "2001:db8::1"],
  ])("of the destination %s is %s", (written, canonical) => {
    expect(ip.canonicalDestination(model.bytesOfText(written))).toEqual(model.bytesOfText(canonical));
  });

  it("of a network within the IPv4-mapped range is a network of IPv4", () => {
    const base = model.bytesOfText("::ffff:10.0.0.0");
    expect(ip.canonicalNetwork({ base, prefix: 104 })).toEqual({ base: Uint8Array.of(10, 0, 0, 0), prefix: 8 });
    expect(ip.canonicalNetwork({ base, prefix: 95 })).toEqual({ base, prefix: 95 });
  });
});

describe("the IPv4 address inside an IPv6 one", () => {
  it.each([
    ["::127.0.0.1", "127.0.0.1"],
    ["64:ff9b::7f00:1", "127.0.0.1"],
    ["2002:7f00:1::", "127.0.0.1"],
    ["2002:7f00:1:ffff::1", "127.0.0.1"],
  ])("%s is %s", (outer, inner) => {
    expect(ip.embeddedV4(model.bytesOfText(outer))).toEqual(model.bytesOfText(inner));
  });

  it.each(["::", "::1", "64:ff9b:1::7f00:1", "2003:7f00:1::", "::1:127.0.0.1", "fe80::1"])("%s has none", (outer) => {
    expect(ip.embeddedV4(model.bytesOfText(outer))).toBeNull();
  });

  it("is none for an IPv4 address", () => {
    expect(ip.embeddedV4(Uint8Array.of(127, 0, 0, 1))).toBeNull();
  });
});

describe("a class", () => {
  it("holds the ranges that it names", () => {
    const special = fc.constantFrom(...Object.values(model.MODEL_CLASSES).flat());
    const offset = fc.bigInt({ min: -1n, max: 1n });
    const edges = fc.tuple(special, fc.boolean(), offset).map(([range, atEnd, by]) => {
      const limit = 1n << BigInt(range.bits);
      const value = ((atEnd ? range.last : range.first) + by + limit) % limit;
      return model.bytesOfModel({ bits: range.bits, value });
    });
    const property = fc.property(fc.oneof(address, edges), (some) => {
      for (const [name, ranges] of Object.entries(model.MODEL_CLASSES)) {
        const expected = ranges.some((range) => model.isInRange(range, model.modelOf(some)));
        expect(ip.isInClass(name as ip.IpClass, some)).toBe(expected);
        if (expected) expect(ip.isInClass("public", some)).toBe(false);
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it.each(["1.1.1.1", "8.8.8.8", "126.255.255.255", "128.0.0.0", "172.32.0.0", "2606:4700::1111", "2a00::1"])(
    "public holds %s",
    (text) => expect(ip.isInClass("public", model.bytesOfText(text))).toBe(true),
  );

  it.each([
    ...["0.0.0.0", "0.1.2.3", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"],
    ...["240.0.0.1", "255.255.255.255", "::", "::1", "::8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1"],
    ...["100::1", "2001::1", "2001:db8::1", "2002:808:808::", "fd00::1", "fe80::1", "fec0::1", "ff02::1"],
  ])("public does not hold %s", (text) => expect(ip.isInClass("public", model.bytesOfText(text))).toBe(false));
});
