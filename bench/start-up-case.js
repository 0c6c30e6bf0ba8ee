import { spawnSync } from "node:child_process";
import { pinned } from "./machine.js";
import { environment, nodeFlags, sockyardRun, source } from "./paths.js";

/**
 * The case of the start: from the command to its end.
 *
 * Node alone appears twice: as everybody starts it, and with the options of the
 * command's first line. While there are none, the second shows the noise.
 *
 * @type {import("./rounds.js").Case}
 */
export const startUpCase = {
  name: "start-up",
  claim: "a guest that was compiled before starts at once",
  figures: [
    {
      title: "an empty script, and a guest that prints a line",
      unit: "ms",
      key: "time",
      digits: 1,
      relation: "difference",
      target: { bound: 10, better: "lower", of: ["guest"] },
    },
  ],
  contestants: {
    node: command("node", [process.execPath, source("empty.cjs")], /^$/),
    flags: command(
      `node ${nodeFlags.join(" ") || "once more (noise)"}`,
      [process.execPath, ...nodeFlags, source("empty.cjs")],
      /^$/,
    ),
    guest: command("guest", sockyardRun(source("hello.ts")), /^hello\n$/),
    large: command("guest of 200 lines", sockyardRun(source("journal.ts")), /^100 lines\n/),
    limited: command("guest, --time-limit", sockyardRun("--time-limit=1h", source("hello.ts")), /^hello\n$/),
  },
};

function command(title, words, expected) {
  const [file, ...args] = pinned(words);
  const sample = async () => {
    const start = process.hrtime.bigint();
    const { status, stdout, stderr } = spawnSync(file, args, { env: environment, encoding: "utf8" });
    const time = Number(process.hrtime.bigint() - start) / 1e6;
    if (status !== 0 || !expected.test(stdout)) throw new Error(`${words.join(" ")} failed\n${stderr}`);
    return { time };
  };
  return async () => ({ title, sample, stop: async () => {} });
}
