import { median, quantile } from "./statistics.js";

/**
 * Prints what the numbers belong to.
 *
 * @param {readonly string[]} machine
 * @param {number} rounds
 */
export function printHead(machine, rounds) {
  const method = `${rounds} rounds; medians, and in brackets the quartiles of what was compared round by round`;
  process.stdout.write(`${[...machine, method].join("\n")}\n`);
}

/**
 * Prints the tables of a case.
 *
 * @param {import("./rounds.js").Case} subject
 * @param {import("./rounds.js").Results} results
 */
export function printCase({ name, claim, figures }, results) {
  process.stdout.write(`\n${name}: ${claim}\n`);
  for (const figure of figures) printFigure(figure, results);
}

function printFigure(figure, results) {
  const { title, unit, key, digits, target } = figure;
  const [reference] = Object.values(results);
  process.stdout.write(`  ${title}${target === null ? "" : `; target ${describeTarget(figure)}`}\n`);
  for (const [name, { title: contestant, samples }] of Object.entries(results)) {
    const absolute = median(samples.map((sample) => sample[key])).toFixed(digits);
    const line = `    ${contestant.padEnd(24)}${absolute.padStart(8)} ${unit.padEnd(15)} `;
    const compared = samples.map((sample, i) => relate(figure, sample[key], reference.samples[i][key]));
    const isCompared = samples !== reference.samples || figure.relation === "absolute";
    const rest = isCompared ? describe(figure, name, compared) : "";
    process.stdout.write(`${(line + rest).trimEnd()}\n`);
  }
}

function relate({ relation }, value, reference) {
  if (relation === "absolute") return value;
  return relation === "ratio" ? value / reference : value - reference;
}

function describeTarget({ relation, unit, target }) {
  const sign = target.better === "higher" ? ">=" : "<=";
  if (relation === "absolute") return `${sign} ${target.bound} ${unit}`;
  return relation === "ratio" ? `${sign} ${target.bound} of C` : `${sign} ${target.bound} ${unit} above`;
}

function describe(figure, name, compared) {
  const text = [0.5, 0.25, 0.75].map((q) => show(figure, quantile(compared, q)));
  return `${text[0].padStart(8)}  [${text[1]} .. ${text[2]}]${verdict(figure, name, median(compared))}`;
}

function show({ relation, digits }, value) {
  if (relation === "ratio") return value.toFixed(3);
  if (relation === "absolute") return value.toFixed(digits);
  return `${value < 0 ? "" : "+"}${value.toFixed(digits)}`;
}

function verdict({ target }, name, value) {
  if (target === null || !target.of.includes(name)) return "";
  return (target.better === "higher" ? value >= target.bound : value <= target.bound) ? "  reached" : "  missed";
}
