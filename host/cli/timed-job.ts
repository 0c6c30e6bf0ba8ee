import { extname } from "node:path";
import type { Question } from "../core/permissions/question.js";
import type { Outcome } from "../runtime/run-guest.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import { runTimedWorker } from "../runtime/timed-worker.js";
import type { Job } from "./job.js";
import type { JobResult } from "./job-worker.js";

/** What is to be heard of a job while it runs, and what ends it early. */
export interface Watch {
  readonly onLearned: (question: Question) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the job on a thread of its own, for at most `timeLimit` milliseconds if there is a limit.
 *
 * Null if it was ended while it computed.
 */
export async function runTimedJob(
  job: Job,
  timeLimit: number | null,
  sourceMap: string | null,
  watch: Watch | null = null,
): Promise<Outcome | null> {
  const script = new URL(`./job-worker${extname(import.meta.url)}`, import.meta.url);
  const result = await runTimedWorker<JobResult>(
    script,
    (cancelFd) => ({ job: { ...job, cancelFd }, sourceMap }),
    timeLimit,
    (message) => {
      if (!("learned" in message)) return true;
      watch?.onLearned(message.learned);
      return false;
    },
    watch?.signal ?? null,
  );
  if (result === null || "learned" in result) return null;
  if ("outcome" in result) return result.outcome;
  const { code, message, facts, hint } = result.failure;
  throw new RuntimeError(code, message, facts, hint);
}
