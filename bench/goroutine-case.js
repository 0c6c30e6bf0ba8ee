import { execFileSync } from "node:child_process";
import { pinned } from "./machine.js";
import { binary, environment, sockyardRun, source } from "./paths.js";
import { Program } from "./program.js";

/**
 * The case of goroutines by themselves. There is no C to compare with: what is measured has to be small.
 *
 * @type {import("./rounds.js").Case}
 */
export const goroutineCase = {
  name: "goroutines",
  claim: "a goroutine costs next to nothing, running or waiting",
  figures: [
    figure("from one goroutine to the other, of 2", "two", { unit: "ns", bound: 100 }),
    figure("from one goroutine to the next, of 1000", "thousand", { unit: "ns", bound: 100 }),
    figure("the life of one that does nothing", "spawn", { unit: "ns", bound: 200 }),
    figure("a value there and back over channels without a buffer", "pingPong", { unit: "ns", bound: null }),
    figure("memory of one that waits and holds a string, of 1,000,000", "memory", { unit: "bytes", bound: 512 }),
    figure("memory of one that serves a client, beside its buffer, of 10,000", "client", {
      unit: "bytes",
      bound: 2048,
    }),
  ],
  contestants: { guest: start },
};

/**
 * @param {string} title
 * @param {string} key
 * @param {{ unit: string, bound: number | null }} limit
 * @returns {import("./rounds.js").Figure}
 */
function figure(title, key, { unit, bound }) {
  const target = bound === null ? null : { bound, better: /** @type {const} */ ("lower"), of: ["guest"] };
  return { title, unit, key, digits: 0, relation: "absolute", target };
}

/** Bytes that the server of the case `many-goroutines` takes for each of 10,000 clients. */
async function serveMany() {
  const server = new Program(sockyardRun("--allow-net-listen=127.0.0.1:0", source("echo-goroutines.ts")), "stderr");
  try {
    const port = (await server.line()).split(":")[1];
    const [file, ...args] = pinned([binary("load-many"), "10000", port, "100"]);
    execFileSync(file, args, { env: environment });
    return Number(await server.line());
  } finally {
    await server.stop();
  }
}

async function start() {
  const client = await serveMany();
  const program = new Program(sockyardRun(source("goroutines.ts")), "stdout");
  const memory = Number(await program.line());
  const sample = async () => {
    program.write("r");
    const [two, thousand, spawn, pingPong] = (await program.line()).split(" ").map(Number);
    return { two, thousand, spawn, pingPong, memory, client };
  };
  return { title: "guest", sample, stop: () => program.stop() };
}
