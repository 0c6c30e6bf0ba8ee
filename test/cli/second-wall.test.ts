import { readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { guest, PROJECT, type Running, sockyard, start, startSockyard, temporaryDirectory } from "./sockyard.js";

const EACCES = 13;
const EPERM = 1;

/** What this machine has: without Landlock there is no wall to test, and that is the machine's affair. */
const host = (await start(process.execPath, ["build/bin/sockyard.cjs", "info", "--host"], { stdin: "" }).ended).stdout;
const isWhole = /^second wall +whole$/m.test(host);
if (!isWhole) console.warn("skipped: these tests need Landlock's ABI 6 and seccomp, which this machine does not have");

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A TCP server of the test's, by its address. */
async function listening(): Promise<string> {
  const server = createServer((connection) => connection.destroy());
  servers.push(server);
  await new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a program gets that the first wall lets do everything, with the second as `grants` say. */
async function behind(grants: readonly (readonly [name: string, value: string | null])[], ...calls: readonly string[]) {
  const flags = JSON.stringify(grants.map(([name, value]) => ({ name, value })));
  const { stdout, stderr } = await start(
    process.execPath,
    ["test/cli/broken-wall.js", flags, guest("attempt.ts"), ...calls],
    { stdin: "" },
  ).ended;
  const lines = stdout.trimEnd().split("\n");
  const own = lines.pop() ?? "";
  if (!own.startsWith("{")) throw new Error(`it did not get to its end:\n${stdout}${stderr}`);
  const results = lines.map((line) => Number(line.slice(line.lastIndexOf(" ") + 1)));
  return { results, own: JSON.parse(own) as Record<string, unknown> };
}

/** Says that it has begun, and waits for input. */
const WAITING = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\03\\00\\00\\00") (data (i32.const 16) "up\\0a")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 64)))))`;

async function waiting(...options: readonly string[]): Promise<Running> {
  const file = join(temporaryDirectory(), "waiting.wat");
  writeFileSync(file, WAITING);
  const running = startSockyard(["run", ...options, file]);
  await running.waitFor("stdout", /up\n/);
  return running;
}

describe.skipIf(!isWhole)("where the first wall is broken, the second", () => {
  it("keeps files back", async () => {
    const [granted, other] = [temporaryDirectory(), temporaryDirectory()];
    for (const directory of [granted, other]) writeFileSync(join(directory, "file"), "");
    const calls = [`open=${granted}/file`, `create=${granted}/new`, `open=${other}/file`, `create=${other}/new`];
    const more = [`unlink=${other}/file`, "open=/proc/self/mem", "create=/proc/self/mem", "open=/etc/passwd"];
    expect((await behind([["allow-read", granted]], ...calls, ...more)).results).toEqual([
      ...[0, EACCES, EACCES, EACCES],
      ...[EACCES, EACCES, EACCES, EACCES],
    ]);
    expect((await behind([["dir", granted]], ...calls)).results).toEqual([0, 0, EACCES, EACCES]);
    expect((await behind([["allow-read", `${other}/file`]], ...calls)).results).toEqual([EACCES, EACCES, 0, EACCES]);
  });

  it("keeps ports back", async () => {
    const [granted, other] = [await listening(), await listening()];
    const calls = [`connect=tcp:${granted}`, `connect=tcp:${other}`, "bind=tcp:127.0.0.1:0", "bind=tcp:127.0.0.1:1"];
    expect((await behind([["allow-net-connect", granted]], ...calls)).results).toEqual([0, EACCES, EACCES, EACCES]);
    const own = [`connect=tcp:${granted}`, "bind=tcp:127.0.0.1:0", "bind=tcp:127.0.0.1:1"];
    expect((await behind([["allow-net-listen", "127.0.0.1:0"]], ...own)).results).toEqual([EACCES, 0, EACCES]);
  });

  it("keeps the abstract sockets of others back", async () => {
    const name = `@sockyard-test-${process.pid}`;
    await waiting("--preopen-listen", `unix:${name}`);
    const call = `connect=unix:${name}`;
    expect((await behind([], call)).results).toEqual([EPERM]);
    expect((await behind([["allow-net-connect", `unix:${name}`]], call)).results).toEqual([0]);
  });

  it("makes socket files where they are granted", async () => {
    const [granted, other] = [temporaryDirectory(), temporaryDirectory()];
    const calls = [`bind=unix:${granted}/a`, `unlink=${granted}/a`, `bind=unix:${other}/a`];
    expect((await behind([["allow-net-listen", `unix:${granted}/a`]], ...calls)).results).toEqual([0, 0, EACCES]);
  });

  it("refuses families that no grant names", async () => {
    expect((await behind([], "packet=")).results).toEqual([97]);
  });

  it("holds the whole process, Node's threads among it", async () => {
    const refused = { spawn: "EPERM", read: "EACCES", readInPool: "EACCES", kill: "EPERM", setuid: "EPERM" };
    expect((await behind([])).own).toEqual({ flaws: [], ...refused });
  });
});

/** `field` of each thread of a process, each value once. */
function ofThreads({ pid }: Running, field: string): string[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const values = tasks.map((task) => {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, "utf8");
    return new RegExp(`^${field}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
  });
  return [...new Set(values)];
}

describe.skipIf(!isWhole)("--second-wall", () => {
  it.each([
    ["by default", [], "2", "1"],
    ["of a program with a time limit", ["--time-limit=1m"], "2", "1"],
    ["with all rights", ["-A"], "2", "1"],
    ["of a learning run", ["--learn"], "2", "1"],
    ["=off", ["--second-wall=off"], "0", "0"],
  ])("holds every thread %s", async (_, options, seccomp, noNewPrivileges) => {
    const running = await waiting(...options);
    expect(ofThreads(running, "Seccomp")).toEqual([seccomp]);
    expect(ofThreads(running, "NoNewPrivs")).toEqual([noNewPrivileges]);
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
  });

  it("may be required", async () => {
    const running = await waiting("--second-wall=require");
    running.stdin.end();
    expect(await running.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("is in the way of nothing that is granted, by name or by file", async () => {
    const directory = temporaryDirectory();
    const made = `${directory}/made`;
    const args = ["run", `--allow-write=${made}`, `--allow-read=${made}`, guest("attempt.ts")];
    const calls = [`create=${made}`, `unlink=${made}`, `create=${made}`, `open=${made}`];
    const { stdout } = await sockyard([...args, ...calls]);
    expect(stdout).toBe(calls.map((call) => `${call} 0\n`).join(""));
  });

  it("leaves traps their source lines", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "trap.ts"), "function fall(): void {\n  unreachable();\n}\nfall();\n");
    const built = await sockyard(["build", "trap.ts", "-o", "trap.wasm"], { cwd: directory });
    expect(built.code).toBe(0);
    const { stderr, code } = await sockyard(["run", "trap.wasm"], { cwd: directory });
    expect([code, stderr]).toEqual([1, expect.stringContaining("trap.ts:2")]);
  });
});

describe("--second-wall", () => {
  it.each([
    [
      ["--second-wall=on"],
      "error: bad value 'on' in --second-wall\n  it is auto, require or off\nhint: --second-wall=auto\n",
    ],
    [
      ["--second-wall=require", "--learn"],
      "error: --learn and --second-wall=require exclude each other\n  what is still to be learned cannot be walled off\nhint: --learn\n",
    ],
  ])("%j is a slip", async (options, message) => {
    expect(await sockyard(["run", ...options, "program.wasm"])).toMatchObject({ code: 2, stderr: message });
  });

  it("tells what is missing where it is required", async () => {
    const file = join(temporaryDirectory(), "program.wat");
    writeFileSync(file, '(module (memory (export "memory") 1) (func (export "_start")))');
    // As on a kernel without Landlock and seccomp: what is loaded first answers for them.
    const preload = join(PROJECT, "test/cli/old-kernel.cjs");
    const env = { NODE_OPTIONS: `--require=${realpathSync(preload)}` };
    const auto = await sockyard(["run", file], { env });
    const required = await sockyard(["run", "--second-wall=require", file], { env });
    const off = await sockyard(["run", "--second-wall=off", file], { env });
    expect([auto.code, auto.stderr, off.code]).toEqual([0, "", 0]);
    expect([required.code, required.stderr]).toEqual([
      126,
      "error: this machine cannot have the whole second wall\n" +
        "  the kernel has no Landlock, which came with Linux 5.13\n" +
        "  the kernel has no filters of system calls (EINVAL)\n" +
        "hint: sockyard info --host\n",
    ]);
    const { stdout } = await sockyard(["info", "--host"], { env });
    expect(stdout).toContain("landlock      no\nseccomp       no\n");
    expect(stdout).toContain("second wall   in part\n");
  });
});
