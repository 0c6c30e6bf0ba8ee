import { constants } from "node:os";
import type { AddressText } from "../core/permissions/address-text.js";
import type { Denial } from "../core/permissions/permissions.js";
import type { Question, Verdict } from "../core/permissions/question.js";
import { smallestGrant } from "../core/permissions/smallest-grant.js";
import { sufficientGrants } from "../core/permissions/sufficient-grants.js";
import { compileModule } from "../runtime/module.js";
import { impatientOutput, type WriteText } from "../runtime/output.js";
import { realPath } from "../runtime/real-path.js";
import { helpfulGrant, paste } from "./denial-message.js";
import type { Job } from "./job.js";
import { color, GREEN, PATIENCE, STDERR, visible, writeError } from "./message.js";
import type { JobEnd, Watch } from "./timed-job.js";

/** A program that wants more than this many different things does not get the rest. */
const MOST_LEARNED = 1000;

const ALLOWED: Verdict = { allowed: true, rule: "--learn" };

/** Allows what a grant could allow, and tells of it once; what none could stays denied. */
export function learner(
  onLearned: (question: Question) => void,
  addresses: AddressText,
): (denial: Denial) => Verdict | null {
  const grants = new Set<string>();
  return ({ question }) => {
    if (helpfulGrant(question, addresses) === null) return null;
    const key = `${question.verb} ${smallestGrant(question, addresses)}`;
    if (grants.has(key)) return ALLOWED;
    if (grants.size >= MOST_LEARNED) return null;
    grants.add(key);
    onLearned(question);
    return ALLOWED;
  };
}

/** Signals that end a program, and that its grants are to outlive. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs the job, and tells at its end which grants would have been enough, however it ends.
 *
 * `run` starts it on a thread of its own, so that this one can hear signals.
 */
export async function learn(
  job: Job,
  addresses: AddressText,
  run: (watch: Watch) => Promise<JobEnd>,
  conclude: (end: JobEnd) => number,
): Promise<number> {
  const questions: Question[] = [];
  const interruption = new AbortController();
  let signal: (typeof SIGNALS)[number] | null = null;
  for (const name of SIGNALS) {
    process.on(name, () => {
      signal ??= name;
      interruption.abort();
    });
  }
  const end = await run({ onLearned: (question) => questions.push(question), signal: interruption.signal });
  const code = signal === null ? conclude(end) : 128 + constants.signals[signal];
  // Its own messages may be why nobody reads any more.
  tell(questions, job, addresses, end.reached === null ? writeError : impatientOutput(STDERR, PATIENCE));
  return code;
}

/** A program takes its whole environment at once: which variables it is for, only its user knows. */
const VARIABLES = "it looks for variables, and there were none; --allow-env=NAME lets it have one";

/** Whether the program can ask for its environment, and that is empty. */
function findsNoVariables({ bytes, env }: Job): boolean {
  if (Object.keys(env).length > 0) return false;
  return WebAssembly.Module.imports(compileModule(bytes, null)).some(({ name }) => name === "environ_get");
}

function tell(questions: readonly Question[], job: Job, addresses: AddressText, write: WriteText): void {
  const { command, options } = job;
  const grants = sufficientGrants(questions, options.permissions, addresses, realPath);
  const before = command.before.filter((word) => word !== "--learn");
  const title = grants.length === 0 ? "the program needs no further grant" : "these grants are enough";
  const lines = [`${color("learned:", GREEN)} ${title}`, ...grants.map((grant) => `  ${visible(grant)}`)];
  if (findsNoVariables(job)) lines.push(`${color("note:", GREEN)} ${VARIABLES}`);
  lines.push(`${color("hint:", GREEN)} ${visible(paste({ ...command, before }, grants))}`);
  write(`${lines.join("\n")}\n`);
}
