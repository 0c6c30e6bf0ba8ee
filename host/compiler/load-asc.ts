import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import vm from "node:vm";
import type * as Asc from "assemblyscript/asc";
import { readIfPresent } from "./build-cache.js";
import type { Binaryen } from "./goroutines.js";
import type { OptionalFile } from "./optional-library.js";

const DIRECTORY = join(import.meta.dirname, "../../build/asc");

/** A small file that names the compiler's version. */
export const VERSIONS: string = join(DIRECTORY, "versions.json");

/** The AssemblyScript compiler, and the binaryen that it uses. */
export interface Compiler {
  readonly asc: Pick<typeof Asc, "main" | "createMemoryStream">;
  readonly binaryen: Binaryen;
  /** What of the standard library asc was not given. */
  readonly optional: readonly OptionalFile[];
}

/** Loads the compiler as `npm run build` prepared it (tools/build-asc.js), in a quarter of the time of importing it. */
export async function loadAsc(): Promise<Compiler> {
  const { default: makeBinaryen } = run("binaryen.cjs") as { readonly default: (options: object) => Promise<Binaryen> };
  const binaryen = await makeBinaryen({ wasmBinary: readFileSync(join(DIRECTORY, "binaryen.wasm")) });
  const library = { libraryFiles: readJson("library.json") };
  const asc = run("asc.cjs", { binaryen, "sockyard:library": library }) as Compiler["asc"];
  return { asc, binaryen, optional: readJson("optional.json") as readonly OptionalFile[] };
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(DIRECTORY, name), "utf8"));
}

type Run = (exports: object, require: (name: string) => unknown, module: object, filename: string) => void;

/** Runs a file without compiling what V8 has compiled before: Node keeps code of its own modules only. */
function run(name: string, provided: Readonly<Record<string, object>> = {}): object {
  const filename = join(DIRECTORY, name);
  const source = readFileSync(filename, "utf8");
  const cachedData = readIfPresent(`${filename}.cache`) ?? undefined;
  const script = new vm.Script(`(function (exports, require, module, __filename) {${source}\n})`, {
    filename,
    ...(cachedData && { cachedData }),
  });
  const require = createRequire(filename);
  const module = { exports: {} };
  (script.runInThisContext() as Run)(module.exports, (id) => provided[id] ?? require(id), module, filename);
  return module.exports;
}
