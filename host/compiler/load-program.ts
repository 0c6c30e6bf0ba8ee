import { readFileSync, realpathSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { type Build, Inputs, readBuild, readIfPresent, writeBuild } from "./build-cache.js";
import { ProgramError } from "./program-error.js";

/** How to load a program. */
export interface LoadOptions {
  /** Where compiled programs are kept, or null to compile each time. It is made if it is missing. */
  readonly cacheDirectory: string | null;
  /** Whether diagnostics may hold terminal colors. */
  readonly colors?: boolean;
  /** Whether nothing else in this process compiles WebAssembly meanwhile: the compiler may then set flags of V8's. */
  readonly hasProcess?: boolean;
  /** Receives the compiler's warnings, which do not come again when the program comes from the cache. */
  readonly log?: (text: string) => void;
}

/** A program that is ready to be instantiated. */
export interface Program {
  /** The wasm module. */
  readonly bytes: Uint8Array;
  /** Whether a compiler's earlier result was used. */
  readonly cached: boolean;
  /** The source map (JSON) of the module, columns being byte offsets, or null where there is none. */
  readonly sourceMap: () => string | null;
}

/** A compiler: turns the file at an absolute path into wasm, reading through `inputs` all that the result depends on. */
export type Compiler = (path: string, inputs: Inputs, options: LoadOptions) => Promise<Build>;

// Imported only to compile: a program from the cache starts without them.
const COMPILERS: Readonly<Record<string, () => Promise<Compiler>>> = {
  ".ts": async () => (await import("./assemblyscript.js")).compileAssemblyScript,
  ".wat": async () => (await import("./wat.js")).compileWat,
};

const ACCEPTED = "accepted are WebAssembly modules (.wasm), their text form (.wat) and AssemblyScript (.ts)";

/**
 * Loads a program: a wasm module as it is, anything else compiled or from the cache.
 *
 * The first bytes decide before the name does. Throws a `ProgramError`, for
 * wrong source a `CompileError`.
 */
export async function loadProgram(path: string, options: LoadOptions): Promise<Program> {
  const bytes = readProgram(path);
  if (startsWith(bytes, "\0asm")) return loadModule(path, bytes);
  const loadCompiler = COMPILERS[extname(path)];
  if (loadCompiler === undefined) throw unknownType(path, bytes);
  return loadSource(path, loadCompiler, options);
}

function loadModule(path: string, bytes: Buffer): Program {
  // Bytes 4 and 5 are the version, 6 and 7 the layer: 0 is a core module, 1 a component.
  if (bytes.length >= 8 && bytes.readUInt16LE(6) !== 0) {
    const facts = ["it is a WebAssembly component, not a module", ACCEPTED];
    throw new ProgramError("ERR_PROGRAM_UNKNOWN_TYPE", `cannot run '${path}'`, facts);
  }
  return { bytes, cached: false, sourceMap: () => readIfPresent(`${path}.map`)?.toString() ?? null };
}

async function loadSource(path: string, loadCompiler: () => Promise<Compiler>, options: LoadOptions): Promise<Program> {
  // Imports are relative to the real file, so that a program can be linked to from elsewhere.
  const source = realpathSync.native(path);
  // Another installation of this package compiles with another library.
  const key = `${join(import.meta.dirname, "../..")}\0${source}`;
  const { cacheDirectory } = options;

  const kept = cacheDirectory === null ? null : readBuild(cacheDirectory, key);
  if (kept !== null) return { bytes: kept.wasm, cached: true, sourceMap: () => kept.sourceMap };

  const compile = await loadCompiler();
  const inputs = new Inputs();
  const build = await compile(source, inputs, options);
  if (cacheDirectory !== null) writeBuild(cacheDirectory, key, inputs, build);
  return { bytes: build.wasm, cached: false, sourceMap: () => build.sourceMap };
}

function readProgram(path: string): Buffer {
  try {
    // Not only plain files: a pipe from the shell's <(command) is welcome, an endless device is not.
    const status = statSync(path);
    if (!status.isFile() && !status.isFIFO()) {
      const fact = status.isDirectory() ? "it is a directory" : "it is not a file";
      throw new ProgramError("ERR_PROGRAM_NOT_A_FILE", `cannot run '${path}'`, [fact, ACCEPTED]);
    }
    return readFileSync(path);
  } catch (error) {
    throw error instanceof ProgramError ? error : unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): ProgramError {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new ProgramError("ERR_PROGRAM_NOT_FOUND", `cannot find '${path}'`, ["there is no such file"]);
  }
  const fact = error instanceof Error ? error.message : String(error);
  return new ProgramError("ERR_PROGRAM_UNREADABLE", `cannot read '${path}'`, [fact]);
}

function unknownType(path: string, bytes: Buffer): ProgramError {
  const facts = [ACCEPTED];
  if (extname(path) === ".wasm") facts.unshift("its first bytes are not those of a WebAssembly module (00 61 73 6d)");
  else if (startsWith(bytes, "(module")) facts.push("it looks like WebAssembly text: name it .wat");
  return new ProgramError("ERR_PROGRAM_UNKNOWN_TYPE", `cannot run '${path}'`, facts);
}

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.toString("latin1", 0, text.length) === text;
}
