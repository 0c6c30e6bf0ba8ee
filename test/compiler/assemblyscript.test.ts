import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { loadProgram, type Program } from "../../host/compiler/load-program.js";
import { CompileError } from "../../host/compiler/program-error.js";
import { failure, workspace } from "./workspace.js";

vi.setConfig({ testTimeout: 60_000 });

// Tests change the working directory.
const COMMAND = resolve("build/bin/sockyard.cjs");
const UNCACHED = { cacheDirectory: null };

function instantiate(program: Program) {
  const wasi = { fd_write: () => 0, random_get: () => 0 };
  const module = new WebAssembly.Module(new Uint8Array(program.bytes));
  return new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi }).exports;
}

async function answer(path: string, cacheDirectory: string) {
  const program = await loadProgram(path, { cacheDirectory });
  return { cached: program.cached, answer: (instantiate(program).answer as () => number)() };
}

async function diagnose(path: string, colors = false): Promise<string> {
  const error = await failure(loadProgram(path, { ...UNCACHED, colors }));
  expect(error).toBeInstanceOf(CompileError);
  expect(error).toMatchObject({ code: "ERR_PROGRAM_COMPILE", name: "CompileError" });
  return (error as CompileError).diagnostics;
}

describe("an AssemblyScript program", () => {
  it("may do nothing but print a fixed text", async () => {
    const path = workspace().write("text.ts", 'console.log("text");');
    expect(instantiate(await loadProgram(path, UNCACHED))._start).toBeTypeOf("function");
  });

  it("imports nothing but WASI for what the language needs, and starts with _start", async () => {
    const path = workspace().write(
      "all.ts",
      `console.log(Math.random().toString()); trace("x", 1, 2.5); assert(process_() > 0);
       function process_(): i32 { const numbers = [1, 2, 3]; return numbers[numbers.length - 1]; }`,
    );
    const program = await loadProgram(path, UNCACHED);
    const module = new WebAssembly.Module(new Uint8Array(program.bytes));
    expect(new Set(WebAssembly.Module.imports(module).map((it) => it.module))).toEqual(
      new Set(["wasi_snapshot_preview1"]),
    );
    const names = WebAssembly.Module.exports(module).map((it) => it.name);
    expect(names.sort()).toEqual(["_start", "memory"]);
  });

  it("finds the guest library by the package's name, wherever it lies", async () => {
    const { root, write } = workspace();
    const path = write(
      "deep/below/program.ts",
      `import { htons } from "sockyard/byteorder";
      import { sum } from "../beside";
      export function answer(): i32 { return htons(<u16>sum(1, 1)); }`,
    );
    write("deep/beside.ts", "export function sum(a: i32, b: i32): i32 { return a + b; }");
    expect(await answer(path, join(root, "cache"))).toEqual({ cached: false, answer: 512 });
    expect(await answer(path, join(root, "cache"))).toEqual({ cached: true, answer: 512 });
  });

  it("gets this library even where its project has another", async () => {
    const { root, write } = workspace();
    write("node_modules/sockyard/byteorder.ts", "export function htons(x: u16): u16 { return 7; }");
    const path = write(
      "a.ts",
      `import { htons } from "sockyard/byteorder";
      export function answer(): i32 { return htons(2); }`,
    );
    expect((await answer(path, join(root, "cache"))).answer).toBe(512);
  });

  it("finds other packages of its project", async () => {
    const { root, write } = workspace();
    write("node_modules/seven/index.ts", "export const SEVEN = 7;");
    const path = write("src/a.ts", `import { SEVEN } from "seven"; export function answer(): i32 { return SEVEN; }`);
    expect((await answer(path, join(root, "cache"))).answer).toBe(7);
  });

  it("is not configured by a file of its project, which could run scripts here", async () => {
    const { root, write } = workspace();
    const mark = join(root, "mark");
    write("transform.mjs", `import fs from "node:fs"; fs.writeFileSync(${JSON.stringify(mark)}, "");`);
    write("asconfig.json", JSON.stringify({ options: { transform: ["./transform.mjs"], use: ["SEVEN=7"] } }));
    const path = write("a.ts", "export function answer(): i32 { return isDefined(SEVEN) ? 1 : 2; }");
    expect((await answer(path, join(root, "cache"))).answer).toBe(2);
    expect(readdirSync(root)).not.toContain("mark");
  });

  it.each([
    ["Math", "Math.sqrt(49.0) + Mathf.sqrt(0) == 7"],
    ["% of floats", "f % 8.0 == 7.5"],
    ["** of floats", "f ** 1.0 == 15.5"],
    ["** of integers", "i32(f) ** 1 == 15"],
    ["parseFloat", 'parseFloat("15.5") == f'],
    ["typed arrays", "new Float64Array(7).length == 7"],
    ["views, through ArrayBuffer", "ArrayBuffer.isView(new DataView(new ArrayBuffer(8)))"],
    ["Date", "new Date(7).getTime() == 7"],
    ["toLowerCase", '"AÄΣꙀ".toLowerCase() == "aäσꙁ" && "ΑΣ".toLowerCase() == "ας"'],
    ["toUpperCase", '"aäßꙁ".toUpperCase() == "AÄSSꙀ"'],
    ["encodeURIComponent", 'encodeURIComponent("ä b") == "%C3%A4%20b"'],
  ])("may use %s, for which a part of the standard library is parsed that others do without", async (_, condition) => {
    const path = workspace().write("a.ts", `let f: f64 = 15.5; assert(${condition});`);
    const { _start } = instantiate(await loadProgram(path, UNCACHED));
    expect(_start).not.toThrow();
  });

  it("may not use what is nowhere, and is told so once", async () => {
    const path = workspace().write("a.ts", "Maths.sqrt(4.0); let f: f64 = 5.0; f %= 2.0;");
    const diagnostics = await diagnose(path);
    expect(diagnostics.match(/^ERROR.*$/gm)).toEqual(["ERROR TS2304: Cannot find name 'Maths'."]);
  });

  it("can have a name that looks like an option", async () => {
    const { root, write } = workspace();
    const path = write("sub folder/--help.ts", "export function answer(): i32 { return 1; }");
    expect((await answer(path, join(root, "cache"))).answer).toBe(1);
  });

  it("compiles beside others, again and again", async () => {
    const { write } = workspace();
    const paths = [1, 2, 3].map((n) => write(`${n}.ts`, `export function answer(): i32 { return ${n}; }`));
    const programs = await Promise.all(paths.map((path) => loadProgram(path, UNCACHED)));
    expect(programs.map((program) => (instantiate(program).answer as () => number)())).toEqual([1, 2, 3]);
  });

  it("compiles to the same bytes from wherever one stands", async () => {
    const { root, write } = workspace();
    const source = "export function answer(): i32 { assert(memory.size() > 0); return 1; }";
    const [one, two] = [write("one/a.ts", source), write("two/a.ts", source)];
    const first = await loadProgram(one, UNCACHED);
    vi.mocked(process.cwd).mockReturnValue(join(root, "two"));
    const second = await loadProgram(two, UNCACHED);
    expect(Buffer.from(first.bytes).equals(second.bytes)).toBe(true);
  });
});

