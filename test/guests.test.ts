import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, has, PROJECT, sockyard, start, startSockyard, temporaryDirectory } from "./cli/sockyard.js";

// wasi-libc and the runtime's builtins have no command of their own to look for.
const hasClang = has("clang", "wasm-ld") && /wasm32/.test(spawnSync("clang", ["--print-targets"]).stdout.toString());

/** The lines of a guest's output, which begin with `ok` or tell what was not as it should be. */
async function checks(args: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = await sockyard(["run", ...args]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return lines.length;
}

/** The descriptors of a process, by what they lead to. */
function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

describe("guest programs", () => {
  it("are each run by a test", () => {
    const tests = [
      "guests.test.ts",
      "descriptor-passing.test.ts",
      "preview1.test.ts",
      "go-syscall.test.ts",
      "goroutines.test.ts",
      "net",
      "go-bufio.test.ts",
      "go-fmt.test.ts",
      "go-os.test.ts",
      "cli",
      "compiler",
      "differential",
      "dns",
      "runtime",
    ]
      .map((name) => join(PROJECT, "test", name))
      .flatMap((path) => (path.endsWith(".ts") ? [path] : readdirSync(path).map((name) => join(path, name))))
      .map((path) => readFileSync(path, "utf8"))
      .join();
    const guests = readdirSync(join(PROJECT, "test/guests")).filter((name) => /\.(ts|wat|c)$/.test(name));
    expect(guests.length).toBeGreaterThan(0);
    expect(guests.filter((name) => !tests.includes(`"${name}"`))).toEqual([]);
  });

  it("every-call.ts: every call over real sockets, and each error as Linux has it", async () => {
    const directory = temporaryDirectory();
    const grants = ["-N=127.0.0.1", `-N=unix:${directory}/**`];
    expect(await checks([...grants, guest("every-call.ts"), `${directory}/socket`])).toBe(61);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("every-call.ts: with traces and limits, which change nothing", async () => {
    const directory = temporaryDirectory();
    const options = ["-N=127.0.0.1", `-N=unix:${directory}/**`, "--time-limit=20s", "--memory-limit=16M"];
    expect(await checks([...options, guest("every-call.ts"), `${directory}/socket`])).toBe(61);
    const traced = await sockyard(["trace", "-A", guest("every-call.ts"), `${directory}/traced`]);
    expect(traced).toMatchObject({ code: 0 });
    expect(traced.stdout).not.toContain("FAILED");
  });

  it("unix-kinds.ts: datagrams and records by path, abstract name and autobind", async () => {
    const directory = temporaryDirectory();
    expect(await checks([`-N=unix:${directory}/**,unix:@*`, guest("unix-kinds.ts"), directory])).toBe(35);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("epoll.ts: standard input, datagrams and connections in one set", async () => {
    for (const limit of ["", "--time-limit=20s"]) {
      const line = `printf 'input\\n' | sockyard run ${limit} -N=127.0.0.1 ${guest("epoll.ts")}`;
      const { code, stdout } = await start("bash", ["-o", "pipefail", "-c", line]).ended;
      expect(stdout.split("\n").filter((text) => !text.startsWith("ok "))).toEqual([""]);
      expect({ code, checks: stdout.trimEnd().split("\n").length }).toEqual({ code: 0, checks: 21 });
    }
  });

  it("two-abis.ts: one socket through berkeley_sockets_v1 and wasi_snapshot_preview1", async () => {
    expect(await checks(["-N=127.0.0.1", guest("two-abis.ts")])).toBe(22);
    expect(await checks(["-N=127.0.0.1", "--time-limit=20s", guest("two-abis.ts")])).toBe(22);
  });

  it("messages.ts: descriptors, credentials, pairs and pipes, without any grant", async () => {
    expect(await checks([guest("messages.ts")])).toBe(27);
    expect(await checks(["--time-limit=20s", guest("messages.ts")])).toBe(27);
  });

  it("closed-pipe.ts: EPIPE where nobody reads any more, and no signal", async () => {
    const writer = startSockyard(["run", guest("closed-pipe.ts")]);
    await writer.waitFor("stdout", /a line\n/);
    writer.closeOutput("stdout");
    // A pair of sockets, and it was closed with bytes unread or without: unix(7).
    const stderr = expect.stringMatching(/^write: (Broken pipe|Connection reset by peer)\n$/);
    expect(await writer.ended).toMatchObject({ code: 7, signal: null, stderr });
    const piped = await start("sh", ["-c", `sockyard run ${guest("closed-pipe.ts")} | head -1`]).ended;
    expect(piped).toMatchObject({ code: 0, stdout: "a line\n", stderr: "write: Broken pipe\n" });
  });
});

describe("standard streams", () => {
  it("standard-streams.ts: they block, whether the program was compiled now or before", async () => {
    const env = { XDG_CACHE_HOME: temporaryDirectory() };
    for (const option of ["", "", "--time-limit=20s", "--trace"]) {
      // Real pipes: Node's own are pairs of sockets.
      const line = `set -o pipefail; true | sockyard run ${option} ${guest("standard-streams.ts")} 2>&1 | cat`;
      expect(await start("bash", ["-c", line], { env }).ended).toMatchObject({ code: 0 });
    }
  });
});

describe("a server", () => {
  it("has after 50 clients as many descriptors as before", async () => {
    const server = startSockyard(["run", "-N=127.0.0.1:0", "examples/berkeley/tcp-server.ts", "0", "127.0.0.1"]);
    const [, port = ""] = await server.waitFor("stderr", /^listening on .*:(\d+)\n/);
    const visit = async () => {
      const client = connect({ host: "127.0.0.1", port: Number(port) });
      client.end("hello");
      client.resume();
      await once(client, "close");
    };
    await visit();
    // Until the server has closed its end and waits for the next, it may hold one more.
    await server.waitFor("stdout", /(Get client.*\nhello){1}/);
    const before = descriptors(server.pid);
    for (let i = 0; i < 50; i++) await visit();
    expect(descriptors(server.pid)).toBeLessThanOrEqual(before + 1);
    await server.waitFor("stdout", /(Get client.*\nhello){51}/);
  });
});

describe.skipIf(!hasClang)("surroundings.c, built by clang with wasi-libc", () => {
  const WANTED = [
    "argv[1]=one",
    "argv[2]=two words",
    "argv[3]=ünïcödé",
    "environment: 0",
    "time: now",
    "slept: yes",
    "terminal: 0 0",
    "random: yes",
    "files: none",
    "read: first line",
    "read: second line",
    "",
  ];

  it("finds arguments, clocks, randomness and standard streams, and neither environment nor files", async () => {
    const module = join(temporaryDirectory(), "surroundings.wasm");
    const flags = ["--target=wasm32-wasi", "-O1", "-o", module, guest("surroundings.c")];
    const { status, stderr } = spawnSync("clang", flags, { cwd: PROJECT, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const args = ["one", "two words", "ünïcödé"];
    for (const options of [[], ["--time-limit=20s", "--memory-limit=4M"]]) {
      const ended = await sockyard(["run", ...options, module, ...args], { stdin: "first line\nsecond line\n" });
      expect(ended.stdout.split("\n")).toEqual(WANTED);
      expect(ended).toMatchObject({ code: 42, stderr: "done\n" });
    }
  });
});

describe("files.ts", () => {
  it("opens files by one ABI and uses them by the other", async () => {
    const directory = temporaryDirectory();
    expect(await checks([`--dir=${directory}::.`, guest("files.ts")])).toBe(13);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe.skipIf(!hasClang)("files.c, built by clang with wasi-libc", () => {
  const CHECKS = 35;

  function build(): string {
    const module = join(temporaryDirectory(), "files.wasm");
    const flags = ["--target=wasm32-wasi", "-O1", "-o", module, guest("files.c")];
    const { status, stderr } = spawnSync("clang", flags, { cwd: PROJECT, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return module;
  }

  it("works in a directory that has another name here, or its own", async () => {
    const module = build();
    const directory = temporaryDirectory();
    expect(await checks([`--dir`, `${directory}::/work`, module, "/work"])).toBe(CHECKS);
    expect(await checks([`--allow-read=${directory}`, `--allow-write=${directory}`, module, directory])).toBe(CHECKS);
    expect(await checks(["--time-limit=60s", `--dir=${directory}`, module, directory])).toBe(CHECKS);
    expect(await checks(["--allow-all", module, directory])).toBe(CHECKS);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.skipIf(!has("python3"))("works the same where the kernel has no openat2", async () => {
    const directory = temporaryDirectory();
    const command = [process.execPath, "build/bin/sockyard.cjs", "run", `--dir=${directory}::/work`, build(), "/work"];
    const { code, stdout } = await start("python3", ["test/peers/without-openat2.py", ...command], { stdin: "" }).ended;
    expect(stdout.trimEnd().split("\n")).toHaveLength(CHECKS);
    expect(stdout).not.toContain("FAILED");
    expect(code).toBe(0);
  });

  it("is told by the host what it may not", async () => {
    const module = build();
    const directory = temporaryDirectory();
    const { code, stdout, stderr } = await sockyard(["run", `--dir=${directory}::/work:ro`, module, "/work"]);
    expect(stdout).toContain("FAILED fopen w: Permission denied\n");
    expect(code).toBe(0);
    expect(stderr).toContain(`error: permission denied: write ${directory}/letter\n`);
    expect(stderr).toContain(`--allow-write=${directory}/letter`);
  });
});
