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
 * Runs `script` in a worker for at most `timeLimit` milliseconds; its first message, or null if its time ran out.
 *
 * A guest that waits in a call is woken through the descriptor that `workerData`
 * is given, and can still tell where it was. One that computes can only be ended
 * with its thread, which no system call holds up then.
 */
export async function runTimedWorker<Result>(
  script: URL,
  workerData: (cancelFd: number) => unknown,
  timeLimit: number,
): Promise<Result | null> {
  const cancelFd = createCancel();
  // Unless told that streams are wanted, Node makes process.stdout to show the worker's, and a pipe non-blocking with it.
  const worker = new Worker(script, { workerData: workerData(cancelFd), stdout: true, stderr: true });
  const timers: NodeJS.Timeout[] = [];
  const cancel = (): void => {
    timers.push(setInterval(() => fireCancel(cancelFd), CANCEL_INTERVAL));
    timers.push(setTimeout(() => void worker.terminate(), GRACE));
  };
  timers.push(setTimeout(cancel, Math.min(timeLimit, LONGEST)));
  try {
    return await Promise.race([
      once(worker, "message").then(([message]) => message as Result),
      once(worker, "exit").then(() => null),
    ]);
  } finally {
    await worker.terminate();
    for (const timer of timers) clearTimeout(timer);
    closeCancel(cancelFd);
  }
}
