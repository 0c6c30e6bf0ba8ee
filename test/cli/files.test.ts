import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
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
const RENAME = `(import "wasi_snapshot_preview1" "path_rename"
  (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (data (i32.const 0) "ac")`;
const RENAME_A_TO_C = `(call $rename
  (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 1) (i32.const 1))`;
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

describe("a denial for what is in a directory", () => {
  it("is named to who moves the directory, which stays", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "a/b"), { recursive: true });
    const renaming = program(directory, PRESTAT + RENAME, RENAME_A_TO_C);
    const grants = [`--dir=${directory}`, `--deny-read=${directory}/a/b`];
    const { code, stderr } = await sockyard(["run", ...grants, renaming]);
    expect({ code, lines: stderr.split("\n").filter((line) => !line.startsWith("  in ")) }).toEqual({
      code: 77,
      lines: [
        `error: permission denied: move ${directory}/a`,
        `  because of --deny-read=${directory}/a/b, and a deny always wins`,
        "",
      ],
    });
    expect(readdirSync(directory).sort()).toEqual(["a", "program.wat"]);
    expect(await sockyard(["run", `--dir=${directory}`, renaming])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("a Unix socket that is moved to where the program may connect", () => {
  it.each([
    ["a", ""],
    ["a/s", "/**"],
  ])("is refused, with the grant that would do: %s", async (place, below) => {
    const directory = temporaryDirectory();
    if (place !== "a") mkdirSync(join(directory, "a"));
    const listener = createServer().listen(join(directory, place));
    onTestFinished(() => new Promise((resolve) => listener.close(() => resolve())));
    await once(listener, "listening");
    const renaming = program(directory, PRESTAT + RENAME, RENAME_A_TO_C);
    const audit = join(temporaryDirectory(), "audit");
    const grants = [`--dir=${directory}`, `--allow-net=unix:${directory}/c${below}`, `--audit=${audit}`];
    const { code, stderr } = await sockyard(["run", ...grants, renaming]);
    const grant = `--allow-net-connect=unix:${directory}/a${below}`;
    expect({ code, lines: stderr.split("\n").filter((line) => !line.startsWith("  in ")) }).toEqual({
      code: 77,
      lines: [
        `error: permission denied: move ${directory}/a to ${directory}/c`,
        "  because it may connect to a Unix socket there, and may not where this one is now",
        `hint: sockyard run ${[...grants, grant].join(" ").replaceAll("*", "\\*")} ${renaming}`,
        "",
      ],
    });
    expect(JSON.parse(readFileSync(audit, "utf8").trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      verb: "move",
      path: `${directory}/a`,
      to: `${directory}/c`,
      verdict: "denied",
      rule: null,
    });
    expect(await sockyard(["run", ...grants, grant, renaming])).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(directory).sort()).toEqual(["c", "program.wat"]);
  });
});
