import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT, temporaryDirectory } from "./sockyard.js";

// (module (memory (export "memory") 1) (func (export "_start")))
const PROGRAM = Buffer.from(
  "0061736d01000000010401600000030201000503010001071302066d656d6f72790200065f73746172740000" + "0a040102000b",
  "hex",
);

// Prints of each script whether V8 had to compile it, and how long modules are that it compiled.
const WATCH = `
  const vm = require("node:vm");
  vm.Script = class extends vm.Script {
    constructor(source, options) {
      super(source, options);
      const isKept = this.cachedDataRejected === false;
      console.log((isKept ? "kept " : "compiled ") + require("node:path").basename(options.filename));
    }
  };
  WebAssembly.Module = class extends WebAssembly.Module {
    constructor(bytes) {
      super(bytes);
      console.log("module " + bytes.length);
    }
  };
`;

/** A copy of the command and the compiler, whose compiled code each `spoil` has had its way with. */
function copyOfCommand(spoil: (path: string) => void): string {
  const root = temporaryDirectory();
  mkdirSync(join(root, "build"));
  for (const name of ["build/native", "build/guest", "package.json", "assembly", "asconfig.json"])
    symlinkSync(join(PROJECT, name), join(root, name));
  const caches = ["build/bin", "build/asc"].flatMap((folder) => {
    cpSync(join(PROJECT, folder), join(root, folder), { recursive: true });
    return readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".cache"))
      .map((name) => join(folder, name));
  });
  for (const name of ["bin/sockyard.chunk.cjs", "bin/job-worker.chunk.cjs", "asc/asc.cjs", "asc/binaryen.wasm"])
    expect(caches).toContainEqual(expect.stringMatching(`^build/${name}.*\\.cache$`));
  for (const name of caches) spoil(join(root, name));
  writeFileSync(join(root, "program.wasm"), PROGRAM);
  writeFileSync(join(root, "program.ts"), "assert(memory.size() > 0);");
  return root;
}

describe("the command", () => {
  it.each([
    ["missing", (path: string) => rmSync(path)],
    ["not what V8 made", (path: string) => writeFileSync(path, "x".repeat(5000))],
    ["empty", (path: string) => writeFileSync(path, "")],
  ])("runs when its compiled code is %s", (_state, spoil) => {
    const root = copyOfCommand(spoil);
    for (const words of [["program.wasm"], ["--time-limit=1m", "program.wasm"], ["program.ts"]]) {
      const args = [join(root, "build/bin/sockyard.cjs"), "run", ...words];
      const env = { ...process.env, XDG_CACHE_HOME: root };
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
    }
  });

  it("compiles nothing of itself and of the compiler that it has compiled before", () => {
    const directory = temporaryDirectory();
    const [watch, program] = [join(directory, "watch.cjs"), join(directory, "program.ts")];
    writeFileSync(watch, WATCH);
    writeFileSync(program, "assert(memory.size() > 0);");
    const args = ["--require", watch, join(PROJECT, "build/bin/sockyard.cjs"), "run", program];
    const env = { ...process.env, XDG_CACHE_HOME: directory };
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env });
    const lines = stdout.trimEnd().split("\n");
    expect({ status, compiled: lines.filter((line) => line.startsWith("compiled ")) }).toEqual({
      status: 0,
      compiled: [],
    });
    for (const name of ["sockyard.chunk", "assemblyscript", "asc", "binaryen"])
      expect(lines).toContain(`kept ${name}.cjs`);
    const modules = lines.filter((line) => line.startsWith("module ")).map((line) => Number(line.split(" ")[1]));
    expect(modules.length).toBeGreaterThan(0);
    expect(Math.max(...modules)).toBeLessThan(statSync(join(PROJECT, "build/asc/binaryen.wasm")).size);
  });

  it("shows the lines of its own source, to whoever asks for them", () => {
    const root = copyOfCommand(() => {});
    rmSync(join(root, "build/guest"));
    const args = [join(root, "build/bin/sockyard.cjs"), "run", join(root, "program.wasm")];
    const fail = (env: NodeJS.ProcessEnv) => spawnSync(process.execPath, args, { encoding: "utf8", env }).stderr;
    expect(fail({}).trimEnd().split("\n")).toEqual([
      "error: sockyard itself failed",
      expect.stringMatching(/^ {2}Error: ENOENT: .*address\.wasm'$/),
      "hint: set SOCKYARD_BACKTRACE=1 to see where",
    ]);
    const shown = fail({ SOCKYARD_BACKTRACE: "1" });
    expect(shown).toMatch(/^ {6}at loadAddressText \(.*host\/runtime\/address-text\.ts:\d+:\d+\)$/m);
    expect(shown).not.toContain("hint:");
  });
});
