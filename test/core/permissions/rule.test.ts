import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BadRuleError, parsePolicy } from "../../../host/core/permissions/parse-policy.js";
import { parseRule, type Rule } from "../../../host/core/permissions/rule.js";
import { addressText } from "../../fakes/guest.js";

const asIs = (directory: string): string => directory;

function parse(text: string): Rule {
  const parsed = parseRule(text, addressText, asIs);
  if ("error" in parsed) throw new Error(parsed.error.reason);
  return parsed.value;
}

function flawOf(text: string) {
  const parsed = parseRule(text, addressText, asIs);
  return "error" in parsed ? parsed.error : null;
}

/** What a user is told to type instead of the flag. */
function correctionOf(value: string): string | null {
  try {
    parsePolicy([{ name: "allow-net-connect", value }], false, addressText, asIs);
    return "no error";
  } catch (error) {
    return error instanceof BadRuleError ? error.correction : `thrown: ${error}`;
  }
}

describe("a rule that does not parse", () => {
  it.each([
    ["::1", "[::1]"],
    ["::1/128", "[::1/128]"],
    ["fe80::1%eth0", "[fe80::1%eth0]"],
    ["2001:db8::1", "[2001:db8::1]"],
    ["127.1", "127.0.0.1"],
    ["127.1:80", "127.0.0.1:80"],
    ["0x7f.1", "127.0.0.1"],
    ["2130706433", "127.0.0.1"],
    ["010.0.0.1", "8.0.0.1"],
    ["tcp:127.1:80", "tcp:127.0.0.1:80"],
    ["http://127.0.0.1", "127.0.0.1:80"],
    ["https://127.0.0.1:8443/path", "127.0.0.1:8443"],
    ["tcp://127.0.0.1:80", "127.0.0.1:80"],
    [":8080", "loopback:8080"],
    ["10.0.0.1/8", "10.0.0.0/8"],
    ["10.0.0.1/8:80", "10.0.0.0/8:80"],
    ["[fe80::1/10]", "[fe80::/10]"],
    ["a.b c", "a.bc"],
    ["127.0.0.1\0", "127.0.0.1"],
    ["127.0.0.1\t", "127.0.0.1"],
    ["unix:/run/", "unix:/run/**"],
    ["①②⑦.0.0.1:80", "127.0.0.1:80"],
    ["①②⑦。１", "127.0.0.1"],
    ["https://example.com/path", "example.com:443"],
    ["*example.com", "*.example.com"],
    ["**.example.com:80", "*.example.com:80"],
    ["Loopback", "loopback"],
    ["private.", "private"],
  ])("'%s' is corrected to '%s'", (rule, correction) => {
    expect(correctionOf(rule)).toBe(`--allow-net-connect=${correction}`);
  });

  it("'*' is corrected to the flag without a value", () => {
    expect(correctionOf("*")).toBe("--allow-net-connect");
  });

  it("is corrected in its place among the others", () => {
    expect(correctionOf("loopback,::1,10.0.0.0/8")).toBe("--allow-net-connect=loopback,[::1],10.0.0.0/8");
  });

  it.each([
    ...["", "a.com, b.com", "①②⑦.0.0.1", "127.0.0.1:80:90", "127.0.0.256", "1.2.3.4.5", "127.0.0.1/33"],
    ...[
      "127.0.0.1/",
      "127.0.0.1/x",
      "127.0.0.1:",
      "127.0.0.1:65536",
      "127.0.0.1:-1",
      "127.0.0.1:http",
      "127.0.0.1:90-80",
    ],
    ...[
      "[::1",
      "[::1]x",
      "[]",
      "[127.0.0.1]",
      "[::1/129]",
      "[::1]:99999",
      "127.0.0.1%eth0",
      "[::1%]",
      "vsock:1:2",
      "raw:icmp",
    ],
    ...["unix:", "unix:a.sock", "unix:@", "unix:/a*b", "unix:/*/a", "tcp:", "udp:", "tcp:udp:1.1.1.1", "loopback/8"],
    ...[
      "a..b",
      ".a",
      "a_b.-c",
      "a-.b",
      "a.1",
      "a.0x7f",
      "1.0x",
      "a b",
      "a/b",
      "a@b",
      "a#b",
      "a%2e",
      "ü#b",
      "ü/b",
      "a?b",
    ],
    ...["a.*.b", "a.*", "*.", "*.1", "*.*.a", `${"a".repeat(64)}.b`, `${"a.".repeat(127)}b`, "a\\.b", "a\u202eb"],
  ])("'%s' has a reason", (rule) => {
    expect(flawOf(rule)?.reason).toMatch(/\S/);
  });

  it("is one of a list with an empty item", () => {
    for (const list of ["1.1.1.1,,2.2.2.2", ",1.1.1.1", "1.1.1.1,"]) expect(correctionOf(list)).not.toBe("no error");
  });

  it("gets a correction that parses", () => {
    const pieces = fc.constantFrom(
      ...[
        "127",
        "0x7f",
        "1",
        ".",
        ".0.0.",
        ":",
        "::",
        "/",
        "8",
        "[",
        "]",
        "%",
        "-",
        "*",
        "@",
        "unix:",
        "tcp:",
        "fe80",
        "10.0.0.1",
      ],
      ...["http://", " ", "\0", "localhost", "loopback", "65535", "010"],
    );
    const property = fc.property(fc.array(pieces, { maxLength: 7 }), (parts) => {
      const suggestion = flawOf(parts.join(""))?.suggestion;
      // A correction may have a further flaw (a URL's host may be short), but then it is told, too.
      if (suggestion) expect(flawOf(suggestion)?.reason ?? "").toEqual(expect.any(String));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it("never throws, whatever the text is", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."0123456789.:/[]%-*@xabcdef") }),
      fc.string().map((path) => `unix:${path}`),
    );
    const property = fc.property(text, (rule) => {
      const parsed = parseRule(rule, addressText, asIs);
      expect("error" in parsed ? parsed.error.reason : parsed.value.text).not.toBeUndefined();
    });
    fc.assert(property, { numRuns: 5000 });
  });

  it("may be as long as a command line", () => {
    for (const prefix of ["", "unix:/", "unix:@", "[", "1."]) {
      expect(() => parseRule(prefix + "1".repeat(130_000), addressText, asIs)).not.toThrow();
    }
  });
});

