import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { closeCancel, createCancel, fireCancel } from "../kernel/cancel.js";
import { type Began, LONGEST, watchProcessorTime } from "./processor-time.js";

/** Until the guest has ended it is cancelled this often, in milliseconds: once may be just before it blocks. */
const CANCEL_INTERVAL = 1;

/** How long a cancelled guest may take to unwind before its thread is ended, in milliseconds. */
const GRACE = 100;

/** What a worker may use, in milliseconds; null for any time. */
export interface TimeLimits {
  readonly time: number | null;
  /** Of the processor, once the worker has said that it begins. */
  readonly cpu: number | null;
}

/** What ended a worker before its last message. */
export type WorkerLimit = "time" | "cpu" | "signal";

/** How a worker ended: its last message, or null if there was none, and what ended it early. */
export interface WorkerEnd<Result> {
  readonly last: Result | null;
  readonly reached: WorkerLimit | null;
}

/**
 * Runs `script` in a worker within `limits`, and until `signal` ends it.
 *
 * Its last message is the one that `isLast` says is; all are put to it but the first, which is a `Began`.
 *
 * A guest that waits in a call is woken through the descriptor that `workerData`
 * is given, and can still tell where it was. One that computes can only be ended
 * with its thread, which no system call holds up then.
 */
export async function runTimedWorker<Result>(
  script: URL,
  workerData: (cancelFd: number) => unknown,
  limits: TimeLimits,
  isLast: (message: Result) => boolean,
  signal: AbortSignal | null,
): Promise<WorkerEnd<Result>> {
  const cancelFd = createCancel();
  // Unless told that streams are wanted, Node makes process.stdout to show the worker's, and a pipe non-blocking with it.
  const worker = new Worker(script, { workerData: workerData(cancelFd), stdout: true, stderr: true });
  const timers: NodeJS.Timeout[] = [];
  let reached: WorkerLimit | null = null;
  const cancel = (limit: WorkerLimit): void => {
    if (reached !== null) return;
    reached = limit;
    timers.push(setInterval(() => fireCancel(cancelFd), CANCEL_INTERVAL));
    timers.push(setTimeout(() => void worker.terminate(), GRACE));
  };
  if (limits.time !== null) timers.push(setTimeout(cancel, Math.min(limits.time, LONGEST), "time"));
  let stopWatching = (): void => {};
  const hear = (message: Result | Began): message is Result => {
    if (typeof message !== "object" || message === null || !("began" in message)) return isLast(message as Result);
    const { cpu } = limits;
    if (cpu !== null) stopWatching = watchProcessorTime(cancelFd, message.began + cpu, () => cancel("cpu"));
    return false;
  };
  signal?.addEventListener("abort", () => cancel("signal"), { once: true });
  try {
    const last = await Promise.race([
      new Promise<Result>((resolve) => {
        worker.on("message", (message: Result | Began) => hear(message) && resolve(message));
      }),
      once(worker, "exit").then(() => null),
    ]);
    return { last, reached };
  } finally {
    await worker.terminate();
    for (const timer of timers) clearTimeout(timer);
    stopWatching();
    closeCancel(cancelFd);
  }
}
