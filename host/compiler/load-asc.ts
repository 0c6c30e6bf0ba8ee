import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import vm from "node:vm";
import type * as Asc from "assemblyscript/asc";
import { readIfPresent } from "./build-cache.js";
import type { Binaryen } from "./goroutines.js";
import type { OptionalFile } from "./optional-library.js";

const DIRECTORY = join(import.meta.dirname, "../../build/asc");

/** binaryen, and the code that V8 has made of it: for the same machine and V8 (tools/record-module-cache.cjs). */
const MODULE = join(DIRECTORY, "binaryen.wasm");
const MODULE_CODE = `${MODULE}.${process.arch}-${process.versions.v8}.cache`;

/** A small file that tells one compiler from another. */
export const VERSIONS: string = join(DIRECTORY, "versions.json");

/** The AssemblyScript compiler, and the binaryen that it uses. */
export interface Compiler {
  readonly asc: Pick<typeof Asc, "main" | "createMemoryStream">;
  readonly binaryen: Binaryen;
  /** What of the standard library asc was not given. */
  readonly optional: readonly OptionalFile[];
}

/**
 * Reads the compiler as `npm run build` prepared it (tools/build-asc.js), in a quarter of the time of importing it.
 *
 * What is returned starts it. V8 takes kept code of JavaScript only under the flags that it starts with, and that of
 * WebAssembly only under those that a first run sets: it is looked for if `hasFlags`, and they are set in between.
 */
export function readAsc(): (hasFlags: boolean) => Promise<Compiler> {
  const binaryenScript = readScript("binaryen.cjs");
  const ascScript = readScript("asc.cjs");
  return async (hasFlags) => {
    const { default: makeBinaryen } = run(binaryenScript) as {
      readonly default: (options: Emscripten) => Promise<Binaryen>;
    };
    const module = readModule(hasFlags);
    const binaryen = await makeBinaryen({
      instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(module, imports)),
    });
    const library = { libraryFiles: readJson("library.json") };
    const asc = run(ascScript, { binaryen, "sockyard:library": library }) as Compiler["asc"];
    return { asc, binaryen, optional: readJson("optional.json") as readonly OptionalFile[] };
  };
}

/** What emscripten's modules are made of. */
interface Emscripten {
  readonly instantiateWasm: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => void;
}

/** binaryen's module, with the optimized code of what a compilation runs if that is to be had. */
function readModule(hasFlags: boolean): WebAssembly.Module {
  const bytes = readFileSync(MODULE);
  const code = hasFlags ? readIfPresent(MODULE_CODE) : null;
  return (code && moduleOf(code, bytes)) ?? new WebAssembly.Module(bytes);
}

/** V8 gives and takes a module's code, but from JavaScript only for its own tests. It refuses another machine's. */
function moduleOf(code: Buffer, bytes: Buffer): WebAssembly.Module | undefined {
  setFlagsFromString("--allow-natives-syntax");
  const parameters = ["code", "bytes"];
  const deserialize = vm.compileFunction("return %DeserializeWasmModule(code, bytes);", parameters);
  setFlagsFromString("--no-allow-natives-syntax");
  return deserialize(code.buffer, bytes);
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(DIRECTORY, name), "utf8"));
}

interface Script {
  readonly filename: string;
  readonly script: vm.Script;
}

/** Reads a file without compiling what V8 has compiled before: Node keeps code of its own modules only. */
function readScript(name: string): Script {
  const filename = join(DIRECTORY, name);
  const source = readFileSync(filename, "utf8");
  const cachedData = readIfPresent(`${filename}.cache`) ?? undefined;
  const script = new vm.Script(`(function (exports, require, module, __filename) {${source}\n})`, {
    filename,
    ...(cachedData && { cachedData }),
  });
  return { filename, script };
}

type Run = (exports: object, require: (name: string) => unknown, module: object, filename: string) => void;

function run({ filename, script }: Script, provided: Readonly<Record<string, object>> = {}): object {
  const require = createRequire(filename);
  const module = { exports: {} };
  (script.runInThisContext() as Run)(module.exports, (id) => provided[id] ?? require(id), module, filename);
  return module.exports;
}
