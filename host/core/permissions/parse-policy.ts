import type { AddressText } from "./address-text.js";
import { type GrantedRule, Policy, type Right, type RightRules } from "./policy.js";
import { EVERYTHING, parseRule, type RealPath, type RuleError } from "./rule.js";

/** The flags that carry rules, and the rights that each concerns. */
export const RULE_FLAGS: Readonly<
  Record<string, { readonly effect: "allow" | "deny"; readonly rights: readonly Right[] }>
> = {
  "allow-net": { effect: "allow", rights: ["connect", "listen"] },
  "allow-net-connect": { effect: "allow", rights: ["connect"] },
  "allow-net-listen": { effect: "allow", rights: ["listen"] },
  "deny-net": { effect: "deny", rights: ["connect", "listen"] },
  "deny-net-connect": { effect: "deny", rights: ["connect"] },
  "deny-net-listen": { effect: "deny", rights: ["listen"] },
};

/** A permission flag as it was given; a null value stands for everything. */
export interface PermissionFlag {
  readonly name: string;
  readonly value: string | null;
}

/** A rule that does not parse, and where it stands. */
export class BadRuleError extends Error {
  override readonly name = "BadRuleError";
  readonly code = "ERR_BAD_RULE";

  constructor(
    readonly flag: PermissionFlag,
    readonly rule: string,
    readonly flaw: RuleError,
  ) {
    super(`bad rule '${rule}' in --${flag.name}: ${flaw.reason}`);
  }

  /** The flag as it was probably meant, or null if that cannot be told. */
  get correction(): string | null {
    const { suggestion } = this.flaw;
    if (suggestion === null) return null;
    const rules = (this.flag.value ?? "").split(",").map((rule) => (rule === this.rule ? suggestion : rule));
    const value = rules.filter((rule) => rule !== "").join(",");
    return value === "" ? `--${this.flag.name}` : `--${this.flag.name}=${value}`;
  }
}

/** Makes the policy that the flags ask for; throws a `BadRuleError`. */
export function parsePolicy(
  flags: readonly PermissionFlag[],
  allowAll: boolean,
  addresses: AddressText,
  realPath: RealPath,
): Policy {
  const rules: Record<Right, { allow: GrantedRule[]; deny: GrantedRule[] }> = {
    connect: { allow: [], deny: [] },
    listen: { allow: [], deny: [] },
  } satisfies Record<Right, RightRules>;
  for (const flag of flags) {
    const { effect, rights } = RULE_FLAGS[flag.name] as (typeof RULE_FLAGS)[string];
    const granted = rulesOf(flag, addresses, realPath);
    for (const right of rights) rules[right][effect].push(...granted);
  }
  return new Policy({ all: allowAll, ...rules });
}

function rulesOf(flag: PermissionFlag, addresses: AddressText, realPath: RealPath): GrantedRule[] {
  const name = `--${flag.name}`;
  if (flag.value === null) return [{ flag: name, rule: EVERYTHING }];
  return flag.value.split(",").map((text) => {
    const parsed = parseRule(text, addresses, realPath);
    if ("error" in parsed) throw new BadRuleError(flag, text, parsed.error);
    return { flag: name, rule: parsed.value };
  });
}
