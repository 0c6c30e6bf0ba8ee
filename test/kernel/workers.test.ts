import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";

import { ECANCELED } from "../../host/core/linux.generated.js";
import { fireCancel } from "../../host/kernel/cancel.js";
import { useRig } from "./rig.js";

const rig = useRig();
const ROUNDS = 1000;

function start(job: string, onBlocking?: (thread: string) => void): Promise<unknown> {
  const workerData = { job, cancelFd: rig.cancelFd, rounds: ROUNDS };
  const worker = new Worker(new URL("worker.js", import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    let result: unknown;
    worker.on("message", (message: { thread?: string; result?: unknown }) => {
      if (message.thread !== undefined) onBlocking?.(message.thread);
      else result = message.result;
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve(result));
  });
}

/** Waits until the kernel says that the thread sleeps. */
async function asleep(thread: string): Promise<void> {
  while (!/\) S /.test(readFileSync(`/proc/${thread}/stat`, "utf8"))) await setImmediate();
}

describe("the addon", () => {
  it("serves forty workers, four at a time", async () => {
    let left = 40;
    const results: unknown[] = [];
    const lane = async (): Promise<void> => {
      while (left-- > 0) results.push(await start("exchange"));
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    expect(results).toEqual(Array(40).fill(ROUNDS));
  }, 60_000);
});

describe.each(["recv", "read", "accept4", "poll"])("a worker blocked in %s", (job) => {
  it("answers ECANCELED when another thread cancels it", async () => {
    let firing: NodeJS.Timeout | undefined;
    const result = await start(job, (thread) => {
      // Asleep it may also be on its way into the call, and miss a signal: hence again and again.
      void asleep(thread).then(() => {
        firing = setInterval(() => expect(fireCancel(rig.cancelFd)).toBe(0), 1);
      });
    });
    clearInterval(firing);
    expect(result).toBe(-ECANCELED);
  });
});
