import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, PROJECT, sockyard, start, temporaryDirectory } from "./sockyard.js";

const USAGE = 2;
const NOT_LOADED = 126;

describe("sockyard", () => {
  it("shows what it can do, without a command too", async () => {
    const shown = await sockyard([]);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).toMatch(/^sockyard \d+\.\d+\.\d+: .*\n\nUsage: sockyard <COMMAND>\n/);
    for (const same of [["help"], ["--help"], ["-h"]]) expect((await sockyard(same)).stdout).toBe(shown.stdout);
  });

  it.each([["run"], ["trace"], ["info"], ["permissions"]])("has help on %s", async (topic) => {
    const { code, stdout } = await sockyard(["help", topic]);
    expect({ code, length: stdout.length > 100 }).toEqual({ code: 0, length: true });
    if (topic !== "permissions") expect((await sockyard([topic, "--help"])).stdout).toBe(stdout);
  });

  it("tells its version", async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
    expect(await sockyard(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(await sockyard(["-V"])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it("ends quietly when nobody reads its output any more", async () => {
    const { code, stdout, stderr } = await start("bash", ["-c", "set -o pipefail; sockyard help | head -1"]).ended;
    expect({ code, stderr, lines: stdout.split("\n").length }).toEqual({ code: 0, stderr: "", lines: 2 });
  });
});

describe("usage errors", () => {
  it.each([
    [["rnu"], "unknown command 'rnu'", "did you mean 'run'? To run a file called 'rnu': sockyard run ./rnu"],
    [["server.ts"], "unknown command 'server.ts'", "to run a file called 'server.ts': sockyard run ./server.ts"],
    [["--trace", "x"], "unknown option '--trace'", "options follow the command: sockyard run [OPTIONS] FILE"],
    [["help", "nothing"], "no help on 'nothing'", null],
    [["run"], "run needs a program", "sockyard run FILE [ARGS]"],
    [["run", "--trace"], "run needs a program", "sockyard run FILE [ARGS]"],
    [["info"], "info needs a program", "sockyard info FILE"],
    [["info", "a", "b"], "unexpected 'b' after the program", null],
    [["run", "--allow-nte", "x"], "unknown option '--allow-nte'", "did you mean '--allow-net'?"],
    [["run", "--zzz", "x"], "unknown option '--zzz'", "sockyard help run"],
    [["run", "-x", "x"], "unknown option '-x'", "sockyard help run"],
    [["run", "--constructor", "x"], "unknown option '--constructor'", "sockyard help run"],
    [["run", "--allow-all=yes", "x"], "--allow-all takes no value", "--allow-all"],
    [["run", "--time-limit"], "--time-limit needs a value", "sockyard help run"],
    [["run", "--time-limit=5", "x"], "bad value '5' in --time-limit", null],
    [["run", "--time-limit=0s", "x"], "bad value '0s' in --time-limit", null],
    [["run", "--memory-limit", "lots", "x"], "bad value 'lots' in --memory-limit", null],
    [["run", "--trace=xml", "x"], "unknown trace format 'xml'", "--trace=text"],
  ])("%j", async (args, error, hint) => {
    const { code, stdout, stderr } = await sockyard(args);
    const [first, ...lines] = stderr.trimEnd().split("\n");
    expect({ code, stdout, first }).toEqual({ code: USAGE, stdout: "", first: `error: ${error}` });
    expect(lines.find((line) => line.startsWith("hint: ")) ?? null).toBe(hint === null ? null : `hint: ${hint}`);
  });
});

describe("a file that is no program", () => {
  const component = Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
  it.each([
    ["missing.wasm", null, "cannot find", "there is no such file"],
    ["directory.wasm", "directory", "cannot run", "it is a directory"],
    [
      "bad.wasm",
      Buffer.from("hello"),
      "cannot run",
      "its first bytes are not those of a WebAssembly module (00 61 73 6d)",
    ],
    ["component.wasm", component, "cannot run", "it is a WebAssembly component, not a module"],
    ["text.txt", Buffer.from("(module)"), "cannot run", "it looks like WebAssembly text: name it .wat"],
    ["script.js", Buffer.from("exit(0)"), "cannot run", "accepted are WebAssembly modules (.wasm)"],
  ])("%s", async (name, contents, error, fact) => {
    const path = join(temporaryDirectory(), name);
    if (contents === "directory") mkdirSync(path);
    else if (contents !== null) writeFileSync(path, contents);
    for (const command of ["run", "info"]) {
      const { code, stderr } = await sockyard([command, path]);
      expect(stderr).toContain(`error: ${error} '${path}'\n`);
      expect(stderr).toContain(`  ${fact}`);
      expect(stderr).not.toMatch(/^ +at /m);
      expect(code).toBe(NOT_LOADED);
    }
  });

  it("truncated.wasm", async () => {
    const path = join(temporaryDirectory(), "truncated.wasm");
    writeFileSync(path, Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 99]));
    const { code, stderr } = await sockyard(["run", "--memory-limit=1M", path]);
    expect(stderr).toMatch(/^error: not a valid WebAssembly module\n {2}.+\n$/);
    expect(code).toBe(NOT_LOADED);
  });

  it.each([
    ["-N", "example.com:80", "--allow-net=example.com:80"],
    ["--allow-net-listen", "unix:/run/app.sock", "--allow-net-listen=unix:/run/app.sock"],
    ["--allow-read", "/etc/hosts", "--allow-read=/etc/hosts"],
  ])("reminds of '=' when the rule of %s was taken for the file", async (option, rule, joined) => {
    const { code, stderr } = await sockyard(["run", option, rule, "server.ts"]);
    expect(stderr).toContain(`hint: a rule is joined to its option by '=': ${joined}\n`);
    expect(code).toBe(NOT_LOADED);
  });

  it("does not take a missing program for a rule", async () => {
    expect((await sockyard(["run", "-N", "missing.ts"])).stderr).not.toContain("hint:");
  });
});

describe("sockyard info", () => {
  it("shows imports, exports and what may need a permission", async () => {
    const { code, stdout } = await sockyard(["info", "examples/berkeley/tcp-client.ts"]);
    expect(stdout).toMatch(/^examples\/berkeley\/tcp-client\.ts: WebAssembly module, \d+ bytes\n\nimports\n/);
    expect(stdout).toMatch(/\n {2}berkeley_sockets_v1\n {4}.*\bconnect\b/);
    expect(stdout).toMatch(/\nexports\n.*\b_start\b.*\n/);
    expect(stdout).toMatch(
      /\npermissions it may need\n {2}--allow-net-connect {4}it calls connect\n {2}--allow-net-resolve {4}it calls res_send\n$/,
    );
    expect(code).toBe(0);
    const { stdout: other } = await sockyard(["info", guest("environment.ts")]);
    expect(other).toMatch(/\npermissions it may need\n {2}--allow-env {12}it calls environ_get\n$/);
  });

  it("names imports that nobody serves", async () => {
    const path = join(temporaryDirectory(), "foreign.wat");
    writeFileSync(path, '(module (import "env" "abort" (func)))');
    const { code, stdout } = await sockyard(["info", path]);
    expect(stdout).toContain("\n  env   (not served by this runtime)\n    abort\n");
    expect(stdout).toMatch(/permissions it may need\n {2}none\n$/);
    expect(code).toBe(0);
  });
});

describe("the program's part of the command line", () => {
  it("begins with the file, whatever follows", async () => {
    const args = ["--trace", "-A", "--help", "--", ""];
    const { code, stderr } = await sockyard(["run", guest("exit-code.wat"), ...args]);
    expect({ code, stderr }).toEqual({ code: 1 + args.length, stderr: "" });
  });

  it("may follow --", async () => {
    expect(await sockyard(["run", "-A", "--", guest("exit-code.wat"), "x"])).toMatchObject({ code: 2 });
  });

  it("may come from a pipe of the shell", async () => {
    const file = openSync(join(PROJECT, guest("exit-code.wat")), "r");
    const { code, stderr } = await sockyard(["run", "/dev/stdin"], { stdin: file });
    closeSync(file);
    // Without a name's extension only a module would be known by its first bytes.
    expect(stderr).toContain("cannot run '/dev/stdin'");
    expect(code).toBe(NOT_LOADED);
  });
});
