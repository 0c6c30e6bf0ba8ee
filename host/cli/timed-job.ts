import { extname } from "node:path";
import type { Outcome } from "../runtime/run-guest.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import { runTimedWorker } from "../runtime/timed-worker.js";
import type { Job } from "./job.js";
import type { JobResult } from "./job-worker.js";

/** Runs the job for at most `timeLimit` milliseconds; null if its time ran out while it computed. */
export async function runTimedJob(job: Job, timeLimit: number, sourceMap: string | null): Promise<Outcome | null> {
  const script = new URL(`./job-worker${extname(import.meta.url)}`, import.meta.url);
  const result = await runTimedWorker<JobResult>(
    script,
    (cancelFd) => ({ job: { ...job, cancelFd }, sourceMap }),
    timeLimit,
  );
  if (result === null) return null;
  if ("outcome" in result) return result.outcome;
  const { code, message, facts, hint } = result.failure;
  throw new RuntimeError(code, message, facts, hint);
}
