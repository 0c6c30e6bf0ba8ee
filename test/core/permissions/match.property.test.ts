import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Transport } from "../../../host/core/permissions/rule.js";
import { addressText, policyOf } from "../../fakes/guest.js";
import {
  bytesOfModel,
  canonicalModel,
  isInRange,
  MODEL_CLASSES,
  type ModelAddress,
  type ModelRange,
  modelOf,
  rangeOf,
  rangeOfText,
} from "./ip-model.js";

/** A rule that the model understands by itself, and its text. */
interface ModelRule {
  readonly text: string;
  readonly ranges: readonly ModelRange[];
  readonly transport: Transport | null;
  readonly ports: readonly [number, number];
}

// Few bits vary, so that rules and addresses meet often.
const octet = fc.constantFrom(0, 1, 10, 127, 128, 255);
const v4 = fc.tuple(octet, octet, octet, octet).map((octets) => modelOf(Uint8Array.from(octets)));
const v6Prefix = fc.constantFrom("::", "::ffff:0:0", "64:ff9b::", "fe80::", "2001:db8::", "fc00::");
const v6 = fc.tuple(v6Prefix, v4).map(([prefix, low]): ModelAddress => {
  const base = modelOf(addressText.parse6(prefix) as Uint8Array);
  return { bits: 128, value: base.value + low.value };
});
const sixToFour = v4.map(({ value }): ModelAddress => ({ bits: 128, value: (0x2002n << 112n) + (value << 80n) }));
const address = fc.oneof(v4, v6, sixToFour);
const port = fc.constantFrom(0, 1, 79, 80, 81, 443, 65535);

