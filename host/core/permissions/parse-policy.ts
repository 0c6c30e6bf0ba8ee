import type { AddressText } from "./address-text.js";
import { parseDirRule } from "./dir-rule.js";
import { parseEnvRule } from "./env-rule.js";
import { parseFileRule } from "./file-rule.js";
import { type GrantedRule, KEEP_FD_FLAG, PASS_FD_FLAG, Policy, type Right, type RightRules } from "./policy.js";
import { parseRawRule } from "./raw-rule.js";
import { EVERYTHING, parseRule, type RealPath, type Rule, type RuleError } from "./rule.js";

/** The flags that carry rules, and the rights that each concerns. */
export const RULE_FLAGS: Readonly<
  Record<string, { readonly effect: "allow" | "deny"; readonly rights: readonly Right[] }>
> = {
  "allow-net": { effect: "allow", rights: ["connect", "listen", "resolve"] },
  "allow-net-connect": { effect: "allow", rights: ["connect"] },
  "allow-net-listen": { effect: "allow", rights: ["listen"] },
  "allow-net-resolve": { effect: "allow", rights: ["resolve"] },
  "allow-read": { effect: "allow", rights: ["read"] },
  "allow-write": { effect: "allow", rights: ["write"] },
  dir: { effect: "allow", rights: ["read", "write"] },
  "allow-env": { effect: "allow", rights: ["env"] },
  "allow-raw": { effect: "allow", rights: ["raw"] },
  "deny-net": { effect: "deny", rights: ["connect", "listen", "resolve"] },
  "deny-net-connect": { effect: "deny", rights: ["connect"] },
  "deny-net-listen": { effect: "deny", rights: ["listen"] },
  "deny-net-resolve": { effect: "deny", rights: ["resolve"] },
  "deny-read": { effect: "deny", rights: ["read"] },
  "deny-write": { effect: "deny", rights: ["write"] },
  "deny-env": { effect: "deny", rights: ["env"] },
  "deny-raw": { effect: "deny", rights: ["raw"] },
};

/** A permission flag as it was given; a null value stands for everything. */
export interface PermissionFlag {
  readonly name: string;
  readonly value: string | null;
  /** File and line, where it was not typed. */
  readonly place?: string;
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
    const value = this.flag.value ?? "";
    // The value of --dir is one rule, commas and all.
    const texts = value === this.rule ? [value] : value.split(",");
    const rules = texts.map((rule) => (rule === this.rule ? suggestion : rule));
    const corrected = rules.filter((rule) => rule !== "").join(",");
    return corrected === "" ? `--${this.flag.name}` : `--${this.flag.name}=${corrected}`;
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
    resolve: { allow: [], deny: [] },
    read: { allow: [], deny: [] },
    write: { allow: [], deny: [] },
    raw: { allow: [], deny: [] },
    env: { allow: [], deny: [] },
  } satisfies Record<Right, RightRules>;
  for (const flag of flags) {
    if (flag.name === PASS_FD_FLAG || flag.name === KEEP_FD_FLAG) continue;
    const { effect, rights } = RULE_FLAGS[flag.name] as (typeof RULE_FLAGS)[string];
    const granted = rulesOf(flag, addresses, realPath);
    for (const right of rights)
      rules[right][effect].push(...granted.filter(({ rule }) => concerns(rule, right, effect)));
  }
  const has = (wanted: string): boolean => flags.some(({ name }) => name === wanted);
  return new Policy({ all: allowAll, passFd: { allow: has(PASS_FD_FLAG), deny: has(KEEP_FD_FLAG) }, ...rules });
}

function rulesOf(flag: PermissionFlag, addresses: AddressText, realPath: RealPath): GrantedRule[] {
  const name = `--${flag.name}`;
  if (flag.value === null) return [{ flag: name, rule: EVERYTHING }];
  const texts = flag.name === "dir" ? [flag.value] : flag.value.split(",");
  return texts.map((text) => {
    const parsed = parserOf(flag)(text, addresses, realPath);
    if ("error" in parsed) throw new BadRuleError(flag, text, parsed.error);
    const misfit = misfitOf(parsed.value, flag);
    if (misfit) throw new BadRuleError(flag, text, misfit);
    return { flag: name, rule: parsed.value };
  });
}

/** What a flag's rules are written in. */
function parserOf({ name }: PermissionFlag): typeof parseRule {
  if (name === "dir") return parseDirRule;
  switch (RULE_FLAGS[name]?.rights[0]) {
    case "raw":
      return parseRawRule;
    case "env":
      return parseEnvRule;
    case "read":
    case "write":
      return parseFileRule;
    default:
      return parseRule;
  }
}

/**
 * Whether a rule of a flag for several rights says anything of this one.
 *
 * Addresses never open or close look-ups. Nor does a denial of some of a name's
 * ports: to reach the others it has to be looked up.
 */
function concerns(rule: Rule, right: Right, effect: "allow" | "deny"): boolean {
  if (right === "write" && rule.target.kind === "file" && rule.target.isReadOnly) return false;
  if (right !== "resolve") return true;
  const isOfNames = isName(rule) || rule.target.kind === "everything";
  return isOfNames && (effect === "allow" || (rule.ports === null && rule.transport === null));
}

function isName({ target }: Rule): boolean {
  return target.kind === "name" || target.kind === "localhost";
}

/** Why a rule that parses makes no sense to its flag, or null. */
function misfitOf(rule: Rule, { name: flag }: PermissionFlag): RuleError | null {
  const { rights } = RULE_FLAGS[flag] as (typeof RULE_FLAGS)[string];
  const host = rule.text.replace(/^(?:tcp|udp):/, "");
  const bare = host.replace(/:[\d*-]+$/, "");
  if (rights.every((right) => right === "listen") && rule.target.kind === "name") {
    const suggestion = `loopback${host.slice(bare.length)}`;
    return { reason: "a program listens on addresses of this machine, not on names", suggestion };
  }
  if (!rights.every((right) => right === "resolve")) return null;
  if (!isName(rule)) return { reason: `only names are looked up, and '${rule.text}' is none`, suggestion: null };
  const isBare = rule.ports === null && rule.transport === null && host === bare && host === rule.text;
  return isBare ? null : { reason: "a look-up has neither port nor transport", suggestion: bare };
}
