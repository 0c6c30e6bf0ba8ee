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

/**
 * Reads the compiler as `npm run build` prepared it (tools/build-asc.js), in a quarter of the time of importing it.
 *
 * What is returned starts it. V8 refuses the code that was kept for it once its flags are others: they are to be
 * changed in between.
 */
export function readAsc(): () => Promise<Compiler> {
  const binaryenScript = readScript("binaryen.cjs");
  const ascScript = readScript("asc.cjs");
  return async () => {
    const { default: makeBinaryen } = run(binaryenScript) as {
      readonly default: (options: object) => Promise<Binaryen>;
    };
    const binaryen = await makeBinaryen({ wasmBinary: readFileSync(join(DIRECTORY, "binaryen.wasm")) });
    const library = { libraryFiles: readJson("library.json") };
    const asc = run(ascScript, { binaryen, "sockyard:library": library }) as Compiler["asc"];
    return { asc, binaryen, optional: readJson("optional.json") as readonly OptionalFile[] };
  };
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
