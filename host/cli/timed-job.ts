import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { closeCancel, createCancel, fireCancel } from "../kernel/cancel.js";
import type { Outcome } from "../runtime/run-guest.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import type { Job } from "./job.js";
import type { JobResult } from "./job-worker.js";

/** How long a cancelled guest may take to unwind before its thread is ended. */
const GRACE = 100;

/**
 * Runs the job in a worker for at most `timeLimit` milliseconds; null if its time ran out while it computed.
 *
 * A guest that waits in a call is woken and unwinds; one that computes can only
 * be ended with its thread, which no system call holds up then.
 */
export async function runTimedJob(job: Job, timeLimit: number, sourceMap: string | null): Promise<Outcome | null> {
  const cancelFd = createCancel();
  const worker = new Worker(new URL("./job-worker.js", import.meta.url), {
    workerData: { job: { ...job, cancelFd }, sourceMap },
    stdin: false,
  });
  let deadline = setTimeout(() => {
    fireCancel(cancelFd);
    deadline = setTimeout(() => void worker.terminate(), GRACE);
  }, timeLimit);
  try {
    const result = await Promise.race([
      once(worker, "message").then(([message]) => message as JobResult),
      once(worker, "exit").then(() => null),
    ]);
    return result === null ? null : outcomeOf(result);
  } finally {
    clearTimeout(deadline);
    await worker.terminate();
    closeCancel(cancelFd);
  }
}

function outcomeOf(result: JobResult): Outcome {
  if ("outcome" in result) return result.outcome;
  const { code, message, facts, hint } = result.failure;
  throw new RuntimeError(code, message, facts, hint);
}
