import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinned } from "./machine.js";
import { environment, sockyardRun, source } from "./paths.js";

/**
 * The case of the first run, when nothing of the program has been compiled before, and of what remains of it for the next.
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
    {
      title: "from the name of these 200 lines to a module that is ready, the next time",
      unit: "ms",
      key: "hit",
      digits: 1,
      relation: "absolute",
      target: { bound: 10, better: "lower", of: ["guest"] },
    },
  ],
  contestants: { guest: async () => ({ title: "guest", sample, stop: async () => {} }) },
};

async function sample() {
  const cache = mkdtempSync(join(tmpdir(), "sockyard-bench-"));
  try {
    const start = process.hrtime.bigint();
    const lines = run(sockyardRun(source("journal.ts")), cache);
    const time = Number(process.hrtime.bigint() - start) / 1e6;
    if (!lines.startsWith("100 lines\n")) throw new Error(`the first run printed ${lines}`);
    const hit = [process.execPath, source("cache-hit.js"), join(cache, "sockyard"), source("journal.ts")];
    return { time, hit: Number(run(hit, cache)) };
  } finally {
    rmSync(cache, { recursive: true });
  }
}

function run(words, cache) {
  const [file, ...args] = pinned(words);
  const env = { ...environment, XDG_CACHE_HOME: cache };
  const { status, stdout, stderr } = spawnSync(file, args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${words.join(" ")} failed\n${stderr}`);
  return stdout;
}
