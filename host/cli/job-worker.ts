import { parentPort, workerData } from "node:worker_threads";
import type { Question } from "../core/permissions/question.js";
import { beginGuest } from "../runtime/processor-time.js";
import type { Outcome } from "../runtime/run-guest.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import { type Job, readRules, runJob } from "./job.js";

/** What the worker answers: an error's class does not survive the way, so its parts travel. */
export type JobResult =
  | { readonly learned: Question }
  | { readonly outcome: Outcome }
  | { readonly failure: Pick<RuntimeError, "code" | "message" | "facts" | "hint"> };

const { job, sourceMap } = workerData as { readonly job: Job; readonly sourceMap: string | null };
parentPort?.postMessage(beginGuest(job.cancelFd));
run().then((result) => parentPort?.postMessage(result));

/** A program that never ends could not answer later. */
function onLearned(question: Question): void {
  parentPort?.postMessage({ learned: question } satisfies JobResult);
}

async function run(): Promise<JobResult> {
  try {
    return { outcome: await runJob(job, readRules(job.options), () => sourceMap, onLearned) };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    const { code, message, facts, hint } = error;
    return { failure: { code, message, facts, hint } };
  }
}
