// Bundles the command into build/bin: Node takes longer to find and link fifty
// modules than the command takes to run, and loads CommonJS faster than ESM.
import { chmodSync, rmSync } from "node:fs";
import { rolldown } from "rolldown";

const OUTPUT = "build/bin";

const bundle = await rolldown({
  input: { sockyard: "host/cli/main.ts", "job-worker": "host/cli/job-worker.ts" },
  platform: "node",
  external: [/^assemblyscript(\/|$)/, "wabt"],
  tsconfig: "tsconfig.json",
});
rmSync(OUTPUT, { recursive: true, force: true });
await bundle.write({
  dir: OUTPUT,
  format: "cjs",
  entryFileNames: "[name].cjs",
  chunkFileNames: "[name].cjs",
  // Names stay, for stacks that somebody has to read.
  minify: { compress: true, mangle: false },
  sourcemap: true,
});
await bundle.close();
chmodSync(`${OUTPUT}/sockyard.cjs`, 0o755);
