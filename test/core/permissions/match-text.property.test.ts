import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyOf } from "../../fakes/guest.js";

// Names and paths as lists of labels and components: what a rule says of them without a look at their text.

interface ModelRule {
  readonly text: string;
  /** The labels from the top down, or the components from the root up. */
  readonly parts: readonly string[];
  readonly isBelow: boolean;
}

const covers = ({ parts, isBelow }: ModelRule, wanted: readonly string[]): boolean =>
  (isBelow ? wanted.length > parts.length : wanted.length === parts.length) &&
  parts.every((part, i) => part === wanted[i]);

const flagsOf = (name: string, rules: readonly ModelRule[]): string =>
  rules.length === 0 ? "" : ` --${name}=${rules.map(({ text }) => text).join(",")}`;

function expected(allow: readonly ModelRule[], deny: readonly ModelRule[], wanted: readonly string[]): boolean {
  return allow.some((rule) => covers(rule, wanted)) && !deny.some((rule) => covers(rule, wanted));
}

/** Runs the property, and sees to it that both answers were common. */
function compare<Rule>(rule: fc.Arbitrary<Rule>, wanted: fc.Arbitrary<readonly string[]>, judge: Judge<Rule>): void {
  const rules = fc.array(rule, { maxLength: 3 });
  const count = { allowed: 0, denied: 0 };
  const property = fc.property(rules, rules, wanted, (allow, deny, parts) => {
    const { verdict, model } = judge(allow, deny, parts);
    expect(verdict).toBe(model);
    count[verdict ? "allowed" : "denied"]++;
  });
  fc.assert(property, { numRuns: 5000 });
  expect(Math.min(count.allowed, count.denied)).toBeGreaterThan(100);
}

type Judge<Rule> = (
  allow: readonly Rule[],
  deny: readonly Rule[],
  parts: readonly string[],
) => { verdict: boolean; model: boolean };

describe("names", () => {
  // Few labels, one of which ends in another, so that they meet often and nearly.
  const label = fc.constantFrom("a", "b", "ab", "a-b");
  const labels = fc.array(label, { minLength: 0, maxLength: 2 }).map((list) => ["com", ...list]);
  const spelling = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
  );
  const rule = fc.tuple(labels, fc.boolean(), spelling).map(([parts, isBelow, spell]): ModelRule => {
    const name = spell([...parts].reverse().join("."));
    return { text: isBelow ? `*.${name}` : name, parts, isBelow };
  });

  it("are looked up as their labels say", () => {
    compare(rule, labels, (allow, deny, parts) => {
      const policy = policyOf(flagsOf("allow-net-resolve", allow) + flagsOf("deny-net-resolve", deny));
      const name = [...parts].reverse().join(".");
      return { verdict: policy.judge({ verb: "resolve", name }).allowed, model: expected(allow, deny, parts) };
    });
  });

  it("open the public addresses that were looked up by them", () => {
    const address = Uint8Array.of(93, 184, 216, 34);
    compare(rule, labels, (allow, deny, parts) => {
      const policy = policyOf(flagsOf("allow-net-connect", allow) + flagsOf("deny-net-connect", deny));
      const endpoint = { kind: "ip", transport: "tcp", address, port: 443 } as const;
      const names = [[...parts].reverse().join(".")];
      return {
        verdict: policy.judge({ verb: "connect", endpoint, names }).allowed,
        model: expected(allow, deny, parts),
      };
    });
  });
});

describe("paths of Unix sockets", () => {
  const component = fc.constantFrom("x1", "x12", "y", ".y");
  const components = fc.array(component, { minLength: 1, maxLength: 3 }).map((list) => ["no-such-directory", ...list]);
  const rule = fc.tuple(components, fc.boolean()).map(([parts, isBelow]): ModelRule => {
    return { text: `unix:/${parts.join("/")}${isBelow ? "/**" : ""}`, parts, isBelow };
  });

  it.each(["connect", "listen"] as const)("are open to %s as their components say", (right) => {
    compare(rule, components, (allow, deny, parts) => {
      const policy = policyOf(flagsOf(`allow-net-${right}`, allow) + flagsOf(`deny-net-${right}`, deny));
      const endpoint = { kind: "unix-path", name: `/${parts.join("/")}` } as const;
      const verb = right === "connect" ? "connect" : "bind";
      return { verdict: policy.judge({ verb, endpoint }).allowed, model: expected(allow, deny, parts) };
    });
  });
});

describe("abstract names", () => {
  const name = fc.array(fc.constantFrom("a", "b", "\0"), { minLength: 1, maxLength: 4 });
  const rule = fc.tuple(fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 }), fc.boolean());

  it("are compared byte by byte, whole or as far as the rule goes", () => {
    compare(rule, name, (allow, deny, bytes) => {
      const text = (rules: typeof allow): string =>
        rules.map(([list, star]) => `unix:@${list.join("")}${star ? "*" : ""}`).join(",");
      const flags = (flag: string, rules: typeof allow): string =>
        rules.length === 0 ? "" : ` --${flag}=${text(rules)}`;
      const policy = policyOf(flags("allow-net-connect", allow) + flags("deny-net-connect", deny));
      const fits = ([list, star]: (typeof allow)[number]): boolean =>
        (star ? bytes.length >= list.length : bytes.length === list.length) && list.every((one, i) => one === bytes[i]);
      return {
        verdict: policy.judge({ verb: "connect", endpoint: { kind: "unix-abstract", name: bytes.join("") } }).allowed,
        model: allow.some(fits) && !deny.some(fits),
      };
    });
  });
});
