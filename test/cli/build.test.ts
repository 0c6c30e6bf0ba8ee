import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, PROJECT, sockyard, start, temporaryDirectory } from "./sockyard.js";

const USAGE = 2;
const FAILED = 126;

describe("sockyard build", () => {
  it("writes a module that runs as the source does, and its map", async () => {
    const directory = temporaryDirectory();
    const output = join(directory, "program.wasm");
    const built = await sockyard(["build", guest("goroutine-ends.ts"), "-o", output]);
    expect(built).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(directory)).toEqual(["program.wasm", "program.wasm.map"]);
    expect(await sockyard(["run", output, "return"])).toMatchObject({ code: 0, stdout: "main returns\n", stderr: "" });
    const { code, stderr } = await sockyard(["run", output, "trap"]);
    expect(stderr).toMatch(
      /^error: trap: divide by zero\n {2}in {6}goroutine 3\n {4}at divide \(goroutine-ends\.ts:52:19\)/,
    );
    expect(code).toBe(1);
  });

  it("names nothing of this machine in what it writes", async () => {
    const output = join(temporaryDirectory(), "program.wasm");
    await sockyard(["build", "--output", output, guest("goroutines.ts")]);
    for (const path of [output, `${output}.map`]) expect(readFileSync(path, "latin1")).not.toContain(PROJECT);
  });

  it("writes NAME.wasm into the working directory unless it is told where", async () => {
    const cwd = temporaryDirectory();
    mkdirSync(join(cwd, "src"));
    writeFileSync(join(cwd, "src/a.wat"), '(module (memory (export "memory") 0) (func (export "_start")))');
    expect(await sockyard(["build", "src/a.wat"], { cwd })).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(cwd)).toEqual(["a.wasm", "src"]);
    expect(await sockyard(["run", "a.wasm"], { cwd })).toMatchObject({ code: 0 });
  });

  it("writes into a pipe, without a map", async () => {
    // Node's own pipes are sockets, which cannot be opened.
    const line = `set -o pipefail; sockyard build ${guest("exit-code.wat")} -o /dev/stdout | head -c 4 | tr '\\0' 0`;
    expect(await start("bash", ["-c", line]).ended).toMatchObject({ code: 0, stdout: "0asm", stderr: "" });
  });

  it.each([
    [[], "build needs a program", "sockyard build FILE -o FILE.wasm"],
    [["a.ts", "b.ts"], "unexpected 'b.ts' after the program", "sockyard build FILE -o FILE.wasm"],
    [["a.ts", "-o"], "-o needs a file", "sockyard build FILE -o FILE.wasm"],
    [["a.ts", "--output="], "--output needs a file", "sockyard build FILE -o FILE.wasm"],
    [["a.ts", "--ouput=x"], "unknown option '--ouput'", "did you mean '--output'?"],
    [["a.ts", "-O3"], "unknown option '-O'", "sockyard help build"],
    [["a.wasm"], "'a.wasm' is a WebAssembly module already", "sockyard run a.wasm"],
  ])("refuses %j", async (args, error, hint) => {
    const { code, stdout, stderr } = await sockyard(["build", ...args]);
    expect({ code, stdout, stderr }).toEqual({ code: USAGE, stdout: "", stderr: `error: ${error}\nhint: ${hint}\n` });
  });

  it("says what is wrong with the source, and writes nothing", async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, "wrong.ts"), 'const n: i32 = "one";\n');
    const { code, stderr } = await sockyard(["build", "wrong.ts"], { cwd });
    expect(stderr).toMatch(/wrong\.ts:1:16\n(?:.*\n)*error: cannot compile 'wrong\.ts'\n$/);
    expect(code).toBe(FAILED);
    expect(readdirSync(cwd)).toEqual(["wrong.ts"]);
    expect(await sockyard(["build", "missing.ts"], { cwd })).toMatchObject({ code: FAILED });
  });

  it("says where it cannot write", async () => {
    const { code, stderr } = await sockyard(["build", guest("exit-code.wat"), "-o", "/nowhere/a.wasm"]);
    expect(stderr).toMatch(/^error: cannot write '\/nowhere\/a\.wasm'\n {2}ENOENT: /);
    expect(code).toBe(FAILED);
  });

  it("explains itself", async () => {
    const { code, stdout } = await sockyard(["build", "--help"]);
    expect(stdout).toMatch(/^Usage: sockyard build /);
    expect(await sockyard(["help", "build"])).toMatchObject({ code, stdout });
  });
});
