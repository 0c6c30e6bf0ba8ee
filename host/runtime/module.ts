import { withPatience } from "./engine.js";
import { type Goroutines, goroutinesOf } from "./goroutines.js";
import { type LimitFlaw, limitMemory } from "./memory-limit.js";
import { RuntimeError } from "./runtime-error.js";
import type { ImportedFunction } from "./signatures.js";

/** Compiles a program's bytes, its memory limited if that is asked for. Throws a `RuntimeError`. */
export function compileModule(bytes: Uint8Array, memoryLimit: number | null): WebAssembly.Module {
  const limited = memoryLimit === null ? bytes : withMemoryLimit(bytes, memoryLimit);
  try {
    return withPatience(() => new WebAssembly.Module(limited as Uint8Array<ArrayBuffer>));
  } catch (error) {
    throw invalid(error);
  }
}

/** Validates before it rewrites: the sections of a module that is none cannot be trusted. */
function withMemoryLimit(bytes: Uint8Array, memoryLimit: number): Uint8Array {
  if (!WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) return bytes;
  const limited = limitMemory(bytes, memoryLimit);
  if (typeof limited !== "string") return limited;
  throw new RuntimeError("ERR_MEMORY_LIMIT", LIMIT_FLAWS[limited], [`the limit is ${memoryLimit} bytes`]);
}

const LIMIT_FLAWS: Readonly<Record<LimitFlaw, string>> = {
  "too-large": "the program needs more memory at its start than the limit allows",
  "unknown-form": "the program has memories or tables of a form that cannot be limited",
};

function invalid(error: unknown): RuntimeError {
  const reason = error instanceof Error ? error.message.replace(/^WebAssembly\.Module\(\): /, "") : String(error);
  return new RuntimeError("ERR_MODULE_INVALID", "not a valid WebAssembly module", [reason]);
}

/** What a command exports. */
export interface Entry {
  readonly start: () => void;
  readonly memory: WebAssembly.Memory;
  /** Null for a program without. */
  readonly goroutines: Goroutines | null;
}

/** The entry point of a command, and its memory. Throws a `RuntimeError` where one is missing. */
export function entryOf(instance: WebAssembly.Instance): Entry {
  const { _start: start, memory } = instance.exports;
  if (typeof start !== "function" || start.length !== 0) {
    const hint = "compile with --exportStart _start (AssemblyScript), or export a function named _start";
    throw new RuntimeError(
      "ERR_MODULE_NO_START",
      "the module has no entry point",
      ["it exports no function '_start' without parameters"],
      hint,
    );
  }
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new RuntimeError("ERR_MODULE_NO_MEMORY", "the module exports no memory", [
      "calls need 'memory' to be exported",
    ]);
  }
  if (!(memory.buffer instanceof ArrayBuffer)) {
    throw new RuntimeError("ERR_MODULE_SHARED_MEMORY", "the module's memory is shared", ["guests have one thread"]);
  }
  return { start: start as () => void, memory, goroutines: goroutinesOf(instance.exports) };
}

/** What each import module serves: a function's type by its name. */
export type Contracts = ReadonlyMap<string, (name: string) => string | undefined>;

/** Refuses a module that declares a function with other types than it has. Throws a `RuntimeError`. */
export function checkSignatures(imported: readonly ImportedFunction[], contracts: Contracts): void {
  for (const { module, name, signature } of imported) {
    const expected = contracts.get(module)?.(name);
    if (expected === undefined || expected === signature) continue;
    const facts = [`it declares '${name}' of '${module}' as ${spell(signature)}`, `it is ${spell(expected)}`];
    throw new RuntimeError("ERR_MODULE_IMPORT_TYPE", "the module imports a function with the wrong type", facts);
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = { i: "i32", I: "i64", f: "f32", F: "f64" };

/** `(i32, i64) -> (i32)` */
function spell(signature: string): string {
  const [parameters = "", results = ""] = signature.split(":");
  const names = (letters: string): string =>
    Array.from(letters, (letter) => TYPE_NAMES[letter] ?? "a reference").join(", ");
  return `(${names(parameters)}) -> (${names(results)})`;
}

/** Instantiates with just what the module asks for; an import that nobody serves is named. Throws a `RuntimeError`. */
export function instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === "function" && Object.hasOwn(imports, from) && Object.hasOwn(imports[from] ?? {}, name)) continue;
    throw unknownImport(from, name, kind, imports);
  }
  return new WebAssembly.Instance(module, imports);
}

function unknownImport(from: string, name: string, kind: string, imports: WebAssembly.Imports): RuntimeError {
  const fact = `it imports the ${kind} '${name}' from '${from}'`;
  const served = `served are ${Object.keys(imports)
    .map((module) => `'${module}'`)
    .join(" and ")}`;
  return new RuntimeError(
    "ERR_MODULE_IMPORT_UNKNOWN",
    "the module imports what this runtime does not have",
    [fact, served],
    HINTS[from] ?? null,
  );
}

const TRANSFORM_HINT =
  "asc makes goroutines with --transform ./node_modules/sockyard/build/compiler/asc-transform.js; 'sockyard build' does so by itself";

/** What a program that imports from there lacks. */
const HINTS: Readonly<Record<string, string>> = {
  env: "AssemblyScript programs extend sockyard's asconfig.json, which needs nothing from 'env'",
  asyncify: TRANSFORM_HINT,
  sockyard: TRANSFORM_HINT,
};