describe("what the library makes only if it is used", () => {
  const METHODS = `
    import { println } from "sockyard/fmt";
    import { EOF, Failure } from "sockyard/io";
    abstract class Base { abstract tell(): void; abstract find(): Failure | null; }
    class Derived extends Base {
      tell(): void { println("told"); }
      find(): Failure | null { return EOF; }
    }
    function make(): Base { return new Derived(); }
  `;

  it.each([
    ["is there for a method that is called by way of its base class", "make().tell();", "told\n"],
    ["is there for it in a function", "function main(): void { make().tell(); } main();", "told\n"],
    [
      "is there before the statement that names it",
      "const found = make().find(); if (found === null) unreachable(); if (found === EOF) make().tell();",
      "told\n",
    ],
  ])("%s", async (_what, statements, output) => {
    const { write } = workspace();
    const { bytes } = await loadProgram(write("late.ts", METHODS + statements), UNCACHED);
    const words = [COMMAND, "run", write("late.wasm", bytes)];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: output, stderr: "" });
  });
});

describe("a program with mistakes", () => {
  it("is reported with file, line, column and a mark", async () => {
    const path = workspace().write("bad.ts", 'export function f(): i32 {\n  let x: i32 = "hello";\n  return x;\n}\n');
    expect(await diagnose(path)).toBe(
      [
        "ERROR TS2322: Type '~lib/string/String' is not assignable to type 'i32'.",
        "   :",
        ' 2 │ let x: i32 = "hello";',
        "   │              ~~~~~~~",
        "   └─ in bad.ts:2:16",
      ].join("\n"),
    );
  });

  it("is reported relative to the working directory, where that is shorter", async () => {
    const { root, write } = workspace();
    write("lib/wrong.ts", "export const x: i32 = missing;");
    const path = write("src/bad.ts", 'import { x } from "../lib/wrong"; export function f(): i32 { return x; }');
    vi.mocked(process.cwd).mockReturnValue(join(root, "src"));
    const report = await diagnose(path);
    expect(report).toContain("ERROR TS2304: Cannot find name 'missing'.");
    expect(report).toContain("└─ in ../lib/wrong.ts:1:23");
  });

  it("is colored only when asked to", async () => {
    const path = workspace().write("bad.ts", "missing;");
    expect(await diagnose(path, true)).toContain("\u001b[91mERROR\u001b[0m TS2304");
    expect(await diagnose(path)).not.toContain("\u001b");
  });

  it("cannot steer the terminal through its report", async () => {
    const path = workspace().write("bad.ts", 'missing("\u001b[2J \u202e \u001b]0;title\u0007");');
    for (const colors of [false, true]) {
      const report = await diagnose(path, colors);
      expect(report).toContain("\\u{1b}[2J \\u{202e} \\u{1b}]0;title\\u{7}");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: only colors may be left
      expect(report.replace(/\u001b\[\d+m/g, "")).not.toMatch(/[\u001b\u0007\u202e]/);
    }
  });

  it("is told which import leads nowhere", async () => {
    const path = workspace().write("bad.ts", 'import { x } from "sockyard/nonsense"; x();');
    const report = await diagnose(path);
    expect(report).toContain("File '~lib/sockyard/nonsense.ts' not found.");
    expect(report).toContain("└─ in bad.ts:1:19");
  });

  it("can nest too deeply for the compiler", async () => {
    const path = workspace().write("deep.ts", `export const x = ${"(".repeat(20_000)}1${")".repeat(20_000)};`);
    expect(await diagnose(path)).toMatch(/^the AssemblyScript compiler crashed: RangeError/);
  });

  it("does not stop the next one", async () => {
    const { root, write } = workspace();
    await diagnose(write("bad.ts", "missing;"));
    expect(
      (await answer(write("good.ts", "export function answer(): i32 { return 1; }"), join(root, "c"))).answer,
    ).toBe(1);
  });

  it("warns through the log, when it compiles and not from the cache", async () => {
    const { cacheDirectory, write } = workspace();
    const path = write("warn.ts", "export class Unused {} export function answer(): i32 { return 1; }");
    const log = vi.fn<(text: string) => void>();
    await loadProgram(path, { cacheDirectory, log });
    await loadProgram(path, { cacheDirectory, log });
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^WARNING AS235: .*└─ in .*warn\.ts:1:1/s)]]);
  });
});

