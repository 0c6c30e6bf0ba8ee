import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PROGRAM = `
import { exit } from "sockyard/process";
import { AF_INET, SOCK_STREAM, socket } from "sockyard/socket";
exit(socket(AF_INET, SOCK_STREAM, 0));
`;

let project: string;
let installed: string;

/** A project with the package installed as npm would: its sources, and the stubs made when it was packed. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "sockyard-package-"));
  installed = join(project, "node_modules/sockyard");
  mkdirSync(installed, { recursive: true });
  cpSync("assembly", join(installed, "assembly"), { recursive: true });
  cpSync("asconfig.json", join(installed, "asconfig.json"));
  execFileSync(process.execPath, [resolve("tools/root-stubs.js")], { cwd: installed });
  symlinkSync(resolve("node_modules/assemblyscript"), join(project, "node_modules/assemblyscript"));
  writeFileSync(join(project, "asconfig.json"), JSON.stringify({ extends: "./node_modules/sockyard/asconfig.json" }));
  writeFileSync(join(project, "program.ts"), PROGRAM);
});

afterAll(() => rmSync(project, { recursive: true }));

describe("the installed package", () => {
  it("lets plain asc compile a program that the command runs", () => {
    const asc = resolve("node_modules/assemblyscript/bin/asc.js");
    const compiled = spawnSync(process.execPath, [asc, "program.ts", "--target", "release", "-o", "program.wasm"], {
      cwd: project,
      encoding: "utf8",
    });
    expect(compiled.stderr).toBe("");
    const module = new WebAssembly.Module(readFileSync(join(project, "program.wasm")));
    expect(new Set(WebAssembly.Module.imports(module).map((entry) => entry.module))).toEqual(
      new Set(["berkeley_sockets_v1", "wasi_snapshot_preview1"]),
    );
    const run = spawnSync(process.execPath, ["build/bin/sockyard.cjs", "run", join(project, "program.wasm")]);
    expect(run.status).toBe(3);
  });

  it("has a stub for every public module, and none is left behind by --remove", () => {
    const stubs = () => readdirSync(installed).filter((name) => name.endsWith(".ts"));
    expect(stubs()).toEqual(
      [
        "bufio",
        "byteorder",
        "errno",
        "errors",
        "fmt",
        "go",
        "index",
        "inet",
        "io",
        "net",
        "netdb",
        "os",
        "process",
        "sockaddr",
        "socket",
        "sync",
        "syscall",
        "time",
      ].map((name) => `${name}.ts`),
    );
    execFileSync(process.execPath, [resolve("tools/root-stubs.js"), "--remove"], { cwd: installed });
    expect(stubs()).toEqual([]);
  });
});
