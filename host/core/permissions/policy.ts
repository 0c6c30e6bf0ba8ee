import { type Candidate, destinationOf, localOf, matches, matchesAny } from "./match.js";
import type { Question, Verdict } from "./question.js";
import type { Rule } from "./rule.js";

export type Right = "connect" | "listen";

/** A rule with the flag that carried it, for messages. */
export interface GrantedRule {
  readonly flag: string;
  readonly rule: Rule;
}

/** The rules of one right; a deny always wins over an allow. */
export interface RightRules {
  readonly allow: readonly GrantedRule[];
  readonly deny: readonly GrantedRule[];
}

export interface PolicyRules {
  /** `--allow-all`: no sandbox; denials still hold. */
  readonly all: boolean;
  readonly connect: RightRules;
  readonly listen: RightRules;
}

const NO_RULE: Verdict = { allowed: false, rule: null };

/**
 * Judges questions by rules. Holds no state and asks nobody: the same question
 * always has the same answer.
 */
export class Policy {
  readonly #rules: PolicyRules;

  constructor(rules: PolicyRules) {
    this.#rules = rules;
  }

  judge(question: Question): Verdict {
    switch (question.verb) {
      case "raw":
        return this.#rules.all ? { allowed: true, rule: "--allow-all" } : NO_RULE;
      case "connect":
      case "send":
        return this.#decide("connect", destinationOf(question.endpoint));
      case "stat": {
        const connect = this.#decide("connect", destinationOf(question.endpoint));
        return connect.allowed ? connect : this.#decide("listen", localOf(question.endpoint, false));
      }
      default:
        return this.#decide("listen", localOf(question.endpoint, question.dualStack === true));
    }
  }

  /** Every candidate must be allowed, and none denied. */
  #decide(right: Right, candidates: readonly Candidate[]): Verdict {
    const { allow, deny } = this.#rules[right];
    for (const { flag, rule } of deny) {
      if (candidates.some((candidate) => matchesAny(rule, candidate)))
        return { allowed: false, rule: spell(flag, rule) };
    }
    if (this.#rules.all) return { allowed: true, rule: "--allow-all" };
    let decisive = "";
    for (const candidate of candidates) {
      const found = allow.find(({ rule }) => matches(rule, candidate));
      if (!found) return NO_RULE;
      decisive = spell(found.flag, found.rule);
    }
    return { allowed: true, rule: decisive };
  }
}

function spell(flag: string, rule: Rule): string {
  return rule.text === "" ? flag : `${flag}=${rule.text}`;
}
