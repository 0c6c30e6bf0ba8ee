// Compiles the parts of the guest library that the host shares with its guests:
// build/guest/address.wasm, the parser of addresses, and build/guest/dns.wasm,
// the codec of DNS messages. Does nothing for an output newer than the library.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const MODULES = ["address", "dns"];
const library = readdirSync(join(root, "assembly"), { recursive: true }).map((name) => `assembly/${name}`);
const sources = library.filter((name) => name.endsWith(".ts"));
const causes = [...sources, "tools/build-guest.js", "node_modules/assemblyscript/package.json"];
const changed = Math.max(...causes.map(modified));

function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function build(module) {
  // Importing the compiler costs 0.4 s: only when there is something to compile.
  const { default: asc } = await import("assemblyscript/asc");
  let binary;
  const options = ["--runtime", "stub", "-O3", "--noAssert", "--use", "abort=", "--outFile", `${module}.wasm`];
  const { error, stderr } = await asc.main([`assembly/${module}.ts`, ...options], {
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
  const output = join(root, `build/guest/${module}.wasm`);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, binary);
}

for (const module of MODULES) {
  if (changed >= modified(`build/guest/${module}.wasm`)) await build(module);
}
