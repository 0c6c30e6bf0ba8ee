// Measures guests against native C: npm run bench [-- OPTIONS]. docs/performance.md tells how and why.
import { callCases } from "./call-cases.js";
import { compile } from "./compile.js";
import { compileCase } from "./compile-case.js";
import { echoCases } from "./echo-cases.js";
import { goroutineCase } from "./goroutine-case.js";
import { describeMachine } from "./machine.js";
import { HELP, parseOptions } from "./options.js";
import { printCase, printHead } from "./report.js";
import { measure } from "./rounds.js";
import { startUpCase } from "./start-up-case.js";

/** @param {readonly string[]} words */
async function main(words) {
  const cases = [...echoCases, ...callCases, goroutineCase, startUpCase, compileCase];
  const options = parseOptions(
    words,
    cases.map(({ name }) => name),
  );
  if (options === null) {
    process.stdout.write(HELP);
    return;
  }
  compile();
  printHead(describeMachine(), options.rounds);
  for (const each of cases) {
    if (options.only === null || options.only === each.name) printCase(each, await measure(each, options.rounds));
  }
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
