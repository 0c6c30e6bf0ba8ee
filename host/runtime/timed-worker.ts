import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { closeCancel, createCancel, fireCancel } from "../kernel/cancel.js";

/** Until the guest has ended it is cancelled this often, in milliseconds: once may be just before it blocks. */
const CANCEL_INTERVAL = 1;

/** How long a cancelled guest may take to unwind before its thread is ended, in milliseconds. */
const GRACE = 100;

/** The longest that a timer of Node's can wait: 24.8 days. */
const LONGEST = 2 ** 31 - 1;

/**
 * Runs `script` in a worker for at most `timeLimit` milliseconds, or as long as it likes, and until `signal` ends it.
 *
 * Answers the message that `isLast` says is its last, or null if it was ended before.
 *
 * A guest that waits in a call is woken through the descriptor that `workerData`
 * is given, and can still tell where it was. One that computes can only be ended
 * with its thread, which no system call holds up then.
 */
export async function runTimedWorker<Result>(
  script: URL,
  workerData: (cancelFd: number) => unknown,
  timeLimit: number | null,
  isLast: (message: Result) => boolean,
  signal: AbortSignal | null,
): Promise<Result | null> {
  const cancelFd = createCancel();
  // Unless told that streams are wanted, Node makes process.stdout to show the worker's, and a pipe non-blocking with it.
  const worker = new Worker(script, { workerData: workerData(cancelFd), stdout: true, stderr: true });
  const timers: NodeJS.Timeout[] = [];
  const cancel = (): void => {
    timers.push(setInterval(() => fireCancel(cancelFd), CANCEL_INTERVAL));
    timers.push(setTimeout(() => void worker.terminate(), GRACE));
  };
  if (timeLimit !== null) timers.push(setTimeout(cancel, Math.min(timeLimit, LONGEST)));
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await Promise.race([
      new Promise<Result>((resolve) => {
        worker.on("message", (message: Result) => isLast(message) && resolve(message));
      }),
      once(worker, "exit").then(() => null),
    ]);
  } finally {
    await worker.terminate();
    for (const timer of timers) clearTimeout(timer);
    closeCancel(cancelFd);
  }
}
