import type { SysResult } from "../errno.js";
import { EACCES } from "../linux.generated.js";
import { canonicalDestination, type IpBytes } from "./ip.js";
import { Leases } from "./leases.js";
import type { Policy } from "./policy.js";
import type { Question, Verdict } from "./question.js";
import { gainsSockets } from "./socket-moves.js";

/** A question that policy refused. */
export interface Denial {
  readonly question: Question;
  readonly verdict: Verdict;
}

/** A question and its final answer. */
export type Judgment = Denial;

/** What the host makes of verdicts. */
export interface Oversight {
  readonly onDenial: (denial: Denial) => void;
  /** Told of every verdict, allowed or denied. */
  readonly onJudgment?: (judgment: Judgment) => void;
  /**
   * What no rule allows and none denies is put to whoever can still allow it; null leaves it denied.
   *
   * A denial by a rule is final.
   */
  readonly appeal?: (denial: Denial) => Verdict | null;
}

/** The addresses that one answer gives: more than any client tries. */
const ADDRESSES_PER_ANSWER = 256;

/** The gate in front of every operation of one guest. Its only state is what the guest has looked up. */
export class Permissions {
  readonly #leases = new Leases();
  readonly #policy: Policy;
  readonly #oversight: Oversight;
  #denied = false;
  /** The answer to the last question; the tracer clears it before a call and reads it after. */
  lastVerdict: Verdict | null = null;

  constructor(policy: Policy, oversight: Oversight) {
    this.#policy = policy;
    this.#oversight = oversight;
  }

  /** 0, or `-EACCES` after telling the host why. */
  check(asked: Question): SysResult {
    const question = this.#withLeases(asked);
    const verdict = this.#judge(question);
    this.lastVerdict = verdict;
    this.#oversight.onJudgment?.({ question, verdict });
    if (verdict.allowed) return 0;
    this.#denied = true;
    this.#oversight.onDenial({ question, verdict });
    return -EACCES;
  }

  /** Whether the answer would be yes; the host is told nothing. */
  permits(question: Question): boolean {
    return this.#policy.judge(question).allowed;
  }

  /** Whether a Unix socket at the real path `from`, or below it, could be connected to more freely at `to`. */
  gainsSockets(from: string, to: string): boolean {
    return gainsSockets(this.#policy, from, to);
  }

  #judge(question: Question): Verdict {
    const verdict = this.#policy.judge(question);
    const { appeal } = this.#oversight;
    if (verdict.allowed || verdict.rule !== null || appeal === undefined) return verdict;
    return appeal({ question, verdict }) ?? verdict;
  }

  /** Notes what a look-up of `name`, which was allowed, has answered. */
  lease(name: string, addresses: readonly IpBytes[]): void {
    for (const address of addresses.slice(0, ADDRESSES_PER_ANSWER)) {
      this.#leases.add(name, canonicalDestination(address));
    }
  }

  /** Grows when the same question may have another answer. */
  get generation(): number {
    return this.#leases.generation;
  }

  /** Whether there is any name that the guest may look up. */
  get mayResolve(): boolean {
    return this.#policy.mayResolve || (this.#oversight.appeal !== undefined && !this.#policy.deniesLookUps);
  }

  /** Whether anything was refused so far. */
  get hasDenied(): boolean {
    return this.#denied;
  }

  /** The question with the names that its destination was looked up by. */
  #withLeases(question: Question): Question {
    const address = destinationIn(question);
    if (address === null) return question;
    const names = this.#leases.namesOf(canonicalDestination(address));
    return names.length === 0 ? question : ({ ...question, names } as Question);
  }
}

/** The address whose names matter to the question, if there is one. */
function destinationIn(question: Question): IpBytes | null {
  switch (question.verb) {
    case "connect":
    case "send":
      return question.endpoint.kind === "ip" ? question.endpoint.address : null;
    case "resolve":
      return question.address ?? null;
    default:
      return null;
  }
}
