import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import type { Transform } from "assemblyscript/asc";
import type binaryen from "assemblyscript/binaryen";
import type { Build, Inputs } from "./build-cache.js";
import { escapeControls, presentDiagnostics } from "./diagnostics.js";
import { displayPath } from "./display-path.js";
import { functionStarts } from "./function-starts.js";
import type { Binaryen } from "./goroutines.js";
import { loadAsc, VERSIONS } from "./load-asc.js";
import type { LoadOptions } from "./load-program.js";
import { CompileError } from "./program-error.js";

const PACKAGE_ROOT = join(import.meta.dirname, "../..");

const HOOKS = join(PACKAGE_ROOT, "assembly/hooks.ts");
const LIBRARY = "/node_modules/sockyard/";
const OUTPUT = "program.wasm";

/** Read for every program that may use goroutines. */
const SCHEDULER = join(PACKAGE_ROOT, "assembly/go/scheduler.ts");

// asyncify leaves a local for each value: without these the result is twice as large, and slower.
const AFTER_ASYNCIFY = ["coalesce-locals", "simplify-locals", "vacuum", "reorder-locals", "remove-unused-brs"];

/** Compiles the AssemblyScript program at `path`, an absolute one, with this package's guest library. */
export async function compileAssemblyScript(path: string, inputs: Inputs, options: LoadOptions): Promise<Build> {
  inputs.read(fileURLToPath(import.meta.url));
  inputs.read(VERSIONS);
  const base = dirname(path);
  const compile = () => runAsc(path, base, inputs, options);
  const { outputs, report } = await exitingAs126(path, options.log, () =>
    options.hasProcess ? withBaselineCode(compile) : compile(),
  );

  const wasm = outputs.get(OUTPUT);
  const map = outputs.get(`${OUTPUT}.map`);
  if (!(wasm instanceof Uint8Array)) throw new CompileError(`cannot compile '${displayPath(path)}'`, report);
  if (report !== "") options.log?.(report);
  return { wasm, sourceMap: typeof map === "string" ? trimSourceMap(map, base, wasm) : null };
}

/**
 * Runs `compile` while V8 optimizes no WebAssembly.
 *
 * Of binaryen most functions run for a moment only, and optimizing them takes as long as all else of a first run. The
 * flag is V8's, so it holds for all that the process compiles meanwhile.
 */
async function withBaselineCode<T>(compile: () => Promise<T>): Promise<T> {
  setFlagsFromString("--liftoff-only");
  try {
    return await compile();
  } finally {
    setFlagsFromString("--no-liftoff-only");
  }
}

/** Runs asc; there are no outputs after an error. */
async function runAsc(path: string, base: string, inputs: Inputs, { colors = false }: LoadOptions) {
  const { asc, binaryen } = await loadAsc();
  const outputs = new Map<string, string | Uint8Array>();
  const stderr = Object.assign(asc.createMemoryStream(), { isTTY: colors });
  try {
    const { error } = await asc.main(flags(path, base, colors), {
      stdout: asc.createMemoryStream(),
      stderr,
      transforms: [optimizer(binaryen, inputs)],
      readFile: (name, directory) => readSource(resolve(directory, name), base, inputs),
      writeFile: (name, contents) => void outputs.set(basename(name), contents),
      listFiles: () => null,
    });
    if (error !== null) outputs.clear();
  } catch (error) {
    // A crash of the parser; later ones do not come out of here: see exitingAs126().
    stderr.write(`the AssemblyScript compiler crashed: ${error}\n`);
  }
  return { outputs, report: presentDiagnostics(stderr.toString(), base, colors) };
}

/** What asconfig.json leaves open. It is this package's: one in the project could have asc run scripts on the host. */
function flags(path: string, base: string, colors: boolean): string[] {
  const config = join(PACKAGE_ROOT, "asconfig.json");
  // The target "debug" keeps names and makes a source map; optimizer() does the rest.
  const options = ["--baseDir", base, "--config", config, "--target", "debug", "--outFile", OUTPUT];
  // asc colors for some environments (CI) whatever the stream is.
  return colors ? [path, ...options] : [path, ...options, "--noColors"];
}

/**
 * The text of the file that asc asks for, or null.
 *
 * `sockyard/NAME` is first looked for in node_modules beside the program, and
 * found in this package, even if the project has one of its own: library and
 * host are two sides of one ABI, and have to be of one version.
 */
function readSource(path: string, base: string, inputs: Inputs): string | null {
  // asc takes a library file for a folder, too, and looks for every import in there.
  if (path.startsWith(`${HOOKS}/`)) return null;
  const name = path.startsWith(join(base, LIBRARY)) ? path.slice(path.lastIndexOf(LIBRARY) + LIBRARY.length) : null;
  return inputs.read(name === null ? path : join(PACKAGE_ROOT, "assembly", name))?.toString() ?? null;
}

/**
 * Inlines and optimizes, and leaves all else of binaryen's passes away.
 *
 * The first compilation of 220 lines, with the 0.6 s of importing asc, and two
 * loops of the result, on a slow machine:
 *
 *            compile   bytes   sieve    maps
 *   -O0        1.6 s   39757  160 ms  160 ms
 *   -O1        2.7 s   20947   77 ms   69 ms
 *   -O2        3.2 s   17274   51 ms   57 ms
 *   -O3        3.6 s   17080   38 ms   66 ms
 *   this       2.6 s   22570   39 ms   59 ms
 */
function optimizer(binaryen: Binaryen, inputs: Inputs): Transform {
  const transform: Partial<Transform> = {
    async afterCompile(module) {
      binaryen.setOptimizeLevel(2);
      binaryen.setShrinkLevel(0);
      binaryen.setDebugInfo(true);
      binaryen.setAlwaysInlineMaxSize(12);
      binaryen.setFlexibleInlineMaxSize(70);
      binaryen.setOneCallerInlineMaxSize(200);
      const optimize = () => module.runPasses(["remove-unused-module-elements", "inlining-optimizing"]);
      if (!inputs.found(SCHEDULER) || !(await makeGoroutines(binaryen, module, optimize, inputs))) optimize();
    },
  };
  return transform as Transform;
}

/** Does nothing, and answers false, where nothing waits. Loaded only for programs that may use goroutines. */
async function makeGoroutines(
  binaryen: Binaryen,
  module: binaryen.Module,
  optimize: () => void,
  inputs: Inputs,
): Promise<boolean> {
  const { transformGoroutines, transformPath, usesGoroutines } = await import("./goroutines.js");
  inputs.read(transformPath);
  if (!usesGoroutines(binaryen, module)) return false;
  transformGoroutines(binaryen, module, optimize);
  module.runPasses(AFTER_ASYNCIFY);
  return true;
}

/** Runs `compile`, during which asc calls process.exit(1) should it crash: that ends with exit code 126 instead. */
async function exitingAs126<T>(path: string, log: LoadOptions["log"], compile: () => Promise<T>): Promise<T> {
  const onExit = (code: number) => {
    if (code !== 1) return;
    process.exitCode = 126;
    log?.(`the AssemblyScript compiler crashed while it compiled '${escapeControls(displayPath(path))}'`);
  };
  process.once("exit", onExit);
  try {
    return await compile();
  } finally {
    process.off("exit", onExit);
  }
}

/** The map without the sources, whose paths are then relative to `base`, and with what symbolize() wants to know. */
function trimSourceMap(json: string, base: string, wasm: Uint8Array): string {
  const { version, sources, names, mappings } = JSON.parse(json);
  return JSON.stringify({ version, sourceRoot: base, sources, names, mappings, x_functions: functionStarts(wasm) });
}