describe("a rule", () => {
  it.each([
    ["127.0.0.1", null],
    ["127.0.0.1:*", null],
    ["127.0.0.1:80", { first: 80, last: 80 }],
    ["127.0.0.1:0", { first: 0, last: 0 }],
    ["127.0.0.1:8000-8010", { first: 8000, last: 8010 }],
    ["[::1]:0-65535", { first: 0, last: 65535 }],
  ])("'%s' is for the ports that it says", (rule, ports) => expect(parse(rule).ports).toEqual(ports));

  it.each([
    ["tcp:127.0.0.1", "tcp"],
    ["udp:[::1]:53", "udp"],
    ["127.0.0.1", null],
  ])("'%s' is for its transport", (rule, transport) => expect(parse(rule).transport).toBe(transport));

  it.each([
    ["127.0.0.1", [127, 0, 0, 1], 32],
    ["0.0.0.0/0", [0, 0, 0, 0], 0],
    ["10.0.0.0/8", [10, 0, 0, 0], 8],
    ["[::ffff:127.0.0.1]", [127, 0, 0, 1], 32],
    ["[::ffff:10.0.0.0/104]", [10, 0, 0, 0], 8],
    ["[::1]", [...new Array(15).fill(0), 1], 128],
    ["[fe80::1%eth0]", [0xfe, 0x80, ...new Array(13).fill(0), 1], 128],
  ])("'%s' is for a network", (rule, base, prefix) => {
    expect(parse(rule).target).toEqual({ kind: "network", network: { base: Uint8Array.from(base), prefix } });
  });

  it.each(["loopback", "private", "link-local", "multicast", "public"])("'%s' is for a class", (rule) => {
    expect(parse(`${rule}:80`).target).toEqual({ kind: "class", ipClass: rule });
  });

  it.each(["localhost", "LocalHost", "localhost."])("'%s' is for the two loopback addresses", (rule) => {
    expect(parse(rule).target).toEqual({ kind: "localhost" });
  });

  it.each([
    ["example.com", "example.com", false],
    ["EXAMPLE.Com.:443", "example.com", false],
    ["tcp:*.example.com:1-2", "example.com", true],
    ["bücher.de", "xn--bcher-kva.de", false],
    ["*.BÜCHER.de.", "xn--bcher-kva.de", true],
    ["faß.de", "xn--fa-hia.de", false],
    ["例え。テスト", "xn--r8jz45g.xn--zckzah", false],
    ["db", "db", false],
    ["1.0.0.127.in-addr.arpa", "1.0.0.127.in-addr.arpa", false],
    ["_sip._tcp.example.com", "_sip._tcp.example.com", false],
    ["*.localhost", "localhost", true],
    [`${"a.".repeat(126)}b`, `${"a.".repeat(126)}b`, false],
  ])("'%s' is for names", (rule, name, below) => {
    expect(parse(rule).target).toEqual({ kind: "name", name, below });
  });

  it.each([
    ["unix:/run/a.sock", { kind: "unix-path", path: "/run/a.sock", below: false }],
    ["unix:/a.sock", { kind: "unix-path", path: "/a.sock", below: false }],
    ["unix:/run/app/**", { kind: "unix-path", path: "/run/app", below: true }],
    ["unix:/run/ü:80", { kind: "unix-path", path: "/run/\u00c3\u00bc:80", below: false }],
    ["unix:@name", { kind: "unix-abstract", name: "name", isPrefix: false }],
    ["unix:@pre*", { kind: "unix-abstract", name: "pre", isPrefix: true }],
    ["unix:@*", { kind: "unix-abstract", name: "", isPrefix: true }],
  ])("'%s' is for Unix sockets", (rule, target) => expect(parse(rule).target).toEqual(target));

  it("resolves the directory of a path when it is parsed", () => {
    const parsed = parseRule("unix:/var/run/a.sock", addressText, (directory) => directory.replace("/var/run", "/run"));
    expect(parsed).toMatchObject({ value: { target: { path: "/run/a.sock" } } });
  });
});
