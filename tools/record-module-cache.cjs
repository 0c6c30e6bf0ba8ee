// Preloaded into a compilation: keeps optimized code of those functions of binaryen
// that run (host/compiler/load-asc.ts). Optimizing them takes some seconds.
const fs = require("node:fs");
const v8 = require("node:v8");
const vm = require("node:vm");

const MODULE = "build/asc/binaryen.wasm";

const set = v8.setFlagsFromString;
set("--allow-natives-syntax");
const serialize = vm.compileFunction("return %SerializeWasmModule(module);", ["module"]);
set("--no-allow-natives-syntax");

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
  // V8 takes code only under the flags under which it was kept.
  for (const flag of ["--liftoff", ...flags]) set(flag);
  const code = new Uint8Array(serialize(binaryen));
  fs.writeFileSync(`${MODULE}.${process.arch}-${process.versions.v8}.cache`, code);
});
