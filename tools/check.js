// `npm run check`: types, lint and format, the import directions among them, and generated files.
// Runs everything and fails if anything failed.
import { spawnSync } from "node:child_process";

const CHECKS = {
  "types of the host": ["tsc", "-p", "tsconfig.json", "--noEmit"],
  "types of the tests": ["tsc", "-p", "test/tsconfig.json"],
  "types of the examples": ["tsc", "-p", "examples/tsconfig.json", "--noEmit"],
  "lint, format and import directions": ["biome", "check", "--error-on-warnings", "."],
  "generated files": ["node", "tools/generate.js", "--check"],
};

for (const [name, [command, ...args]] of Object.entries(CHECKS)) {
  const program = command === "node" ? process.execPath : `node_modules/.bin/${command}`;
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name}`);
  if (status !== 0) process.exitCode = 1;
}
