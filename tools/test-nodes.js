// Runs the demonstration, and a guest in a worker, with other releases of Node on the binary that is built:
// one addon serves them all. They come from the npm registry into a folder that is removed afterwards.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const RELEASES = process.argv.length > 2 ? process.argv.slice(2) : ["22", "24", "26"];
const SOCKYARD = resolve("build/bin/sockyard.cjs");
const ENDLESS = '(module (memory (export "memory") 1) (func (export "_start") (loop br 0)))';
const TIME_LIMIT_REACHED = 124;

const folder = mkdtempSync(join(tmpdir(), "sockyard-nodes-"));
let passed = 0;
let failed = 0;

/** Runs `args` with `node`; whether the exit code is `expected`. */
function exitsWith(node, expected, ...args) {
  const { status, stdout, stderr } = spawnSync(node, args, { encoding: "utf8", timeout: 60_000 });
  if (status !== expected) console.error(`${args.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
  return status === expected;
}

try {
  const endless = join(folder, "endless.wat");
  writeFileSync(endless, ENDLESS);
  for (const release of RELEASES) {
    const prefix = join(folder, release);
    execFileSync("npm", ["install", "--silent", "--no-save", "--prefix", prefix, `node@${release}`], {
      stdio: "inherit",
    });
    const node = join(prefix, "node_modules/node/bin/node");
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    const isGood =
      exitsWith(node, 0, "tools/start.js") &&
      exitsWith(node, TIME_LIMIT_REACHED, SOCKYARD, "run", "--time-limit=200ms", endless);
    console.log(`${isGood ? "ok  " : "FAIL"} Node ${version}`);
    if (isGood) passed++;
    else failed++;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
