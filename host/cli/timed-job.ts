import { extname } from "node:path";
import type { Question } from "../core/permissions/question.js";
import type { Outcome } from "../runtime/run-guest.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import { runTimedWorker, type WorkerLimit } from "../runtime/timed-worker.js";
import type { Job } from "./job.js";
import type { JobResult } from "./job-worker.js";

/** What is to be heard of a job while it runs, and what ends it early. */
export interface Watch {
  readonly onLearned: (question: Question) => void;
  readonly signal: AbortSignal;
}

/** How a run of a job ended. */
export interface JobEnd {
  /** Null if it was ended while it computed. */
  readonly outcome: Outcome | null;
  /** What ended it early, if anything did. */
  readonly reached: WorkerLimit | null;
}

/** Runs the job on a thread of its own, within its limits of time. */
export async function runTimedJob(job: Job, sourceMap: string | null, watch: Watch | null = null): Promise<JobEnd> {
  const script = new URL(`./job-worker${extname(import.meta.url)}`, import.meta.url);
  const { last, reached } = await runTimedWorker<JobResult>(
    script,
    (cancelFd) => ({ job: { ...job, cancelFd }, sourceMap }),
    { time: job.options.timeLimit, cpu: job.options.cpuLimit },
    (message) => {
      if (!("learned" in message)) return true;
      watch?.onLearned(message.learned);
      return false;
    },
    watch?.signal ?? null,
  );
  if (last === null || "learned" in last) return { outcome: null, reached };
  if ("outcome" in last) return { outcome: last.outcome, reached };
  const { code, message, facts, hint } = last.failure;
  throw new RuntimeError(code, message, facts, hint);
}
