import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sockyard, temporaryDirectory } from "./sockyard.js";

/** Exits with the first descriptor from 3 that is no directory of the start; looks for them if `imports` say so. */
function program(directory: string, imports: string, first: string): string {
  const file = join(directory, "program.wat");
  writeFileSync(
    file,
    `(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "berkeley_sockets_v1" "socket" (func $socket (param i32 i32 i32) (result i32)))
      ${imports}
      (memory (export "memory") 1)
      (func (export "_start") (call $exit ${first})))`,
  );
  return file;
}

const PRESTAT = `(import "wasi_snapshot_preview1" "fd_prestat_get" (func (param i32 i32) (result i32)))`;
const UNLINK = `(import "wasi_snapshot_preview1" "path_unlink_file" (func (param i32 i32 i32) (result i32)))`;
const SOCKET = "(call $socket (i32.const 2) (i32.const 1) (i32.const 0))";

describe("--dir", () => {
  it("takes a number for each directory from a program that looks for them, and from no other", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "sub"));
    const grants = ["--dir", directory, `--dir=${directory}/sub::/sub:ro`, `--allow-read=${directory}/sub`];
    const looking = program(directory, PRESTAT + UNLINK, SOCKET);
    expect(await sockyard(["run", ...grants, looking])).toMatchObject({ code: 6, stderr: "" });
    expect(await sockyard(["run", looking])).toMatchObject({ code: 3 });
    for (const imports of ["", PRESTAT, UNLINK]) {
      const other = program(directory, imports, SOCKET);
      expect(await sockyard(["run", ...grants, other])).toMatchObject({ code: 3, stderr: "" });
    }
  });

  it.each([
    [
      "--dir=/nonexistent",
      126,
      "error: cannot open the directory of --dir\n  /nonexistent: No such file or directory\n",
    ],
    ["--dir=/etc/passwd::/x", 126, "  /etc/passwd: Not a directory\n"],
    ["--dir=::/x", 2, "error: bad rule '::/x' in --dir\n  a directory of this machine is missing\n"],
    ["--dir=/tmp::", 2, "hint: --dir=/tmp\n"],
    ["--dir", 2, "error: --dir needs a value\n"],
  ])("%s ends before the program begins", async (option, code, text) => {
    const ended = await sockyard([
      "run",
      option,
      ...(option === "--dir" ? [] : [program(temporaryDirectory(), "", SOCKET)]),
    ]);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(text);
  });
});
