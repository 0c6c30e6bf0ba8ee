// Preloaded into a compilation: keeps optimized code of those functions of binaryen
// that run (host/compiler/load-asc.ts). Optimizing them takes some seconds.
const fs = require("node:fs");
const v8 = require("node:v8");
const vm = require("node:vm");

const MODULE = "build/asc/binaryen.wasm";
const CODE = `${MODULE}.${process.arch}-${process.versions.v8}.cache`;

fs.rmSync(CODE, { force: true });

const set = v8.setFlagsFromString;
set("--allow-natives-syntax");
const serialize = compile("return %SerializeWasmModule(module);", ["module"]);
set("--no-allow-natives-syntax");

/** Null where V8 has no such function: binaryen is then compiled at each first run. */
function compile(text, parameters) {
  try {
    return vm.compileFunction(text, parameters);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

// Those that the command sets, up to binaryen's module.
const flags = [];
let binaryen;

v8.setFlagsFromString = (flag) => {
  if (binaryen === undefined) flags.push(flag);
  set(flag === "--liftoff-only" ? "--no-liftoff" : flag);
};

const { size } = fs.statSync(MODULE);
WebAssembly.Module = class extends WebAssembly.Module {
  constructor(bytes) {
    super(bytes);
    if (bytes.length === size) binaryen = this;
  }
};

process.on("exit", () => {
  if (serialize === null) return;
  // V8 takes code only under the flags under which it was kept.
  for (const flag of ["--liftoff", ...flags]) set(flag);
  fs.writeFileSync(CODE, new Uint8Array(serialize(binaryen)));
});
