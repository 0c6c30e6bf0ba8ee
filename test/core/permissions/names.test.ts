import { describe, expect, it } from "vitest";
import { BadRuleError, parsePolicy } from "../../../host/core/permissions/parse-policy.js";
import { addressText } from "../../fakes/guest.js";
import { Rights } from "../../fakes/rights.js";

const PUBLIC = "93.184.216.34";
const ALL_BUT_LOOPBACK = "--allow-net --deny-net=127.0.0.0/8";

describe("looking up", () => {
  it.each([
    ["", "example.com", false],
    ["--allow-net", "example.com", true],
    ["--allow-all", "example.com", true],
    ["--allow-net-resolve", "example.com", true],
    ["--allow-net-resolve=example.com", "example.com", true],
    ["--allow-net-resolve=example.com", "example.org", false],
    ["--allow-net=example.com:443", "example.com", true],
    ["--allow-net-connect=example.com", "example.com", false],
    ["--allow-net-connect", "example.com", false],
    ["--allow-net-listen", "example.com", false],
    ["--allow-net=10.0.0.0/8,public,[::/0]", "example.com", false],
    ["--allow-net=loopback", "localhost", false],
    ["--allow-net=127.0.0.1", "localhost", false],
    ["--allow-net=localhost", "localhost", true],
    ["--allow-net=localhost", "LOCALHOST.", true],
    ["--allow-net=localhost", "a.localhost", false],
    ["--allow-net-resolve=*.localhost", "a.localhost", true],
    ["--allow-net=EXAMPLE.com", "example.COM", true],
    ["--allow-net=EXAMPLE.com", "example.com.", true],
    ["--allow-net=example.com", "notexample.com", false],
    ["--allow-net=example.com", "a.example.com", false],
    ["--allow-net=*.example.com", "example.com", false],
    ["--allow-net=*.example.com", "a.b.example.com", true],
    ["--allow-net=*.example.com", "notexample.com", false],
    ["--allow-net=bücher.de", "xn--bcher-kva.de", true],
    ["--allow-net=xn--bcher-kva.de", "bücher.de", true],
    ["--allow-net --deny-net=example.com", "example.com", false],
    ["--allow-net --deny-net=example.com", "a.example.com", true],
    ["--allow-net --deny-net=*.example.com", "a.example.com", false],
    ["--allow-net --deny-net=example.com:80", "example.com", true],
    ["--allow-net --deny-net-connect=example.com", "example.com", true],
    ["--allow-net --deny-net-resolve", "example.com", false],
    ["--allow-all --deny-net-resolve=example.com", "example.com", false],
    ["--allow-all --deny-net=0.0.0.0/0,[::/0]", "example.com", true],
    ["--allow-all --deny-net", "example.com", false],
  ])("with '%s', %s: %j", (flags, name, want) => {
    const rights = new Rights(flags);
    expect(rights.resolve(name)).toBe(want);
    expect(rights.denials).toHaveLength(want ? 0 : 1);
  });

  it.each(["2130706433", "0x7f.1", "127.1", "①②⑦.0.0.1", "0", "127.0.0.1\u00000.ok.com", "127.0.0.1"])(
    "%j is not even asked for: it is no name",
    (text) => expect(new Rights(ALL_BUT_LOOPBACK).resolve(text)).toBe(false),
  );

  it("the name of an address is open to who may connect to it, at whatever port", () => {
    const open = (flags: string, address: string): boolean => new Rights(flags).reverse(address);
    expect(open("--allow-net-connect=10.0.0.0/8:443", "10.1.2.3")).toBe(true);
    expect(open("--allow-net-connect=10.0.0.0/8:443", "::ffff:10.1.2.3")).toBe(true);
    expect(open("--allow-net-connect=udp:10.0.0.0/8:53", "10.1.2.3")).toBe(true);
    expect(open("--allow-net-connect=10.0.0.0/8:443", "11.1.2.3")).toBe(false);
    expect(open("--allow-net-connect=10.0.0.1:80 --deny-net-connect=10.0.0.1:80", "10.0.0.1")).toBe(false);
    expect(open("--allow-net-connect=10.0.0.1 --deny-net-connect=10.0.0.1:1-65534", "10.0.0.1")).toBe(true);
    expect(open("--allow-net-connect=10.0.0.1 --deny-net-connect=10.0.0.1:1-65535", "10.0.0.1")).toBe(false);
    expect(open("--allow-net-connect=10.0.0.1:0", "10.0.0.1")).toBe(false);
    expect(open("--allow-net-listen=10.0.0.1", "10.0.0.1")).toBe(false);
    expect(open("--allow-net-connect=10.0.0.1 --deny-net-resolve=reverse.arpa", "10.0.0.1")).toBe(false);
    expect(open("--allow-net-resolve=reverse.arpa", "10.0.0.1")).toBe(true);
  });

  it("the name of an address that was looked up is open, too", () => {
    const rights = new Rights("--allow-net=example.com:443");
    expect(rights.reverse(PUBLIC)).toBe(false);
    rights.resolve("example.com", PUBLIC);
    expect(rights.reverse(PUBLIC)).toBe(true);
  });
});

