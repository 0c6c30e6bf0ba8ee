#!/usr/bin/env node
// The first file of the command and of its worker: loads the bundle beside it,
// without compiling what V8 has compiled before (tools/build-cli.js). Compiling
// takes longer than all else that the command does before a guest runs.
import fs = require("node:fs");
import path = require("node:path");
import vm = require("node:vm");

interface Chunk {
  readonly exports: object;
}

type Require = (name: string) => unknown;
type Wrapped = (exports: object, require: Require, module: Chunk, filename: string, directory: string) => void;

const chunks = new Map<string, Chunk>();

/** Runs a file of the bundle, once. */
function load(filename: string): object {
  const known = chunks.get(filename);
  if (known !== undefined) return known.exports;
  const module: Chunk = { exports: {} };
  chunks.set(filename, module);
  compile(filename)(module.exports, requireFromChunk, module, filename, __dirname);
  return module.exports;
}

/** All chunks lie beside this file, so its own `require` finds what is none of them. */
function requireFromChunk(name: string): unknown {
  return name.startsWith("./") ? load(path.join(__dirname, name)) : (require(name) as unknown);
}

/** V8 refuses a cache that another version of it made, and compiles then. */
function compile(filename: string): Wrapped {
  const cachedData = readIfThere(`${filename}.cache`);
  const script = new vm.Script(wrapped(filename), {
    filename,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  return script.runInThisContext() as Wrapped;
}

const BEFORE = "(function (exports, require, module, __filename, __dirname) {";
const AFTER = "\n})";

/** The file as a function. It is as long as a book, and each copy of it is time. */
function wrapped(filename: string): string {
  const file = fs.openSync(filename, "r");
  try {
    const size = fs.fstatSync(file).size;
    const text = Buffer.allocUnsafeSlow(BEFORE.length + size + AFTER.length);
    text.write(BEFORE, 0, "latin1");
    fs.readSync(file, text, BEFORE.length, size, 0);
    text.write(AFTER, BEFORE.length + size, "latin1");
    return text.toString();
  } finally {
    fs.closeSync(file);
  }
}

function readIfThere(filename: string): Buffer | undefined {
  try {
    return fs.readFileSync(filename);
  } catch {
    return undefined;
  }
}

const first = path.join(__dirname, `${path.basename(__filename, ".cjs")}.chunk.cjs`);
if (process.env.SOCKYARD_BACKTRACE === "1") {
  // Node's own way takes longer, and knows the names and lines of the source.
  process.setSourceMapsEnabled(true);
  require(first);
} else {
  load(first);
}
