import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinned } from "./machine.js";
import { environment, sockyardRun, source } from "./paths.js";

/**
 * The case of the first run: nothing of the program has been compiled before.
 *
 * @type {import("./rounds.js").Case}
 */
export const compileCase = {
  name: "compile",
  claim: "whoever changes a program need not wait for the compiler",
  figures: [
    {
      title: "the first run of 200 lines with goroutines",
      unit: "ms",
      key: "time",
      digits: 0,
      relation: "absolute",
      target: { bound: 1500, better: "lower", of: ["guest"] },
    },
  ],
  contestants: { guest: async () => ({ title: "guest", sample, stop: async () => {} }) },
};

async function sample() {
  const cache = mkdtempSync(join(tmpdir(), "sockyard-bench-"));
  const [file, ...args] = pinned(sockyardRun(source("journal.ts")));
  try {
    const start = process.hrtime.bigint();
    const env = { ...environment, XDG_CACHE_HOME: cache };
    const { status, stdout, stderr } = spawnSync(file, args, { env, encoding: "utf8" });
    const time = Number(process.hrtime.bigint() - start) / 1e6;
    if (status !== 0 || !stdout.startsWith("100 lines\n")) throw new Error(`the first run failed\n${stderr}`);
    return { time };
  } finally {
    rmSync(cache, { recursive: true });
  }
}
