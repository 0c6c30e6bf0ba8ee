import { statSync, writeFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { parseArgs } from "node:util";
import { EXIT } from "./exit-code.js";
import { UserError } from "./message.js";
import { load } from "./run.js";
import { closest } from "./suggestion.js";

/** What to compile, and the file for the module. */
export interface BuildCommand {
  readonly file: string;
  readonly output: string;
}

const OPTIONS = {
  output: { type: "string", short: "o" },
  help: { type: "boolean", short: "h" },
} as const;

const USAGE = "sockyard build FILE -o FILE.wasm";

/** Reads the command line of `build`. Throws a `UserError`. */
export function parseBuild(words: readonly string[]): BuildCommand | "help" {
  const args = [...words];
  const { tokens } = parseArgs({ args, options: OPTIONS, strict: false, allowPositionals: true, tokens: true });
  const files: string[] = [];
  let output: string | null = null;
  for (const token of tokens) {
    if (token.kind === "positional") files.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help") return "help";
    output = outputOf(token);
  }
  const [file, surplus] = files;
  if (file === undefined) throw usage("build needs a program", USAGE);
  if (surplus !== undefined) throw usage(`unexpected '${surplus}' after the program`, USAGE);
  if (extname(file) === ".wasm") throw usage(`'${file}' is a WebAssembly module already`, `sockyard run ${file}`);
  return { file, output: output ?? `${basename(file, extname(file))}.wasm` };
}

function outputOf({ name, rawName, value }: { name: string; rawName: string; value: string | undefined }): string {
  if (name !== "output") {
    const likely = closest(name, Object.keys(OPTIONS));
    throw usage(`unknown option '${rawName}'`, likely === null ? "sockyard help build" : `did you mean '--${likely}'?`);
  }
  if (value === undefined || value === "") throw usage(`${rawName} needs a file`, USAGE);
  return value;
}

function usage(error: string, hint: string): UserError {
  return new UserError({ error, hint }, EXIT.usage);
}

/**
 * Compiles a program, as `run` would, into a file; the exit code of the command.
 *
 * Its source map comes beside it, so that a trap of the module names source lines.
 */
export async function build({ file, output }: BuildCommand): Promise<number> {
  const { bytes, sourceMap } = await load(file);
  write(output, bytes);
  const map = sourceMap();
  // Not beside a pipe or a device.
  if (map !== null && statSync(output).isFile()) write(`${output}.map`, portable(map));
  return 0;
}

/** The map without the folder of this machine: the sources' names are then relative to the program's. */
function portable(map: string): string {
  const { sourceRoot: _, ...rest } = JSON.parse(map);
  return JSON.stringify(rest);
}

function write(path: string, contents: string | Uint8Array): void {
  try {
    writeFileSync(path, contents);
  } catch (error) {
    const fact = error instanceof Error ? error.message : String(error);
    throw new UserError({ error: `cannot write '${path}'`, facts: [fact] }, EXIT.notLoaded);
  }
}
