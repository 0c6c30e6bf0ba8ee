// Compiles build/guest/address.wasm, the address parser that the host shares
// with its guests. Does nothing when the output is newer than its sources.
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const output = join(root, "build/guest/address.wasm");
const sources = ["assembly/address.ts", "assembly/inet/parse.ts", "assembly/inet/format.ts"];
const causes = [...sources, "tools/build-guest.js", "node_modules/assemblyscript/package.json"];

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function build() {
  // Importing the compiler costs 0.4 s: only when there is something to compile.
  const { default: asc } = await import("assemblyscript/asc");
  let binary;
  const options = ["--runtime", "stub", "-O3", "--noAssert", "--use", "abort=", "--outFile", "address.wasm"];
  const { error, stderr } = await asc.main([sources[0], ...options], {
    readFile: (name) => (sources.includes(name) ? readFileSync(join(root, name), "utf8") : null),
    writeFile: (_name, contents) => {
      binary = contents;
    },
    listFiles: () => [],
  });
  if (error) {
    console.error(stderr.toString());
    process.exitCode = 1;
    return;
  }
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, binary);
}

if (causes.some((path) => modified(join(root, path)) >= modified(output))) await build();