describe("connecting by a name's rule", () => {
  it.each([
    ["--allow-net=example.com:443", [PUBLIC], PUBLIC, 443, true],
    ["--allow-net=example.com:443", [PUBLIC], PUBLIC, 444, false],
    ["--allow-net=example.com:443", [PUBLIC], "93.184.216.35", 443, false],
    ["--allow-net=example.com:443", [PUBLIC], `::ffff:${PUBLIC}`, 443, true],
    ["--allow-net=udp:example.com", [PUBLIC], PUBLIC, 443, false],
    ["--allow-net=example.com", ["2606:4700::1"], "2606:4700::1", 443, true],
    ["--allow-net=*.com", [PUBLIC], PUBLIC, 443, true],
    ["--allow-net-resolve=example.com", [PUBLIC], PUBLIC, 443, false],
    ["--allow-net-resolve --allow-net-connect=example.com", [PUBLIC], PUBLIC, 443, true],
    ["--allow-net-resolve --allow-net-connect=example.org", [PUBLIC], PUBLIC, 443, false],
    ["--allow-net=example.com", ["169.254.169.254"], "169.254.169.254", 80, false],
    ["--allow-net=example.com", ["10.0.0.5"], "10.0.0.5", 80, false],
    ["--allow-net=example.com,10.0.0.5", ["10.0.0.5"], "10.0.0.5", 80, true],
    ["--allow-net=example.com,private", ["10.0.0.5"], "10.0.0.5", 80, true],
    ["--allow-net=example.com", ["127.0.0.1"], "127.0.0.1", 80, false],
    ["--allow-net=example.com", ["0.0.0.0"], "0.0.0.0", 80, false],
    ["--allow-net=example.com", ["::"], "::1", 80, false],
    ["--allow-net=example.com", ["::ffff:127.0.0.1"], "127.0.0.1", 80, false],
    ["--allow-net=example.com", ["64:ff9b::7f00:1"], "64:ff9b::7f00:1", 80, false],
    ["--allow-net=example.com", ["2002:7f00:1::"], "2002:7f00:1::", 80, false],
    ["--allow-net=example.com", ["::127.0.0.1"], "::127.0.0.1", 80, false],
    ["--allow-net=example.com", ["224.0.0.1"], "224.0.0.1", 80, false],
    ["--allow-net=example.com", ["fe80::1"], "fe80::1", 80, false],
    ["--allow-net=example.com --deny-net=93.184.0.0/16", [PUBLIC], PUBLIC, 443, false],
    ["--allow-net --deny-net-connect=example.com", [PUBLIC], PUBLIC, 443, false],
    ["--allow-net --deny-net-connect=example.com:80", [PUBLIC], PUBLIC, 443, true],
    ["--allow-all --deny-net-connect=example.com", [PUBLIC], PUBLIC, 443, false],
    [ALL_BUT_LOOPBACK, ["127.0.0.1"], "127.0.0.1", 80, false],
    [ALL_BUT_LOOPBACK, ["::ffff:127.0.0.1"], "::ffff:127.0.0.1", 80, false],
    [ALL_BUT_LOOPBACK, ["0.0.0.0"], "0.0.0.0", 80, false],
  ] as const)("with '%s', example.com has %j: %s port %i: %j", (flags, answer, address, port, want) => {
    const rights = new Rights(flags);
    expect(rights.resolve("example.com", ...answer)).toBe(true);
    expect(rights.connect(address, port)).toBe(want);
  });

  it("takes a look-up first", () => {
    const rights = new Rights("--allow-net=example.com");
    expect(rights.connect(PUBLIC)).toBe(false);
    rights.resolve("example.com", PUBLIC);
    expect(rights.connect(PUBLIC)).toBe(true);
  });

  it("does not reach what only another name has", () => {
    const rights = new Rights("--allow-net=a.com --allow-net-resolve=b.com");
    rights.resolve("a.com", "93.184.216.1");
    rights.resolve("b.com", "93.184.216.2");
    expect([rights.connect("93.184.216.1"), rights.connect("93.184.216.2")]).toEqual([true, false]);
  });

  it("is refused where one of the address's names is denied", () => {
    const rights = new Rights("--allow-net=a.com --allow-net-resolve=b.com --deny-net-connect=b.com");
    rights.resolve("a.com", PUBLIC);
    expect(rights.connect(PUBLIC)).toBe(true);
    rights.resolve("b.com", PUBLIC);
    expect(rights.connect(PUBLIC)).toBe(false);
    expect(rights.permissions.lastVerdict?.rule).toBe("--deny-net-connect=b.com");
  });

  it("names the rule in its verdict", () => {
    const rights = new Rights("--allow-net=Example.COM:443");
    rights.resolve("example.com", PUBLIC);
    rights.connect(PUBLIC);
    expect(rights.permissions.lastVerdict).toEqual({ allowed: true, rule: "--allow-net=Example.COM:443" });
  });

  it("ends when the leases are too many, oldest first", () => {
    const rights = new Rights("--allow-net=*.com");
    rights.resolve("a.com", PUBLIC);
    for (let i = 0; i < 16_384; i++) rights.resolve("b.com", `20.0.${i >> 8}.${i & 255}`);
    expect([rights.connect(PUBLIC), rights.connect("20.0.0.0"), rights.connect("20.0.63.255")]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it("reaches as many addresses of one answer as any client tries", () => {
    const rights = new Rights("--allow-net=a.com");
    rights.resolve("a.com", ...Array.from({ length: 300 }, (_, i) => `20.0.${i >> 8}.${i & 255}`));
    expect([rights.connect("20.0.0.255"), rights.connect("20.0.1.0")]).toEqual([true, false]);
  });
});

describe("the smallest grant", () => {
  it("for a look-up is its name", () => {
    const rights = new Rights("");
    rights.resolve("BÜCHER.de.");
    expect(rights.lastGrant).toBe("--allow-net-resolve=xn--bcher-kva.de");
  });

  it("for an address that was looked up by one name is the name", () => {
    const rights = new Rights("--allow-net-resolve");
    rights.resolve("example.com", PUBLIC, "10.0.0.5", "::ffff:93.184.216.35");
    rights.connect(PUBLIC);
    expect(rights.lastGrant).toBe("--allow-net-connect=example.com:443");
    rights.connect("93.184.216.35");
    expect(rights.lastGrant).toBe("--allow-net-connect=example.com:443");
  });

  it("is the address where a name would not open it, or several have it", () => {
    const rights = new Rights("--allow-net-resolve");
    rights.resolve("example.com", PUBLIC, "10.0.0.5");
    rights.connect("10.0.0.5");
    expect(rights.lastGrant).toBe("--allow-net-connect=10.0.0.5:443");
    rights.resolve("example.org", PUBLIC);
    rights.connect(PUBLIC);
    expect(rights.lastGrant).toBe(`--allow-net-connect=${PUBLIC}:443`);
  });
});

describe("a rule that makes no sense to its flag", () => {
  it.each([
    ["allow-net-listen", "example.com:8080", "loopback:8080"],
    ["deny-net-listen", "*.example.com", "loopback"],
    ["allow-net-resolve", "example.com:443", "example.com"],
    ["allow-net-resolve", "example.com:*", "example.com"],
    ["allow-net-resolve", "tcp:example.com", "example.com"],
    ["deny-net-resolve", "udp:*.example.com:53", "*.example.com"],
    ["allow-net-resolve", "10.0.0.1", null],
    ["allow-net-resolve", "[::1]:53", null],
    ["allow-net-resolve", "loopback", null],
    ["allow-net-resolve", "unix:/run/a", null],
  ])("--%s=%s", (name, value, suggestion) => {
    const parse = () => parsePolicy([{ name, value }], false, addressText, (path) => path);
    expect(parse).toThrow(BadRuleError);
    const wanted = suggestion === null ? null : `--${name}=${suggestion}`;
    expect(correctionBy(parse)).toBe(wanted);
  });

  it.each([
    ["allow-net-listen", "localhost:0"],
    ["allow-net-resolve", "localhost"],
    ["deny-net-resolve", "*.localhost"],
  ])("is not --%s=%s", (name, value) => {
    expect(() => parsePolicy([{ name, value }], false, addressText, (path) => path)).not.toThrow();
  });
});

function correctionBy(parse: () => unknown): string | null {
  try {
    parse();
    return "no error";
  } catch (error) {
    return (error as BadRuleError).correction;
  }
}
