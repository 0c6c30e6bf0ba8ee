import { ANY_OTHER, isNamedWithin } from "./match.js";
import type { Policy } from "./policy.js";
import type { RuleTarget } from "./rule.js";

/** As a path that cannot be told is known: only a rule for everything holds there. */
const UNKNOWN = "\0";

/**
 * Whether a Unix socket that is at `from`, or anywhere below it, could be connected to more freely at `to`.
 *
 * Rules divide what is below a path into few parts: each path that one of them names, and all else in that directory.
 */
export function gainsSockets(policy: Policy, from: string, to: string): boolean {
  const [source, target] = [from || UNKNOWN, to || UNKNOWN];
  const { allow, deny } = policy.rules.connect;
  const named = [...allow, ...deny].flatMap(({ rule }) => [
    ...restBelow(source, rule.target),
    ...restBelow(target, rule.target),
  ]);
  const rests = ["", ...named].flatMap((rest) => [rest, rest + ANY_OTHER]);
  return rests.some((rest) => openness(policy, target + rest) > openness(policy, source + rest));
}

/** What a rule's path adds to that of a directory, if it leads there. */
function restBelow(directory: string, target: RuleTarget): string[] {
  return target.kind === "unix-path" && isNamedWithin(target, directory) ? [target.path.slice(directory.length)] : [];
}

/** 0: denied, whatever may still be granted; 1: not allowed; 2: allowed. */
function openness(policy: Policy, name: string): number {
  const { allowed, rule } = policy.judge({ verb: "connect", endpoint: { kind: "unix-path", name } });
  if (allowed) return 2;
  return rule === null ? 1 : 0;
}
