import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import type { Transform } from "assemblyscript/asc";
import type binaryen from "assemblyscript/binaryen";
import type { Build, Inputs } from "./build-cache.js";
import { withoutComments } from "./comments.js";
import { escapeControls, presentDiagnostics } from "./diagnostics.js";
import { displayPath } from "./display-path.js";
import { functionStarts } from "./function-starts.js";
import type { Binaryen } from "./goroutines.js";
import { setLazyGlobalsFirst } from "./lazy-globals.js";
import { type Compiler, readAsc, VERSIONS } from "./load-asc.js";
import type { LoadOptions } from "./load-program.js";
import { OptionalLibrary } from "./optional-library.js";
import { CompileError } from "./program-error.js";

const PACKAGE_ROOT = join(import.meta.dirname, "../..");

const HOOKS = join(PACKAGE_ROOT, "assembly/hooks.ts");
const LIBRARY = "/node_modules/sockyard/";
const OUTPUT = "program.wasm";

/** Read for every program that may use goroutines. */
const SCHEDULER = join(PACKAGE_ROOT, "assembly/go/scheduler.ts");

// Of all that binaryen can do, V8 does not inline; what else makes a difference, it does itself, and faster.
// Inlining leaves a local for each parameter, and asyncify one for each value.
const INLINING = ["remove-unused-module-elements", "inlining"];
const TIDYING = ["coalesce-locals", "vacuum"];

// Of functions with more locals than that binaryen keeps hash tables, and takes minutes for each.
const MOST_LOCALS = 8192;

/** Compiles the AssemblyScript program at `path`, an absolute one, with this package's guest library. */
export async function compileAssemblyScript(path: string, inputs: Inputs, options: LoadOptions): Promise<Build> {
  inputs.read(fileURLToPath(import.meta.url));
  inputs.read(VERSIONS);
  const base = dirname(path);
  const startAsc = readAsc();
  const compile = async () => runAsc(await startAsc(options.hasProcess === true), path, base, inputs, options);
  const { outputs, report } = await exitingAs126(path, options.log, () =>
    options.hasProcess ? optimizingLittle(compile) : compile(),
  );

  const wasm = outputs.get(OUTPUT);
  const map = outputs.get(`${OUTPUT}.map`);
  if (!(wasm instanceof Uint8Array)) throw new CompileError(`cannot compile '${displayPath(path)}'`, report);
  if (report !== "") options.log?.(report);
  return { wasm, sourceMap: typeof map === "string" ? trimSourceMap(map, base, wasm) : null };
}

// V8's flags, and how they are by default. The first takes away the next two, and does not give them back.
const BRIEFLY: readonly (readonly [flag: string, usual: string])[] = [
  ["--liftoff-only", "--no-liftoff-only"],
  ["--no-wasm-tier-up", "--wasm-tier-up"],
  ["--no-wasm-dynamic-tiering", "--wasm-dynamic-tiering"],
  ["--wasm-lazy-validation", "--no-wasm-lazy-validation"],
  // Only Node 20's V8 has it; later ones have a cheaper compiler first.
  ...(process.versions.v8.startsWith("11.")
    ? ([["--interrupt-budget=1000000", "--interrupt-budget=67584"]] as const)
    : []),
];

/**
 * Runs `compile` while V8 optimizes no WebAssembly, validates only what runs, and optimizes of JavaScript only what
 * runs for long.
 *
 * Most functions of binaryen and asc run for a moment only, and optimizing them takes as long as all else of a first
 * run. The flags hold for all that the process compiles meanwhile.
 */
async function optimizingLittle<T>(compile: () => Promise<T>): Promise<T> {
  for (const [flag] of BRIEFLY) setFlagsFromString(flag);
  try {
    return await compile();
  } finally {
    for (const [, usual] of BRIEFLY) setFlagsFromString(usual);
  }
}

interface Result {
  /** By name; none after an error. */
  readonly outputs: ReadonlyMap<string, string | Uint8Array>;
  readonly report: string;
}

/** Runs asc with what the program mentions of the standard library, and once more if it turns out to need the rest. */
async function runAsc(
  compiler: Compiler,
  path: string,
  base: string,
  inputs: Inputs,
  options: LoadOptions,
): Promise<Result> {
  const library = new OptionalLibrary(compiler.optional);
  const result = await runWith(compiler, library, path, base, inputs, options);
  if (!library.isMissedBy(result.report)) return result;
  library.needAll();
  return runWith(compiler, library, path, base, inputs, options);
}

