import type { SourceMap } from "node:module";
import { resolve } from "node:path";
import { displayPath } from "./display-path.js";

/** One call of a guest's stack. */
export interface Frame {
  /** The function's name as its source spells it, or `wasm-function[INDEX]`. */
  readonly function: string;
  /** Where it was, or null if no source map tells. */
  readonly position: Position | null;
  /** The byte offset in the module. */
  readonly offset: number;
  /** Whether it belongs to a library and not to the program. */
  readonly library: boolean;
}

/** A place in a source file, counted from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

// V8: "    at NAME (wasm://wasm/HASH:wasm-function[INDEX]:0xOFFSET)", without the parentheses where there is no name.
const LOCATION = /^wasm:\/\/.*:wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/;
const NAME_START = "    at ".length;

// Where asc's checks and `throw` end. Its message says what its frame could.
const ABORT = "~lib/hooks/sockyard_abort";

// asc's names start with the path of the file: "~lib/" in a library, nothing but "~" in what asc makes up.
// "~start" however may hold the program's top level, inlined.
const LIBRARY_NAME = /^(?:start:)?~(?!start$)/;
const TOP_LEVEL_NAME = /^~start$|^start:[^~]*$/;

/**
 * Reads the guest's frames out of a V8 `error.stack`, the innermost first, and drops the host's.
 *
 * V8 keeps 10 frames in all unless `Error.stackTraceLimit` was raised before the error.
 */
export function symbolize(stack: string, sourceMap: string | null): Frame[] {
  const map = sourceMap === null ? null : parseSourceMap(sourceMap);
  const frames: Frame[] = [];
  for (const line of stack.split("\n")) {
    // Names are the guest's and may hold anything, so the line is taken apart from its end.
    const urlStart = line.lastIndexOf("wasm://");
    const [match, index, hex] = LOCATION.exec(line.slice(urlStart)) ?? [];
    const name = line.slice(NAME_START, urlStart).replace(/ \($/, "");
    if (match === undefined || name === ABORT) continue;
    const offset = Number.parseInt(hex ?? "", 16);
    const library = LIBRARY_NAME.test(name);
    const position = map === null ? null : findPosition(map, offset, library, TOP_LEVEL_NAME.test(name));
    frames.push({ function: readableName(name) || `wasm-function[${index}]`, position, offset, library });
  }
  return frames;
}

/**
 * Prints frames as V8 does: `    at main (examples/berkeley/tcp-server.ts:14:3)`, a line each.
 *
 * Names are the guest's: a terminal must not see their control characters.
 */
export function formatFrames(frames: readonly Frame[]): string {
  return frames.map((frame) => `    at ${frame.function} (${place(frame)})`).join("\n");
}

function place({ position, offset }: Frame): string {
  return position === null ? `0x${offset.toString(16)}` : `${position.file}:${position.line}:${position.column}`;
}

interface ProgramMap {
  readonly entries: SourceMap;
  readonly sourceRoot: string | undefined;
  /** Where functions start: our own addition, which maps of others do not have. */
  readonly functions: readonly number[];
}

/** A map that lies beside somebody's module may be anything: one that cannot be read is none. */
function parseSourceMap(json: string): ProgramMap | null {
  try {
    const payload = JSON.parse(json);
    const { sourceRoot, x_functions: functions } = payload;
    return {
      entries: new (process.getBuiltinModule("node:module").SourceMap)(payload),
      sourceRoot: typeof sourceRoot === "string" ? sourceRoot : undefined,
      functions: Array.isArray(functions) ? functions.filter(Number.isInteger) : [],
    };
  } catch {
    return null;
  }
}

/**
 * The position of the instruction at `offset`, or of the last before it in the same function that has one.
 *
 * asc's checks have none of their own, and inlined library code has that of
 * the library: for the program's function the line that led there says more.
 * At the top level asc knows no positions: one of the library's belongs to what was inlined before.
 */
function findPosition(map: ProgramMap, offset: number, library: boolean, isTopLevel: boolean): Position | null {
  const start = map.functions.findLast((start) => start <= offset) ?? offset;
  let inlined: Position | null = null;
  for (let at = offset; at >= start; ) {
    // In a wasm source map everything is on line 0, and the column is the offset.
    const entry = map.entries.findEntry(0, at);
    if (!("generatedColumn" in entry) || entry.generatedColumn < start || entry.generatedColumn > at) break;
    if (typeof entry.originalSource === "string") {
      const file = sourcePath(map.sourceRoot, entry.originalSource);
      const position = { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
      if (library || !file.startsWith("~lib/")) return position;
      if (at === offset && !isTopLevel) inlined = position;
    }
    at = entry.generatedColumn - 1;
  }
  return inlined;
}

function sourcePath(root: string | undefined, source: string): string {
  if (root === undefined || !root.startsWith("/") || source.startsWith("~lib/")) return source;
  return displayPath(resolve(root, source));
}

/** asc's name of a function without the paths in it: `server/Map<~lib/string/String,i32>#get` is `Map<String,i32>#get`. */
function readableName(name: string): string {
  if (TOP_LEVEL_NAME.test(name)) return "<top level>";
  return name
    .replace(/^start:[^~]*~/, "")
    .replace(/%28/g, "(")
    .replace(/%29/g, ")")
    .replace(/%2C/g, ",")
    .split(/([<>,|()])/)
    .map((part) => part.slice(part.lastIndexOf("/") + 1))
    .join("")
    .replace(/~?anonymous\|\d+/g, (match) => (match.startsWith("~") ? ".<anonymous>" : "<anonymous>"))
    .replace(/~/g, ".");
}
