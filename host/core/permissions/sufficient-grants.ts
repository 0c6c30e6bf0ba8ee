import type { AddressText } from "./address-text.js";
import { type PermissionFlag, parsePolicy } from "./parse-policy.js";
import type { Policy } from "./policy.js";
import type { Question } from "./question.js";
import type { RealPath, Transport } from "./rule.js";
import { smallestGrant } from "./smallest-grant.js";

/**
 * The fewest grants that, beside those `given`, allow all `questions`.
 *
 * Each question has a smallest grant that allows it. Some are also allowed by
 * what another question needs: those come last, and get their own only if they must.
 */
export function sufficientGrants(
  questions: readonly Question[],
  given: readonly PermissionFlag[],
  addresses: AddressText,
  realPath: RealPath,
): string[] {
  const policyWith = (grants: Iterable<string>): Policy =>
    parsePolicy([...given, ...[...grants].map(flagOf)], false, addresses, realPath);
  const early = questions.filter((question) => lateness(question) === 0);
  const late = questions.filter((question) => lateness(question) > 0);
  const grants = new Set(early.map((question) => grantFor(question, questions, addresses)));
  let policy = policyWith(grants);
  for (const question of late.sort((one, other) => lateness(one) - lateness(other))) {
    if (policy.judge(question).allowed) continue;
    grants.add(smallestGrant(question, addresses));
    policy = policyWith(grants);
  }
  return merged([...grants].map(flagOf));
}

/** The ports that Linux chooses from, unless it is told otherwise (ip(7), ip_local_port_range). */
const KERNELS_PORTS = { first: 32768, last: 60999 } as const;

/** A port that the kernel chose is another one next time: such an address gets all that it chooses from. */
function grantFor(question: Question, questions: readonly Question[], addresses: AddressText): string {
  const grant = smallestGrant(question, addresses);
  if (!("endpoint" in question)) return grant;
  const { endpoint } = question;
  if (endpoint.kind !== "ip" || !questions.some((other) => isServer(other, endpoint.transport))) return grant;
  const { first, last } = KERNELS_PORTS;
  if (endpoint.port < first || endpoint.port > last) return grant;
  return grant.replace(/:\d+$/, `:${first}-${last}`);
}

/** Whether the program has a port where clients come from theirs, or that the kernel chose for it. */
function isServer(question: Question, transport: Transport): boolean {
  if (question.verb !== "bind" && question.verb !== "listen") return false;
  const { endpoint } = question;
  return endpoint.kind === "ip" && (endpoint.port === 0 || (endpoint.transport === "udp" && transport === "udp"));
}

function lateness(question: Question): number {
  if (question.verb === "unlink") return 1;
  if (question.verb === "stat") return 2;
  return question.verb === "resolve" && question.address !== undefined ? 1 : 0;
}

/** A grant's text as the flag that it is. */
export function flagOf(grant: string): PermissionFlag {
  const equals = grant.indexOf("=");
  if (equals === -1) return { name: grant.slice("--".length), value: null };
  return { name: grant.slice("--".length, equals), value: grant.slice(equals + 1) };
}

/** One flag for each right, and `--allow-net` for what has all the rights that its rule can carry. */
function merged(flags: readonly PermissionFlag[]): string[] {
  const rules = new Map<string, Set<string>>([["allow-net", new Set()]]);
  for (const { name, value } of flags) {
    rules.set(name, (rules.get(name) ?? new Set()).add(value ?? ""));
  }
  const of = (name: string): Set<string> => rules.get(name) ?? new Set();
  for (const rule of of("allow-net-connect")) {
    const name = rule.replace(/^udp:/, "").replace(/:[\d-]+$/, "");
    const other = of("allow-net-resolve").has(name) ? "allow-net-resolve" : "allow-net-listen";
    if (other === "allow-net-listen" && !of(other).has(rule)) continue;
    of("allow-net").add(rule);
  }
  for (const rule of of("allow-net")) {
    of("allow-net-connect").delete(rule);
    of("allow-net-listen").delete(rule);
    of("allow-net-resolve").delete(rule.replace(/^udp:/, "").replace(/:[\d-]+$/, ""));
  }
  return [...rules].filter(([, values]) => values.size > 0).map(([name, values]) => spell(name, [...values]));
}

function spell(name: string, values: readonly string[]): string {
  return values.every((value) => value === "") ? `--${name}` : `--${name}=${values.join(",")}`;
}