async function runWith(
  { asc, binaryen }: Compiler,
  library: OptionalLibrary,
  path: string,
  base: string,
  inputs: Inputs,
  { colors = false }: LoadOptions,
): Promise<Result> {
  const outputs = new Map<string, string | Uint8Array>();
  const stderr = Object.assign(asc.createMemoryStream(), { isTTY: colors });
  try {
    const { error } = await asc.main(flags(path, base, colors), {
      stdout: asc.createMemoryStream(),
      stderr,
      transforms: [completer(library), optimizer(binaryen, inputs)],
      readFile: (name, directory) => {
        const text = readSource(resolve(directory, name), base, inputs);
        if (text !== null) library.see(text);
        return text;
      },
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
  const ours = path === HOOKS ? path : libraryPath(path, base);
  const text = inputs.read(ours ?? path)?.toString() ?? null;
  return ours === null || text === null ? text : withoutComments(text);
}

/** Where in this package a file of `sockyard/` is; null for any other file. */
function libraryPath(path: string, base: string): string | null {
  if (!path.startsWith(join(base, LIBRARY))) return null;
  return join(PACKAGE_ROOT, "assembly", path.slice(path.lastIndexOf(LIBRARY) + LIBRARY.length));
}

/** Adds what the program needs of the optional library, once all else is parsed. */
function completer(library: OptionalLibrary): Transform {
  // A class, because asc tells no other transform the program.
  class Completer {
    declare readonly program: Transform["program"];

    afterParse(parser: Parameters<NonNullable<Transform["afterParse"]>>[0]): void {
      for (const { file, text } of library.needed()) parser.parseFile(text, `~lib/${file}.ts`, false);
      // Else asc would look for what these names stand for.
      const { options } = this.program;
      options.globalAliases ??= new Map();
      for (const alias of library.idleAliases()) options.globalAliases.set(alias, "");
    }
  }
  return Completer as unknown as Transform;
}

/** Makes the module small and fast with the few passes that are worth their time (docs/rationale.md). */
function optimizer(binaryen: Binaryen, inputs: Inputs): Transform {
  let program: Transform["program"];
  const transform: Partial<Transform> = {
    afterInitialize(initialized) {
      program = initialized;
    },
    async afterCompile(module) {
      setLazyGlobalsFirst(binaryen, module, program);
      binaryen.setShrinkLevel(0);
      binaryen.setDebugInfo(true);
      binaryen.setAlwaysInlineMaxSize(12);
      binaryen.setFlexibleInlineMaxSize(70);
      binaryen.setOneCallerInlineMaxSize(200);
      const inline = () => {
        // Below 3 nothing of flexible size is inlined.
        binaryen.setOptimizeLevel(3);
        module.runPasses(INLINING);
        // Above 0 asyncify runs passes of its own, which take five times its time.
        binaryen.setOptimizeLevel(0);
      };
      if (!inputs.found(SCHEDULER) || !(await makeGoroutines(binaryen, module, inline, inputs))) inline();
      tidy(binaryen, module);
    },
  };
  return transform as Transform;
}

/** Takes away what inlining and asyncify leave behind, in functions that are not too large for it. */
function tidy(binaryen: Binaryen, module: binaryen.Module): void {
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const each = module.getFunctionByIndex(i);
    const { base, vars } = binaryen.getFunctionInfo(each);
    const isImport = base !== "";
    if (!isImport && vars.length < MOST_LOCALS) module.runPassesOnFunction(each, TIDYING);
  }
}

/** Does nothing, and answers false, where nothing waits. Loaded only for programs that may use goroutines. */
async function makeGoroutines(
  binaryen: Binaryen,
  module: binaryen.Module,
  inline: () => void,
  inputs: Inputs,
): Promise<boolean> {
  const { transformGoroutines, transformPath, usesGoroutines } = await import("./goroutines.js");
  inputs.read(transformPath);
  if (!usesGoroutines(binaryen, module)) return false;
  transformGoroutines(binaryen, module, inline);
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