describe("the cache of compiled programs", () => {
  it("notices an edited import", async () => {
    const { cacheDirectory, write } = workspace();
    write("lib.ts", "export const N = 1;");
    const path = write("a.ts", 'import { N } from "./lib"; export function answer(): i32 { return N; }');
    expect(await answer(path, cacheDirectory)).toEqual({ cached: false, answer: 1 });
    expect(await answer(path, cacheDirectory)).toEqual({ cached: true, answer: 1 });
    write("lib.ts", "export const N = 2;");
    expect(await answer(path, cacheDirectory)).toEqual({ cached: false, answer: 2 });
  });

  it("notices a new file that is found before another", async () => {
    const { cacheDirectory, write } = workspace();
    write("lib/index.ts", "export const N = 1;");
    const path = write("a.ts", 'import { N } from "./lib"; export function answer(): i32 { return N; }');
    await answer(path, cacheDirectory);
    write("lib.ts", "export const N = 2;");
    expect(await answer(path, cacheDirectory)).toEqual({ cached: false, answer: 2 });
  });

  it("notices a new package nearer to the program", async () => {
    const { cacheDirectory, write } = workspace();
    write("node_modules/n/index.ts", "export const N = 1;");
    const path = write("src/a.ts", 'import { N } from "n"; export function answer(): i32 { return N; }');
    await answer(path, cacheDirectory);
    write("src/node_modules/n/index.ts", "export const N = 2;");
    expect(await answer(path, cacheDirectory)).toEqual({ cached: false, answer: 2 });
  });

  it("notices a removed import", async () => {
    const { root, cacheDirectory, write } = workspace();
    write("lib.ts", "export const N = 1;");
    const path = write("a.ts", 'import { N } from "./lib"; export function answer(): i32 { return N; }');
    await answer(path, cacheDirectory);
    rmSync(join(root, "lib.ts"));
    expect(await failure(answer(path, cacheDirectory))).toBeInstanceOf(CompileError);
  });

  it("keeps no failure", async () => {
    const { cacheDirectory, write } = workspace();
    const path = write("a.ts", "missing;");
    await failure(answer(path, cacheDirectory));
    write("a.ts", "export function answer(): i32 { return 1; }");
    expect(await answer(path, cacheDirectory)).toEqual({ cached: false, answer: 1 });
  });

  it("keeps the source map", async () => {
    const { cacheDirectory, write } = workspace();
    const path = write("a.ts", "export function answer(): i32 { return 1; }");
    const fresh = (await loadProgram(path, { cacheDirectory })).sourceMap();
    const kept = (await loadProgram(path, { cacheDirectory })).sourceMap();
    expect(JSON.parse(fresh ?? "")).toMatchObject({ version: 3, sources: expect.arrayContaining(["a.ts"]) });
    expect(kept).toBe(fresh);
  });
});
