import {
  ANY_OTHER,
  type Candidate,
  destinationOf,
  groupOf,
  isNamedWithin,
  localOf,
  matches,
  matchesAny,
} from "./match.js";
import type { Endpoint, FileQuestion, MoveQuestion, Question, ResolveQuestion, Verdict } from "./question.js";
import type { Rule } from "./rule.js";

export type Right = "connect" | "listen" | "resolve" | "read" | "write" | "raw" | "env";

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
  /** `--allow-fd-pass` and `--deny-fd-pass` */
  readonly passFd: { readonly allow: boolean; readonly deny: boolean };
  readonly connect: RightRules;
  readonly listen: RightRules;
  readonly resolve: RightRules;
  readonly read: RightRules;
  readonly write: RightRules;
  readonly raw: RightRules;
  readonly env: RightRules;
}

/** The options that let descriptors cross the boundary of the sandbox, or keep them from it; they take no rules. */
export const PASS_FD_FLAG = "allow-fd-pass";
export const KEEP_FD_FLAG = "deny-fd-pass";

const NO_RULE: Verdict = { allowed: false, rule: null };
const ALL: Verdict = { allowed: true, rule: "--allow-all" };
const MAY_PASS: Verdict = { allowed: true, rule: `--${PASS_FD_FLAG}` };
const MAY_NOT_PASS: Verdict = { allowed: false, rule: `--${KEEP_FD_FLAG}` };

/**
 * Judges questions by rules. Holds no state and asks nobody: the same question
 * always has the same answer.
 */
export class Policy {
  readonly #rules: PolicyRules;

  constructor(rules: PolicyRules) {
    this.#rules = rules;
  }

  /** For who has to put them in other terms; nobody else judges by them. */
  get rules(): PolicyRules {
    return this.#rules;
  }

  judge(question: Question): Verdict {
    switch (question.verb) {
      case "raw":
        return this.#decide("raw", [{ kind: "raw", what: question.what }]);
      case "env":
        return this.#decide("env", [{ kind: "variable", name: question.name }]);
      case "pass-fd":
        return this.#judgePassing();
      case "connect":
      case "send":
        return this.#decide("connect", destinationOf(question.endpoint, question.names));
      case "join":
        return this.#decide("listen", groupOf(question.endpoint));
      case "resolve":
        return this.#judgeLookUp(question);
      case "stat":
        return this.#either(
          () => this.#decide("connect", destinationOf(question.endpoint)),
          () => this.#decide("listen", localOf(question.endpoint, false)),
          () => this.#judgeFile("read", question.endpoint),
        );
      case "unlink":
        return this.#either(
          () => this.#decide("listen", localOf(question.endpoint, false)),
          () => this.#judgeFile("write", question.endpoint),
        );
      case "read":
      case "write":
        return this.#judgeFileQuestion(question);
      case "move":
        return this.#judgeMove(question);
      default:
        return this.#decide("listen", localOf(question.endpoint, question.dualStack === true));
    }
  }

  #judgePassing(): Verdict {
    const { all, passFd } = this.#rules;
    if (passFd.deny) return MAY_NOT_PASS;
    if (passFd.allow) return MAY_PASS;
    return all ? ALL : NO_RULE;
  }

  /** The first verdict that allows, or else the first that a rule gave. */
  #either(...judges: readonly (() => Verdict)[]): Verdict {
    let denial = NO_RULE;
    for (const judge of judges) {
      const verdict = judge();
      if (verdict.allowed) return verdict;
      if (denial.rule === null) denial = verdict;
    }
    return denial;
  }

  #judgeFileQuestion({ verb, path, origin, moves }: FileQuestion): Verdict {
    return (moves && this.#denialWithin(path)) || this.#decide(verb, [{ kind: "file", path, origin }]);
  }

  /** What the first rule says that denies anything at this path or below it, whichever right to it. */
  #denialWithin(path: string): Verdict | null {
    for (const right of ["read", "write", "connect", "listen"] as const) {
      const found = this.#rules[right].deny.find(({ rule }) => isNamedWithin(rule.target, path));
      if (found) return { allowed: false, rule: spell(found.flag, found.rule) };
    }
    return null;
  }

  /** Of a directory: what no rule names in it, for a denial in it was found before. */
  #judgeMove({ path, isDirectory }: MoveQuestion): Verdict {
    return this.#decide("connect", [{ kind: "unix-path", name: isDirectory ? path + ANY_OTHER : path }]);
  }

  #judgeFile(right: "read" | "write", endpoint: Endpoint): Verdict {
    if (endpoint.kind !== "unix-path") return NO_RULE;
    return this.#decide(right, [{ kind: "file", path: endpoint.name, origin: "medium" }]);
  }

  /** Whether there is any name that may be looked up. */
  get mayResolve(): boolean {
    const { all, resolve } = this.#rules;
    return (all || resolve.allow.length > 0) && !this.deniesLookUps;
  }

  /** Whether a rule denies every look-up. */
  get deniesLookUps(): boolean {
    return this.#rules.resolve.deny.some(({ rule }) => rule.target.kind === "everything");
  }

  /** A right to connect to an address is one to its name, too. */
  #judgeLookUp({ name, address, names }: ResolveQuestion): Verdict {
    const verdict = this.#decide("resolve", [{ kind: "name", name }]);
    if (verdict.allowed || verdict.rule !== null || address === undefined) return verdict;
    for (const transport of ["tcp", "udp"] as const) {
      for (const port of this.#firstPorts()) {
        const reached = this.#decide("connect", destinationOf({ kind: "ip", transport, address, port }, names));
        if (reached.allowed) return reached;
      }
    }
    return verdict;
  }

  /** The ports at which the right to connect can begin: where an allow rule does, and just behind a deny rule. */
  #firstPorts(): ReadonlySet<number> {
    const { allow, deny } = this.#rules.connect;
    const starts = allow.map(({ rule }) => rule.ports?.first ?? 1);
    const ends = deny.map(({ rule }) => (rule.ports?.last ?? 0) + 1);
    return new Set([...starts, ...ends].map((port) => Math.max(port, 1)).filter((port) => port <= 65535));
  }

  /** Every candidate must be allowed, and none denied. */
  #decide(right: Right, candidates: readonly Candidate[]): Verdict {
    const { allow, deny } = this.#rules[right];
    for (const { flag, rule } of deny) {
      if (candidates.some((candidate) => matchesAny(rule, candidate)))
        return { allowed: false, rule: spell(flag, rule) };
    }
    if (this.#rules.all) return ALL;
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
