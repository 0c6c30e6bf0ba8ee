import { SourceMap } from "node:module";
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
const WASM_FRAME = /^ {4}at (?:(.+) \()?wasm:\/\/.*:wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/;

/**
 * Reads the guest's frames out of a V8 `error.stack`, the innermost first, and drops the host's.
 *
 * V8 keeps 10 frames in all unless `Error.stackTraceLimit` was raised before the error.
 */
export function symbolise(stack: string, sourceMap: string | null): Frame[] {
  const locate = sourceMap === null ? () => null : positionFinder(sourceMap);
  const frames: Frame[] = [];
  for (const line of stack.split("\n")) {
    const match = WASM_FRAME.exec(line);
    if (match === null) continue;
    const [, name, index, hex] = match;
    const offset = Number.parseInt(hex ?? "", 16);
    const position = locate(offset);
    // Without a file the name tells: asc's start with the path, and those of functions that it made up with "~" alone.
    const library = position === null ? (name?.startsWith("~") ?? false) : position.file.startsWith("~lib/");
    frames.push({ function: name === undefined ? `wasm-function[${index}]` : readableName(name), position, offset, library });
  }
  return frames;
}

/** Prints frames as V8 does: `    at main (examples/berkeley/tcp-server.ts:14:3)`, a line each. */
export function formatFrames(frames: readonly Frame[]): string {
  return frames.map((frame) => `    at ${frame.function} (${place(frame)})`).join("\n");
}

function place({ position, offset }: Frame): string {
  return position === null ? `0x${offset.toString(16)}` : `${position.file}:${position.line}:${position.column}`;
}

function positionFinder(sourceMap: string): (offset: number) => Position | null {
  const payload = parseSourceMap(sourceMap);
  if (payload === null) return () => null;
  const map = new SourceMap(payload);
  return (offset) => {
    // In a wasm source map everything is on line 0, and the column is the offset.
    const entry = map.findEntry(0, offset);
    if (!("originalSource" in entry) || entry.originalSource === undefined) return null;
    return {
      file: sourcePath(payload.sourceRoot, entry.originalSource),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  };
}

type Payload = ConstructorParameters<typeof SourceMap>[0];

/** A map that lies beside somebody's module may be anything: one that cannot be read is none. */
function parseSourceMap(json: string): Payload | null {
  try {
    const payload = JSON.parse(json);
    return typeof payload.mappings === "string" && Array.isArray(payload.sources) ? payload : null;
  } catch {
    return null;
  }
}

function sourcePath(root: string | undefined, source: string): string {
  if (root === undefined || !root.startsWith("/") || source.startsWith("~lib/")) return source;
  return displayPath(resolve(root, source));
}

/** asc's name of a function without the paths in it: `server/Map<~lib/string/String,i32>#get` is `Map<String,i32>#get`. */
function readableName(name: string): string {
  if (name === "~start" || /^start:[^~]*$/.test(name)) return "<top level>";
  return name
    .replace(/^start:[^~]*~/, "")
    .replace(/%28/g, "(")
    .replace(/%29/g, ")")
    .replace(/%2C/g, ",")
    .replace(/[^<>,|()]*\//g, "")
    .replace(/~?anonymous\|\d+/g, (match) => (match.startsWith("~") ? ".<anonymous>" : "<anonymous>"))
    .replace(/~/g, ".");
}
