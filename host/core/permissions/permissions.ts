import type { SysResult } from "../errno.js";
import { EACCES } from "../linux.generated.js";
import type { Policy } from "./policy.js";
import type { Question, Verdict } from "./question.js";

/** A question that policy refused. */
export interface Denial {
  readonly question: Question;
  readonly verdict: Verdict;
}

/** The gate in front of every operation of one guest. */
export class Permissions {
  readonly #policy: Policy;
  readonly #onDenial: (denial: Denial) => void;
  #denied = false;
  /** The answer to the last question; the tracer clears it before a call and reads it after. */
  lastVerdict: Verdict | null = null;

  constructor(policy: Policy, onDenial: (denial: Denial) => void) {
    this.#policy = policy;
    this.#onDenial = onDenial;
  }

  /** 0, or `-EACCES` after telling the host why. */
  check(question: Question): SysResult {
    const verdict = this.#policy.judge(question);
    this.lastVerdict = verdict;
    if (verdict.allowed) return 0;
    this.#denied = true;
    this.#onDenial({ question, verdict });
    return -EACCES;
  }

  /** Whether anything was refused so far. */
  get hasDenied(): boolean {
    return this.#denied;
  }
}
