import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, sockyard, temporaryDirectory } from "./sockyard.js";

/** Writes a program into a directory of its own. */
function program(name: string, text: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

describe("exit codes", () => {
  it("are the program's own", async () => {
    expect(await sockyard(["run", guest("exit-code.wat")])).toMatchObject({ code: 1, stdout: "", stderr: "" });
    expect(await sockyard(["run", guest("exit-code.wat"), ..."xxxxxx"])).toMatchObject({ code: 7 });
  });

  it("are 0 where a program just returns", async () => {
    const path = program("return.wat", '(module (memory (export "memory") 0) (func (export "_start")))');
    expect(await sockyard(["run", path])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("a trap", () => {
  it("shows where the program was, with its names and lines, and exits with 1", async () => {
    const { code, stderr } = await sockyard(["run", guest("trap.ts")]);
    const [error, ...frames] = stderr.trimEnd().split("\n");
    expect(error).toBe("error: trap: memory access out of bounds");
    expect(frames.slice(0, 3)).toEqual([
      "    at inner (test/guests/trap.ts:18:10)",
      "    at middle (test/guests/trap.ts:14:10)",
      "    at outer (test/guests/trap.ts:9:10)",
    ]);
    expect(frames[3]).toMatch(/^ {4}at <top level> /);
    expect(stderr).not.toContain("node:");
    expect(code).toBe(1);
  });

  it("has the same frames under a time limit, where the program runs in a worker", async () => {
    const { stderr } = await sockyard(["run", guest("trap.ts")]);
    expect(await sockyard(["run", "--time-limit=20s", guest("trap.ts")])).toMatchObject({ code: 1, stderr });
  });

  it("names the functions of a .wat file", async () => {
    const path = program(
      "trap.wat",
      '(module (memory (export "memory") 0) (func $sink unreachable) (func (export "_start") call $sink))',
    );
    const { code, stderr } = await sockyard(["run", path]);
    expect(stderr).toMatch(/^error: trap: unreachable\n {4}at sink \(0x[0-9a-f]+\)\n/);
    expect(code).toBe(1);
  });

  it("ends a recursion without end", async () => {
    const path = program(
      "deep.wat",
      '(module (memory (export "memory") 0) (func $f (export "_start") call $f call $f))',
    );
    const { code, stderr } = await sockyard(["run", path]);
    expect(stderr).toMatch(/^error: trap: .*call stack/i);
    expect(code).toBe(1);
  });

  it("shows what a failed check in AssemblyScript says", async () => {
    const path = program("check.ts", 'throw new RangeError("no such thing");\n');
    const { code, stderr } = await sockyard(["run", path]);
    expect(stderr).toMatch(/^abort: no such thing in .*check\.ts\(1:1\)\nerror: trap: unreachable\n/);
    expect(code).toBe(1);
  });
});

describe("a compile error", () => {
  it("shows file, line and squiggle, and exits with 126", async () => {
    const path = program("wrong.ts", 'import { exit } from "sockyard/process";\n\nexit("zero");\n');
    const { code, stdout, stderr } = await sockyard(["run", path]);
    expect(stderr).toContain('exit("zero");\n');
    expect(stderr).toMatch(/ ~~~~~~\n/);
    expect(stderr).toMatch(/wrong\.ts:3:6\n/);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^error: cannot compile '.*wrong\.ts'$/);
    expect({ code, stdout }).toEqual({ code: 126, stdout: "" });
  });

  it("shows the place in a .wat file", async () => {
    const path = program("wrong.wat", "(module\n  (func (result i32)))\n");
    const { code, stderr } = await sockyard(["run", path]);
    expect(stderr).toMatch(/wrong\.wat:2:\d+: error: .*\n/);
    expect(stderr).toMatch(/error: cannot compile '.*wrong\.wat'\n$/);
    expect(code).toBe(126);
  });

  it("does not let source text steer the terminal", async () => {
    const { stderr } = await sockyard(["run", program("wrong.ts", "let x: i32 = '\u001b[2J\u202e';\n")]);
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
  });
});

describe("a module that this runtime cannot start", () => {
  it.each([
    ["(module)", "the module has no entry point", "it exports no function '_start' without parameters"],
    ['(module (func (export "_start")))', "the module exports no memory", "calls need 'memory' to be exported"],
    [
      '(module (import "env" "abort" (func)) (memory (export "memory") 0) (func (export "_start")))',
      "the module imports what this runtime does not have",
      "it imports the function 'abort' from 'env'",
    ],
    [
      '(module (import "berkeley_sockets_v1" "fork" (func)) (memory (export "memory") 0) (func (export "_start")))',
      "the module imports what this runtime does not have",
      "it imports the function 'fork' from 'berkeley_sockets_v1'",
    ],
  ])("%s", async (text, error, fact) => {
    const path = program("odd.wat", text);
    for (const limit of [[], ["--time-limit=20s"]]) {
      const { code, stderr } = await sockyard(["run", ...limit, path]);
      expect(stderr).toContain(`error: ${error}\n  ${fact}\n`);
      expect(code).toBe(126);
    }
  });
});
