import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { workspace } from "./workspace.js";

vi.setConfig({ testTimeout: 60_000 });

// As built, because these programs run without vitest, which would transform TypeScript on its way.
const BUILT = join(import.meta.dirname, "../../build/compiler/load-program.js");

// Prints the URL of each module that is loaded after this one.
const HOOKS = `
  import { writeSync } from "node:fs";
  export function load(url, context, next) {
    writeSync(1, "load " + url + "\\n");
    return next(url, context);
  }
`;
const LOADER = `
  import { register } from "node:module";
  const [file, path, cacheDirectory, hooks] = process.argv.slice(1);
  if (hooks) register("data:text/javascript," + encodeURIComponent(hooks));
  const { loadProgram } = await import(file);
  const log = (text) => console.log("log " + text);
  const program = await loadProgram(path, { cacheDirectory, log });
  console.log((program.cached ? "cached " : "compiled ") + program.bytes.length);
`;

interface Ended {
  readonly code: number;
  readonly lines: string[];
  readonly stderr: string;
}

// Runs a function until V8 has optimized it, and has V8 look at one whose body is wrong.
const OPTIMIZED = `
  const [file, path] = process.argv.slice(1);
  const { loadProgram } = await import(file);
  const { bytes } = await loadProgram(path, { cacheDirectory: null, hasProcess: true });
  const wasi = { fd_write: () => 0, random_get: () => 0 };
  const { sum } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { wasi_snapshot_preview1: wasi }).exports;
  const end = Date.now() + 20_000;
  do {
    sum(100_000);
    await new Promise(setImmediate);
  } while (%IsLiftoffFunction(sum) && Date.now() < end);
  if (!%IsLiftoffFunction(sum)) console.log("optimized");
  const wrong = Buffer.from("0061736d01000000010401600000030201000a050103006a0b", "hex");
  try {
    new WebAssembly.Module(wrong);
  } catch (error) {
    if (/Compiling function #0 failed/.test(error.message)) console.log("validated");
  }
`;

function load(path: string, cacheDirectory: string, hooks = ""): Promise<Ended> {
  const args = ["--input-type=module", "-e", LOADER, "--", BUILT, path, cacheDirectory, hooks];
  return execute(args, dirname(path));
}

function execute(args: readonly string[], cwd = "."): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), lines: stdout.trimEnd().split("\n"), stderr });
    });
  });
}

describe("a process that loads a program", () => {
  it("does not load a compiler, nor anything heavy, when the program is cached", async () => {
    const { cacheDirectory, write } = workspace();
    const path = write(
      "a.ts",
      'import { htons } from "sockyard/byteorder"; export function f(): i32 { return htons(1); }',
    );
    const first = await load(path, cacheDirectory, HOOKS);
    expect(first.lines.at(-1)).toMatch(/^compiled \d+$/);
    expect(first.lines.join()).toContain("/build/compiler/load-asc.js");

    const second = await load(path, cacheDirectory, HOOKS);
    expect(second.lines.at(-1)).toMatch(/^cached \d+$/);
    const loaded = second.lines.filter((line) => line.startsWith("load ")).map((line) => basename(line));
    expect(loaded.sort()).toEqual(
      ["build-cache.js", "load-program.js", "load node:fs", "load node:path", "program-error.js"].sort(),
    );
  });

  it("loads the transform of goroutines only for a program that uses them", async () => {
    const { cacheDirectory, write } = workspace();
    const plain = await load(write("plain.ts", "export const n = 1;"), cacheDirectory, HOOKS);
    expect(plain.lines.join()).toContain("/compiler/assemblyscript.js");
    expect(plain.lines.join()).not.toContain("/compiler/goroutines.js");
    const source = 'import { gosched } from "sockyard/go"; gosched();';
    const parking = await load(write("parking.ts", source), cacheDirectory, HOOKS);
    expect(parking.lines.join()).toContain("/compiler/goroutines.js");
  });

  it("can do so while others compile the same", async () => {
    const { cacheDirectory, write } = workspace();
    const path = write("a.ts", "export function f(): i32 { return 1; }");
    const all = await Promise.all([1, 2, 3, 4].map(() => load(path, cacheDirectory)));
    expect(new Set(all.map(({ lines }) => lines.at(-1)?.replace(/cached|compiled/, "loaded"))).size).toBe(1);
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(readdirSync(cacheDirectory)).toHaveLength(1);
    expect((await load(path, cacheDirectory)).lines).toEqual([expect.stringMatching(/^cached /)]);
  });

  it("ends with 126 when the compiler crashes, which calls exit(1) itself", async () => {
    const { cacheDirectory, write } = workspace();
    // A class that is its own type argument: an endless recursion in asc 0.28.20.
    const path = write("crash.ts", "class A<T extends A<T>> { x: T | null = null; } class B extends A<B> {} new B();");
    const { code, lines, stderr } = await load(path, cacheDirectory);
    expect(stderr).toContain("the AssemblyScript compiler has crashed");
    expect(lines.at(-1)).toBe("log the AssemblyScript compiler crashed while it compiled 'crash.ts'");
    expect(code).toBe(126);
  });

  it("compiles with flags of V8's of which none is left to the program", async () => {
    const path = workspace().write(
      "a.ts",
      "export function sum(count: i32): i32 { let sum = 0; for (let i = 0; i < count; i++) sum ^= i; return sum; }",
    );
    const ended = await execute(["--allow-natives-syntax", "--input-type=module", "-e", OPTIMIZED, "--", BUILT, path]);
    expect(ended).toEqual({ code: 0, lines: ["optimized", "validated"], stderr: "" });
  });
});
