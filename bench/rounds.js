import { median } from "./statistics.js";

/**
 * A figure of a case: how to read it, and what it should be.
 *
 * @typedef {object} Figure
 * @property {string} title
 * @property {string} unit
 * @property {string} key of the figure in a sample
 * @property {number} digits of the absolute value after the point
 * @property {"ratio" | "difference" | "absolute"} relation to the reference in the same round, or to none
 * @property {{ bound: number, better: "higher" | "lower", of: readonly string[] } | null} target
 *
 * One that is measured.
 *
 * @typedef {object} Contestant
 * @property {string} title
 * @property {() => Promise<Sample>} sample makes one short measurement
 * @property {() => Promise<void>} stop
 *
 * @typedef {Record<string, number>} Sample
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {string} claim that the case guards
 * @property {readonly Figure[]} figures
 * @property {Record<string, () => Promise<Contestant>>} contestants the reference first
 *
 * @typedef {Record<string, { title: string, samples: Sample[] }>} Results
 */

/** Rounds that nobody counts: V8 compiles what is hot, the kernel fills its caches. */
const WARM_UP = 2;

/** How many short measurements of a contestant are one round. */
const SLICES = 5;

/**
 * Measures all contestants of a case, `rounds` times.
 *
 * A round visits them in turn and in slices, each time beginning with another,
 * and what is compared was measured in the same round: whatever else the machine
 * does slows down everybody alike. A slice that was hit alone is not the median.
 *
 * @param {Case} subject
 * @param {number} rounds
 * @returns {Promise<Results>}
 */
export async function measure(subject, rounds) {
  /** @type {[string, Contestant][]} */
  const running = [];
  try {
    for (const [key, start] of Object.entries(subject.contestants)) running.push([key, await start()]);
    /** @type {Results} */
    const results = Object.fromEntries(running.map(([key, { title }]) => [key, { title, samples: [] }]));
    for (let round = -WARM_UP; round < rounds; round++) {
      const slices = await measureRound(running);
      if (round < 0) continue;
      for (const [key, samples] of slices) results[key].samples.push(medians(samples));
    }
    return results;
  } finally {
    await Promise.all(running.map(([, contestant]) => contestant.stop()));
  }
}

/**
 * @param {readonly [string, Contestant][]} running
 * @returns {Promise<Map<string, Sample[]>>}
 */
async function measureRound(running) {
  /** @type {Map<string, Sample[]>} */
  const slices = new Map(running.map(([key]) => [key, []]));
  for (let slice = 0; slice < SLICES; slice++) {
    const first = slice % running.length;
    for (const [key, contestant] of [...running.slice(first), ...running.slice(0, first)]) {
      slices.get(key)?.push(await contestant.sample());
    }
  }
  return slices;
}

/**
 * @param {readonly Sample[]} samples
 * @returns {Sample}
 */
function medians(samples) {
  const keys = Object.keys(samples[0] ?? {});
  return Object.fromEntries(keys.map((key) => [key, median(samples.map((sample) => sample[key]))]));
}
