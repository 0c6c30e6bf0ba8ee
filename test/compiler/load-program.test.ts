import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadProgram } from "../../host/compiler/load-program.js";
import { CompileError, ProgramError } from "../../host/compiler/program-error.js";
import { failure, workspace } from "./workspace.js";

const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const UNCACHED = { cacheDirectory: null };
const ACCEPTED = "accepted are WebAssembly modules (.wasm), their text form (.wat) and AssemblyScript (.ts)";

describe("a wasm module", () => {
  it("is loaded as it is", async () => {
    const path = workspace().write("empty.wasm", EMPTY_MODULE);
    const program = await loadProgram(path, UNCACHED);
    expect(new Uint8Array(program.bytes)).toEqual(EMPTY_MODULE);
    expect(program.cached).toBe(false);
    expect(program.sourceMap()).toBeNull();
  });

  it("is known by its first bytes, whatever its name", async () => {
    const { write } = workspace();
    for (const name of ["program", "program.ts", "program.wat", "program.txt"]) {
      const program = await loadProgram(write(name, EMPTY_MODULE), UNCACHED);
      expect(new Uint8Array(program.bytes)).toEqual(EMPTY_MODULE);
    }
  });

  it("brings the source map that lies beside it", async () => {
    const { write } = workspace();
    write("empty.wasm.map", "{}");
    const program = await loadProgram(write("empty.wasm", EMPTY_MODULE), UNCACHED);
    expect(program.sourceMap()).toBe("{}");
  });

  it("can come through a pipe", async () => {
    const { root, write } = workspace();
    const pipe = join(root, "pipe");
    execFileSync("mkfifo", [pipe]);
    execFileSync("sh", ["-c", 'cat "$0" > "$1" &', write("empty.wasm", EMPTY_MODULE), pipe], { stdio: "ignore" });
    expect((await loadProgram(pipe, UNCACHED)).bytes.length).toBe(8);
  });

  it("is not a component", async () => {
    const component = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
    const error = await failure(loadProgram(workspace().write("component.wasm", component), UNCACHED));
    expect(error).toMatchObject({
      code: "ERR_PROGRAM_UNKNOWN_TYPE",
      facts: ["it is a WebAssembly component, not a module", ACCEPTED],
    });
  });
});

describe("what is not a program", () => {
  const cases = [
    { name: "notes.txt", contents: "hello", facts: [ACCEPTED] },
    { name: "Makefile", contents: "", facts: [ACCEPTED] },
    {
      name: "text.wasm",
      contents: "hello",
      facts: ["its first bytes are not those of a WebAssembly module (00 61 73 6d)", ACCEPTED],
    },
    {
      name: "text.wast",
      contents: "(module)",
      facts: [ACCEPTED, "it looks like WebAssembly text: name it .wat"],
    },
  ];
  it.each(cases)("is refused by name and content: $name", async ({ name, contents, facts }) => {
    const path = workspace().write(name, contents);
    const error = await failure(loadProgram(path, UNCACHED));
    expect(error).toBeInstanceOf(ProgramError);
    expect(error).toMatchObject({ code: "ERR_PROGRAM_UNKNOWN_TYPE", message: `cannot run '${path}'`, facts });
  });

  it("is refused when it is a directory or a device", async () => {
    const { root } = workspace();
    expect(await failure(loadProgram(root, UNCACHED))).toMatchObject({
      code: "ERR_PROGRAM_NOT_A_FILE",
      facts: ["it is a directory", ACCEPTED],
    });
    expect(await failure(loadProgram("/dev/zero", UNCACHED))).toMatchObject({
      code: "ERR_PROGRAM_NOT_A_FILE",
      facts: ["it is not a file", ACCEPTED],
    });
  });

  it.each(["missing.ts", "file/below.ts"])("is missing: %s", async (name) => {
    const { root, write } = workspace();
    write("file", "");
    expect(await failure(loadProgram(join(root, name), UNCACHED))).toMatchObject({
      code: "ERR_PROGRAM_NOT_FOUND",
      message: `cannot find '${join(root, name)}'`,
      facts: ["there is no such file"],
    });
  });

  it("cannot be read", async () => {
    const name = `${"long".repeat(100)}.ts`;
    expect(await failure(loadProgram(name, UNCACHED))).toMatchObject({
      code: "ERR_PROGRAM_UNREADABLE",
      facts: [expect.stringContaining("ENAMETOOLONG")],
    });
  });
});

describe("WebAssembly text", () => {
  it("becomes a module that keeps the names, and is cached", async () => {
    const { cacheDirectory, write } = workspace();
    const path = write("answer.wat", `(module (func $answer (export "answer") (result i32) (i32.const 42)))`);
    const first = await loadProgram(path, { cacheDirectory });
    const module = new WebAssembly.Module(new Uint8Array(first.bytes));
    expect((new WebAssembly.Instance(module).exports.answer as () => number)()).toBe(42);
    expect(WebAssembly.Module.customSections(module, "name")).toHaveLength(1);

    const second = await loadProgram(path, { cacheDirectory });
    expect([first.cached, second.cached]).toEqual([false, true]);
    expect(Buffer.from(second.bytes).equals(first.bytes)).toBe(true);
  });

  it("is reported with file, line, column and a mark when it cannot be parsed", async () => {
    const path = workspace().write("bad.wat", "(module\n  (func (i32.add 1)))\n");
    const error = await failure(loadProgram(path, UNCACHED));
    expect(error).toBeInstanceOf(CompileError);
    expect(error).toMatchObject({ code: "ERR_PROGRAM_COMPILE", message: "cannot compile 'bad.wat'" });
    expect((error as CompileError).diagnostics).toBe(
      ["bad.wat:2:18: error: unexpected token 1, expected ).", "  (func (i32.add 1)))", "                 ^"].join(
        "\n",
      ),
    );
  });

  it("is reported when its types do not fit", async () => {
    const path = workspace().write("bad.wat", "(module (func (result i32)))");
    const error = (await failure(loadProgram(path, UNCACHED))) as CompileError;
    expect(error.diagnostics).toContain("bad.wat:1:15: error: type mismatch");
  });

  it("cannot steer the terminal through its report", async () => {
    const path = workspace().write("bad.wat", "(module \u001b[2J \u202e)");
    const error = (await failure(loadProgram(path, UNCACHED))) as CompileError;
    expect(error.diagnostics).toContain("\\u{1b}[2J");
    expect(error.diagnostics).not.toContain("\u001b");
  });
});
