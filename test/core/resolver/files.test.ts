import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AF_INET, AF_INET6 } from "../../../host/core/linux.generated.js";
import { parseHosts } from "../../../host/core/resolver/hosts.js";
import { parseResolvConf, type ServerAddress, searchLines } from "../../../host/core/resolver/resolv-conf.js";
import type { ResolverHost } from "../../../host/core/resolver/resolver-host.js";
import { addressOfReverseName } from "../../../host/core/resolver/reverse-name.js";
import { resolverHost } from "../../../host/runtime/resolver-host.js";
import { addressText, NOTHING } from "../../fakes/guest.js";

const machine: ResolverHost = Object.create(
  resolverHost(NOTHING, () => expect.unreachable()),
  {
    interfaceIndex: { value: (name: string) => (name === "eth0" ? 7 : 0) },
  },
);

function conf(text: string) {
  return parseResolvConf(text, machine);
}

function spell({ family, port, address, ...rest }: ServerAddress): string {
  const scope = "scopeId" in rest && rest.scopeId !== 0 ? `%${rest.scopeId}` : "";
  return `${family === AF_INET ? 4 : family === AF_INET6 ? 6 : "?"} ${addressText.format(address)}${scope} ${port}`;
}

describe("resolv.conf(5)", () => {
  it.each([
    ["nameserver 192.0.2.1\n", ["4 192.0.2.1 53"]],
    ["nameserver\t2001:db8::1  \nnameserver fe80::1%eth0", ["6 2001:db8::1 53", "6 fe80::1%7 53"]],
    ["nameserver fe80::1%3\nnameserver fe80::1%none", ["6 fe80::1%3 53", "6 fe80::1 53"]],
    [
      "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4",
      ["4 192.0.2.1 53", "4 192.0.2.2 53", "4 192.0.2.3 53"],
    ],
    ["nameserver 127.1\nnameserver dns.test\nnameserver\n", ["4 127.0.0.1 53"]],
    ["# nameserver 192.0.2.1\n;nameserver 192.0.2.2\nNAMESERVER 192.0.2.3", ["4 127.0.0.1 53"]],
    ["", ["4 127.0.0.1 53"]],
  ])("%j names servers", (text, wanted) => expect(conf(text).servers.map(spell)).toEqual(wanted));

  it.each([
    ["", { timeout: 5, attempts: 2, rotate: false }],
    ["options timeout:2 attempts:3 rotate", { timeout: 2, attempts: 3, rotate: true }],
    ["options timeout:2\noptions timeout:4 attempts:1", { timeout: 4, attempts: 1, rotate: false }],
    ["options timeout:99 attempts:99", { timeout: 30, attempts: 5, rotate: false }],
    ["options timeout:0 attempts:0", { timeout: 1, attempts: 1, rotate: false }],
    ["options timeout: attempts:x timeout:-1 rotated", { timeout: 5, attempts: 2, rotate: false }],
  ])("%j has options", (text, wanted) => expect(conf(text)).toMatchObject(wanted));

  it("tells guests the lines that concern them alone", () => {
    const text =
      "nameserver 192.0.2.1\nsearch a.test b.test\n#search c\ndomain d\noptions ndots:3\nsearching\n search e";
    expect(searchLines(text)).toBe("search a.test b.test\ndomain d\noptions ndots:3\n");
  });

  it("never throws, whatever it holds", () => {
    const line = fc.tuple(fc.constantFrom("nameserver ", "options ", "search ", ""), fc.string({ unit: "binary" }));
    const property = fc.property(fc.array(line.map((parts) => parts.join(""))), (lines) => {
      const { servers, timeout, attempts } = conf(lines.join("\n"));
      expect(servers.length).toBeGreaterThan(0);
      expect([timeout, attempts].every((value) => value >= 1 && value <= 30)).toBe(true);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

describe("hosts(5)", () => {
  const read = (text: string) => {
    const { names, reverse } = parseHosts(text, addressText);
    const entries = [...names].map(([name, { canonical, addresses, lines }]) => [
      name,
      canonical,
      ...addresses.map((address) => addressText.format(address)),
      ...lines.map((line) => line.join(",")),
    ]);
    return { names: entries, reverse: [...reverse].map(([address, line]) => [address, line.join(",")]) };
  };

  it("has names, aliases, and the names of each address's first line", () => {
    expect(read("10.0.0.1\tA.test a # comment\n10.0.0.1 late.test\n\n::1 a.test\n10.0.0.1 a")).toEqual({
      names: [
        ["a.test", "a.test", "10.0.0.1", "::1", "a.test,a", "a.test"],
        ["a", "a.test", "10.0.0.1", "a.test,a", "a"],
        ["late.test", "late.test", "10.0.0.1", "late.test"],
      ],
      reverse: [
        ["10.0.0.1", "a.test,a"],
        ["::1", "a.test"],
      ],
    });
  });

  it.each(["#10.0.0.1 a", "10.1 a", "0x0a000001 a", "fe80::1%lo a", "10.0.0.1", "10.0.0.1 1.2.3.4 -a a_.-", "a b"])(
    "passes over %j",
    (text) => expect(read(text)).toEqual({ names: [], reverse: [] }),
  );

  it("never throws, whatever it holds", () => {
    const word = fc.oneof(fc.constantFrom("10.0.0.1", "::1", "a.test", "#", "constructor", "__proto__"), fc.string());
    const property = fc.property(fc.array(word), (words) => {
      for (const [name] of read(words.join(" ")).names) expect(name).toMatch(/^[a-z0-9_.-]+$/);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

describe("the name of an address", () => {
  it("is read as the address, of either family", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const four = fc.array(octet, { minLength: 4, maxLength: 4 });
    const six = fc.array(octet, { minLength: 16, maxLength: 16 });
    const property = fc.property(fc.oneof(four, six), (octets) => {
      const labels =
        octets.length === 4
          ? [...octets].reverse()
          : [...octets].reverse().flatMap((each) => [(each & 15).toString(16), (each >> 4).toString(16)]);
      const name = `${labels.join(".")}.${octets.length === 4 ? "in-addr" : "ip6"}.arpa`;
      expect([...(addressOfReverseName(name, addressText) ?? [])]).toEqual(octets);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it.each([
    ...[
      "1.0.0.127.in-addr.arpa.evil.test",
      "0.0.127.in-addr.arpa",
      "1.1.0.0.127.in-addr.arpa",
      "01.0.0.127.in-addr.arpa",
    ],
    ...["256.0.0.127.in-addr.arpa", "a.0.0.127.in-addr.arpa", "in-addr.arpa", ".in-addr.arpa", "1..0.127.in-addr.arpa"],
    ...[
      "xin-addr.arpa",
      "ip6.arpa",
      `${"0.".repeat(31)}ip6.arpa`,
      `${"0.".repeat(33)}ip6.arpa`,
      `${"0.".repeat(30)}00.ip6.arpa`,
    ],
    ...[`g.${"0.".repeat(31)}ip6.arpa`, "127.0.0.1"],
  ])("is not %s", (name) => expect(addressOfReverseName(name, addressText)).toBeNull());
});
