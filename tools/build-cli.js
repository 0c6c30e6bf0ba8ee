// Bundles the command into build/bin: Node takes longer to find and link fifty
// modules than the command takes to run, and loads CommonJS faster than ESM.
// Then runs it, to keep what V8 compiles (host/cli/launch.cts).
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";

const OUTPUT = "build/bin";
const CONSTANTS = join(import.meta.dirname, "../host/core/linux.generated.ts");

/**
 * The command and its worker: a bundle each, for every file takes time to find, to read and to compile.
 *
 * What either imports later is in files of its own, beside it.
 */
const BUNDLES = [
  { name: "sockyard", input: "host/cli/main.ts", later: "[name].cjs" },
  { name: "job-worker", input: "host/cli/job-worker.ts", later: "job-worker.[name].cjs" },
];

// A program for the compiler, with goroutines.
const COMPILED = "examples/net/echo-server.ts";

const CODE = "record-code-cache.cjs";

// What a first program does, so that what it needs of the command is compiled.
const PROGRAM = `(module
  (import "berkeley_sockets_v1" "socket" (func $socket (param i32 i32 i32) (result i32)))
  (import "berkeley_sockets_v1" "bind" (func $bind (param i32 i32 i32) (result i32)))
  (import "berkeley_sockets_v1" "listen" (func $listen (param i32 i32) (result i32)))
  (import "berkeley_sockets_v1" "getsockname" (func $getsockname (param i32 i32 i32) (result i32)))
  (import "berkeley_sockets_v1" "close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\02\\00\\00\\00\\7f\\00\\00\\01\\00\\00\\00\\00\\00\\00\\00\\00")
  (data (i32.const 32) "\\10\\00\\00\\00")
  (func (export "_start")
    (drop (call $args_sizes_get (i32.const 64) (i32.const 68)))
    (drop (call $socket (i32.const 2) (i32.const 1) (i32.const 0)))
    (drop (call $bind (i32.const 3) (i32.const 0) (i32.const 16)))
    (drop (call $listen (i32.const 3) (i32.const 5)))
    (drop (call $getsockname (i32.const 3) (i32.const 80) (i32.const 32)))
    (drop (call $fd_write (i32.const 1) (i32.const 72) (i32.const 0) (i32.const 64)))
    (drop (call $close (i32.const 3)))
    (call $proc_exit (i32.const 0))))`;

/**
 * Gives the trace its own copy of the constants.
 *
 * It looks them up by name, and the object of all names, half a thousand
 * functions, would otherwise be made at each start; all others use numbers.
 */
const namesForTrace = {
  name: "names-for-trace",
  resolveId: (source, importer) =>
    importer?.endsWith("/core/trace/notation.ts") && source === "../linux.generated.js" ? `${CONSTANTS}?names` : null,
  load: (id) => (id === `${CONSTANTS}?names` ? { code: readFileSync(CONSTANTS, "utf8"), moduleType: "ts" } : null),
};

async function bundle({ name, input, later }) {
  const imports = new Map();
  const bundled = await rolldown({
    input: { [name]: input },
    platform: "node",
    external: [/^assemblyscript(\/|$)/, "wabt"],
    tsconfig: "tsconfig.json",
    plugins: [
      namesForTrace,
      { name: "imports", moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds) },
    ],
  });
  await bundled.write({
    dir: OUTPUT,
    format: "cjs",
    entryFileNames: "[name].chunk.cjs",
    chunkFileNames: later,
    codeSplitting: { groups: [{ name, test: (id) => atOnce(input, imports).has(id) }] },
    minify: true,
    sourcemap: true,
  });
  await bundled.close();
  copyFileSync("build/cli/launch.cjs", `${OUTPUT}/${name}.cjs`);
}

/** What the module imports, and what that imports, but for what it does not import until it has to. */
function atOnce(input, imports) {
  const found = new Set([join(import.meta.dirname, "..", input)]);
  for (const id of found) for (const imported of imports.get(id) ?? []) found.add(imported);
  return found;
}

function record(recorder, ...words) {
  const args = ["--require", join(import.meta.dirname, recorder), `${OUTPUT}/sockyard.cjs`, ...words];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the bundle does not run: ${stderr}`);
}

function keepCode() {
  const directory = mkdtempSync(join(tmpdir(), "sockyard-build-"));
  const program = join(directory, "program.wat");
  writeFileSync(program, PROGRAM);
  try {
    // The plain run last: of what others use as well, the cache is to be its own.
    for (const recorder of ["record-module-cache.cjs", CODE]) {
      process.env.XDG_CACHE_HOME = join(directory, recorder);
      record(recorder, "build", COMPILED, "-o", join(directory, "compiled.wasm"));
    }
    // To record is this process's doing, and the second wall's business.
    const grants = ["--allow-net=127.0.0.1:0", `--allow-write=${join(process.cwd(), OUTPUT)}`];
    for (const options of [["--time-limit=1m"], []]) record(CODE, "run", ...grants, ...options, program);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

rmSync(OUTPUT, { recursive: true, force: true });
for (const each of BUNDLES) await bundle(each);
chmodSync(`${OUTPUT}/sockyard.cjs`, 0o755);
keepCode();