const network = fc.tuple(fc.oneof(v4, v6), fc.double({ min: 0, max: 1, noNaN: true })).map(([base, part]) => {
  const prefix = Math.round(part * base.bits);
  const range = rangeOf(base, prefix);
  const text = `${addressText.format(bytesOfModel({ bits: base.bits, value: range.first }))}/${prefix}`;
  return { text: base.bits === 32 ? text : `[${text}]`, ranges: [canonicalRange(range, prefix)] };
});
const ipClass = fc.constantFrom(...Object.entries(MODEL_CLASSES)).map(([text, ranges]) => ({ text, ranges }));
const ports = fc.tuple(port, port).map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);
const rule: fc.Arbitrary<ModelRule> = fc
  .tuple(fc.oneof(network, ipClass), fc.constantFrom<Transport | null>(null, "tcp", "udp"), ports)
  .map(([{ text, ranges }, transport, [first, last]]) => ({
    ranges,
    transport,
    ports: [first, last] as const,
    text: `${transport === null ? "" : `${transport}:`}${text}:${first}-${last}`,
  }))
  // A rule for the unspecified address alone means something else to each verb: tested by example.
  .filter(
    ({ text }) =>
      !/(0\.0\.0\.0|\[::)\/(32|128|0)\]?:/.test(text) && !/\[::ffff:0:0\/(96|128)\]|\[::ffff:0\.0\.0\.0\//.test(text),
  );

/** A rule within the IPv4-mapped range is one of IPv4. */
function canonicalRange(range: ModelRange, prefix: number): ModelRange {
  const first = canonicalModel({ bits: range.bits, value: range.first });
  return range.bits === 128 && first.bits === 32 && prefix >= 96 ? rangeOf(first, prefix - 96) : range;
}

const LOOPBACK_4 = 0x7f000001n;

function destination(given: ModelAddress): ModelAddress {
  const { bits, value } = canonicalModel(given);
  if (value !== 0n) return { bits, value };
  return { bits, value: bits === 32 ? LOOPBACK_4 : 1n };
}

const COMPATIBLE = rangeOfText("::/96");
const NAT64 = rangeOfText("64:ff9b::/96");
const SIX_TO_FOUR = rangeOfText("2002::/16");

/** The address, and the IPv4 one in it. */
function withEmbedded(given: ModelAddress): ModelAddress[] {
  const low = (value: bigint): ModelAddress => destination({ bits: 32, value: value & 0xffffffffn });
  if (isInRange(COMPATIBLE, given)) return given.value <= 1n ? [given] : [given, low(given.value)];
  if (isInRange(NAT64, given)) return [given, low(given.value)];
  return isInRange(SIX_TO_FOUR, given) ? [given, low(given.value >> 80n)] : [given];
}

function covers(
  { ranges, transport, ports: [first, last] }: ModelRule,
  wanted: Transport,
  at: number,
  to: ModelAddress,
) {
  const isFit = (transport === null || transport === wanted) && first <= at && at <= last;
  return isFit && ranges.some((range) => isInRange(range, to));
}

function expected(
  allow: ModelRule[],
  deny: ModelRule[],
  transport: Transport,
  given: ModelAddress,
  at: number,
): boolean {
  const to = destination(given);
  const isDenied = withEmbedded(to).some((each) => deny.some((one) => covers(one, transport, at, each)));
  return !isDenied && allow.some((one) => covers(one, transport, at, to));
}

function flagsOf(name: string, rules: ModelRule[]): string {
  return rules.length === 0 ? "" : ` --${name}=${rules.map(({ text }) => text).join(",")}`;
}

const rules = fc.array(rule, { maxLength: 3 });
const transport = fc.constantFrom<Transport>("tcp", "udp");

describe("rules and destinations", () => {
  it("meet as ranges of numbers do, with denials first", () => {
    let allowed = 0;
    let denied = 0;
    const property = fc.property(rules, rules, transport, address, port, (allow, deny, kind, to, at) => {
      const policy = policyOf(flagsOf("allow-net-connect", allow) + flagsOf("deny-net-connect", deny));
      const endpoint = { kind: "ip", transport: kind, address: bytesOfModel(to), port: at } as const;
      const verdict = policy.judge({ verb: "connect", endpoint });
      expect(verdict.allowed).toBe(expected(allow, deny, kind, to, at));
      verdict.allowed ? allowed++ : denied++;
    });
    fc.assert(property, { numRuns: 8000 });
    // Both answers must have been common for the comparison to mean anything.
    expect(Math.min(allowed, denied)).toBeGreaterThan(100);
  });

  it("are never allowed by a rule for the other right", () => {
    const property = fc.property(rules, transport, address, port, (allow, kind, to, at) => {
      const policy = policyOf(flagsOf("allow-net-listen", allow));
      const endpoint = { kind: "ip", transport: kind, address: bytesOfModel(to), port: at } as const;
      expect(policy.judge({ verb: "send", endpoint })).toEqual({ allowed: false, rule: null });
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe("a verdict", () => {
  it("names the rule that gave it", () => {
    const policy = policyOf("--allow-net-connect=10.0.0.1,loopback:80 --deny-net=10.0.0.0/8");
    const judge = (bytes: number[], at: number) =>
      policy.judge({
        verb: "connect",
        endpoint: { kind: "ip", transport: "tcp", address: Uint8Array.from(bytes), port: at },
      });
    expect(judge([127, 0, 0, 1], 80)).toEqual({ allowed: true, rule: "--allow-net-connect=loopback:80" });
    expect(judge([10, 0, 0, 1], 80)).toEqual({ allowed: false, rule: "--deny-net=10.0.0.0/8" });
    expect(judge([127, 0, 0, 1], 81)).toEqual({ allowed: false, rule: null });
  });

  it("names the flag where there is no rule", () => {
    const question = { verb: "raw", what: "packet" } as const;
    expect(policyOf("--allow-all").judge(question)).toEqual({ allowed: true, rule: "--allow-all" });
    const endpoint = { kind: "unix-abstract", name: "a" } as const;
    expect(policyOf("--deny-net").judge({ verb: "bind", endpoint })).toEqual({ allowed: false, rule: "--deny-net" });
  });
});
