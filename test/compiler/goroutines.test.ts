import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { loadProgram } from "../../host/compiler/load-program.js";
import { compileGuest } from "../assembly/guest.js";
import { workspace } from "./workspace.js";

vi.setConfig({ testTimeout: 120_000 });

const COMMAND = resolve("build/bin/sockyard.cjs");
const TRANSFORM = ["--transform", resolve("build/compiler/asc-transform.js")];
const PLAIN = readFileSync("examples/berkeley/tcp-server.ts", "utf8");
const STRESS = readFileSync(join("test/guests", "goroutine-stress.ts"), "utf8");
const MESSAGES = [
  "sockyard_goroutine",
  "sockyard_goroutines",
  "sockyard_is_showing",
  "sockyard_show_next",
  "sockyard_shown_wait",
];
const SMALL = 'import { gosched } from "sockyard/go"; gosched();';

/** Runs wasm with the built command. */
function run(wasm: Uint8Array, ...args: string[]) {
  const path = workspace().write("program.wasm", wasm);
  const words = [COMMAND, "run", path, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", timeout: 30_000 });
  return { status, stdout, stderr };
}

function exportsOf(wasm: Uint8Array): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(wasm))).map(({ name }) => name);
}

describe("a program without goroutines", () => {
  it("has none of them for looking names up", async () => {
    const { bytes } = await loadProgram("examples/berkeley/resolve.ts", { cacheDirectory: null });
    expect(exportsOf(bytes).sort()).toEqual(["_start", "memory"]);
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(bytes))).map(({ name }) => name);
    expect(imports).toContain("res_send");
    expect(imports.filter((name) => /async|epoll/.test(name))).toEqual([]);
  });

  it.each(["-O0", "-O3"])("is the same bytes with the transform as without it: %s", async (level) => {
    const without = await compileGuest(PLAIN, [level]);
    const withIt = await compileGuest(PLAIN, [level, ...TRANSFORM]);
    expect(Buffer.from(withIt).equals(without)).toBe(true);
  });
});

describe("a program with goroutines", () => {
  it("may be one function of any length", { timeout: 60_000 }, async () => {
    const lines = Array.from({ length: 500 }, (_, i) => `const a${i} = "${i}".repeat(2); println(a${i}, ${i}, EOF);`);
    const source = `import { println } from "sockyard/fmt"; import { EOF } from "sockyard/io";
      function main(): void { ${lines.join("\n")} }
      main();`;
    const { bytes } = await loadProgram(workspace().write("long.ts", source), { cacheDirectory: null });
    expect(run(bytes).stdout.split("\n").slice(498)).toEqual(["498498 498 EOF", "499499 499 EOF", ""]);
  });

  it("imports and exports nothing more than others, but for messages", async () => {
    const { write } = workspace();
    const { bytes } = await loadProgram(write("small.ts", SMALL), { cacheDirectory: null });
    expect(exportsOf(bytes).sort()).toEqual(["_start", "memory", ...MESSAGES]);
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(bytes)));
    expect([...new Set(imports.map(({ module }) => module))].sort()).toEqual([
      "berkeley_sockets_v1",
      "wasi_snapshot_preview1",
    ]);
  });

  it.each([
    'import { Mutex } from "sockyard/sync"; new Mutex().lock();',
    'import { sleep } from "sockyard/time"; sleep(1);',
    'import { stdin } from "sockyard/os"; stdin.read(new Uint8Array(1));',
    'import { waitReadable } from "sockyard/go"; waitReadable(0);',
  ])("has a scheduler, whichever module it begins with: %s", async (source) => {
    const { write } = workspace();
    const { bytes } = await loadProgram(write("program.ts", source), { cacheDirectory: null });
    expect(exportsOf(bytes)).toEqual(expect.arrayContaining(MESSAGES));
    expect(run(bytes)).toMatchObject({ status: 0, stderr: "" });
  });

  it("says what it lacks when asc compiled it without the transform", async () => {
    const { status, stderr } = run(await compileGuest(SMALL));
    expect(stderr).toMatch(/^error: the module imports what this runtime does not have\n/);
    expect(stderr).toContain("\nhint: asc makes goroutines with --transform ./node_modules/sockyard/");
    expect(status).toBe(126);
  });

  it("cannot be compiled without an entry", async () => {
    await expect(compileGuest(SMALL, ["--config", "none.json", ...TRANSFORM])).rejects.toThrow(
      "a program with goroutines needs an entry: --exportStart _start",
    );
  });
});

// 38 checks a goroutine, and a collection before each of them.
describe("what goroutines hold while they wait", () => {
  it.each(["-O0", "-O3"])("survives every collection: %s", async (level) => {
    const { status, stdout, stderr } = run(await compileGuest(STRESS, [level, ...TRANSFORM]), "3000");
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "114000 checks, 0 wrong\n", stderr: "" });
  });

  it("does not survive when the collector is not shown it, so that the test above can fail", async () => {
    const control = await compileGuest(STRESS, ["-O0", ...TRANSFORM, "--use", "SOCKYARD_NO_ROOTS=1"]);
    const { status, stdout, stderr } = run(control, "300");
    expect(stdout + stderr).toMatch(/trap|abort|wrong: /);
    expect(status).toBe(1);
  });
});
