import { sockyardRun, source } from "./paths.js";
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

async function start() {
  const program = new Program(sockyardRun(source("goroutines.ts")), "stdout");
  const memory = Number(await program.line());
  const sample = async () => {
    program.write("r");
    const [two, thousand, spawn, pingPong] = (await program.line()).split(" ").map(Number);
    return { two, thousand, spawn, pingPong, memory };
  };
  return { title: "guest", sample, stop: () => program.stop() };
}
