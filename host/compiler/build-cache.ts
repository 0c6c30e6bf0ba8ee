import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What a compiler makes of a source file. */
export interface Build {
  readonly wasm: Uint8Array;
  /** A source map (JSON) whose columns are byte offsets in `wasm`, or null. */
  readonly sourceMap: string | null;
}

interface Input {
  readonly bytes: Buffer;
  /** See `stampOf`. */
  readonly stamp: string;
}

/** The files that a build depends on, as it found them: a later build from the same would be the same. */
export class Inputs {
  /** Each path that was asked for with what was there, or null where there was no file. */
  readonly files = new Map<string, Input | null>();

  /** Reads a file, and answers all later questions about it alike. */
  read(path: string): Buffer | null {
    let input = this.files.get(path);
    if (input === undefined) {
      input = readInput(path);
      this.files.set(path, input);
    }
    return input?.bytes ?? null;
  }

  /** Tells whether a file was asked for and was there. */
  found(path: string): boolean {
    return this.files.get(path) != null;
  }
}

// A build is one file, which a rename replaces as a whole:
//
//   header    one line of JSON, see below
//   inputs    the bytes of each input that was found, in the header's order
//   wasm
//   wasm      once more
//   map       the source map as UTF-8
//
// It is valid for as long as every input still holds those bytes, and every
// path where there was none is still free: a file that appears there would be
// taken first. An input whose stamp is still the same is not read again: that
// takes half of the time of everything here. Bytes and not hashes, because loading node:crypto alone takes
// 5 ms, several times what everything here takes together. For the same
// reason the wasm is kept twice: comparing two copies finds damage in 10 us.
interface Header {
  readonly format: 2;
  readonly key: string;
  /** Each path with the number of its bytes, or -1 where there was no file, and its stamp. */
  readonly inputs: ReadonlyArray<readonly [path: string, size: number, stamp: string]>;
  readonly wasm: number;
  readonly map: number;
}

/** The build that `directory` keeps under `key`, or null if there is none, it is out of date, or it is damaged. */
export function readBuild(directory: string, key: string): Build | null {
  if (!isPrivate(directory)) return null;
  const file = readIfPresent(join(directory, fileName(key)));
  if (file === null) return null;
  const header = readHeader(file);
  if (header === null || header.key !== key) return null;

  let offset = file.indexOf("\n") + 1;
  const next = (size: number) => {
    offset += size;
    return file.subarray(offset - size, offset);
  };
  for (const [path, size, stamp] of header.inputs) {
    if (!isUnchanged(path, size < 0 ? null : next(size), stamp)) return null;
  }
  const wasm = next(header.wasm);
  if (!wasm.equals(next(header.wasm))) return null;
  const map = next(header.map);
  // A copy, so that the rest of the file is not kept for as long as the program.
  return { wasm: new Uint8Array(wasm), sourceMap: map.length === 0 ? null : map.toString() };
}

/**
 * Keeps `build` under `key` in `directory`, if that is possible.
 *
 * A failure is not reported: it costs the next run a compilation, nothing else.
 */
export function writeBuild(directory: string, key: string, inputs: Inputs, build: Build): void {
  const path = join(directory, fileName(key));
  // Unique among processes and their workers, and `wx` refuses a name that is taken.
  const temporary = `${path}.${process.pid}.${process.hrtime.bigint()}`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!isPrivate(directory)) return;
    writeFileSync(temporary, encode(key, inputs, build), { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    removeIfPresent(temporary);
  }
}

function removeIfPresent(path: string): void {
  try {
    rmSync(path);
  } catch {
    // It was not written, or cannot be removed either.
  }
}

function encode(key: string, inputs: Inputs, { wasm, sourceMap }: Build): Buffer {
  const map = Buffer.from(sourceMap ?? "");
  const header: Header = {
    format: 2,
    key,
    inputs: Array.from(inputs.files, ([path, input]) => [path, input?.bytes.length ?? -1, input?.stamp ?? ""] as const),
    wasm: wasm.length,
    map: map.length,
  };
  const found = [...inputs.files.values()].flatMap((input) => input?.bytes ?? []);
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...found, wasm, wasm, map]);
}

/** The header of a file that is whole: one that was cut short has another size than its header says. */
function readHeader(file: Buffer): Header | null {
  const end = file.indexOf("\n");
  let header: Header;
  try {
    header = JSON.parse(file.toString("utf8", 0, end));
    if (header.format !== 2) return null;
    const sizes = [...header.inputs.map(([, size]) => Math.max(size, 0)), header.wasm, header.wasm, header.map];
    if (!sizes.every((size) => Number.isInteger(size) && size >= 0)) return null;
    return sizes.reduce((sum, size) => sum + size, end + 1) === file.length ? header : null;
  } catch {
    return null;
  }
}

function isUnchanged(path: string, expected: Buffer | null, stamp: string): boolean {
  // Where no file is expected, this way of asking does not cost an exception.
  if (expected === null) return !existsSync(path) || readIfPresent(path) === null;
  try {
    return (stamp !== "" && stampOf(statSync(path)) === stamp) || readFileSync(path).equals(expected);
  } catch {
    return false;
  }
}

function readInput(path: string): Input | null {
  try {
    const status = statSync(path);
    // Its status before its bytes: of a file that changes in between, the stamp is an old one.
    const stamp = stampOf(status);
    return status.isFile() ? { bytes: readFileSync(path), stamp } : null;
  } catch {
    return null;
  }
}

/** So long ago the last change has to be: one that follows within a tick of the file system's clock leaves no trace. */
const SETTLED_MS = 5000;

/** What no change of a file leaves as it is; empty for one that has just been changed. Nobody can set a file's ctime. */
function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return Date.now() - ctimeMs < SETTLED_MS ? "" : `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

/** The bytes of a file, or null where no file can be read. */
export function readIfPresent(path: string): Buffer | null {
  return readInput(path)?.bytes ?? null;
}

/** Tells whether only this user can put files into `directory`: what is in there runs with the user's grants. */
function isPrivate(directory: string): boolean {
  try {
    const status = statSync(directory);
    return status.isDirectory() && status.uid === process.geteuid?.() && (status.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** A readable name that is nearly always unique. Where it is not, the key inside tells, and one replaces the other. */
function fileName(key: string): string {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  const name = basename(key)
    .replace(/[^\w.-]/g, "_")
    .slice(-60);
  return `${name}-${(hash >>> 0).toString(16).padStart(8, "0")}`;
}
