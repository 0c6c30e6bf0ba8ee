import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, sockyard, startShell, startSockyard, temporaryDirectory } from "./sockyard.js";

const WAIT = guest("wait.ts");
const TIME_LIMIT = 124;
const OTHER_LIMIT = 125;

describe("--time-limit", () => {
  it.each([
    ["compute", "computing"],
    ["accept", "blocked in accept(3), nobody connected"],
    ["recv", "blocked in recv(3), nothing came"],
    ["read", "blocked in read(0), nothing came"],
    ["poll", "sleeping"],
    ["epoll_wait", "blocked in epoll_wait(3), nothing happened"],
    ["connect", "blocked in connect(5), nobody answered"],
    ["connect to a path", "blocked in connect(5), nobody answered"],
    ["write", "blocked in write(4), nobody read"],
  ])("ends a program in %s", async (how, what) => {
    // Compiled first: the limit is the program's, but the test's clock runs from here on.
    await sockyard(["info", WAIT]);
    const started = performance.now();
    const directory = temporaryDirectory();
    const name = how.endsWith("path") ? `${directory}/socket` : `@${directory}`;
    const running = startSockyard(["run", "-A", "--time-limit=300ms", WAIT, how, name]);
    const { code, stderr } = await running.ended;
    expect(stderr).toMatch(/^waiting\nerror: time limit of 300 ms reached\n/);
    expect(stderr).toContain(`\n  the program was ${what}\n`);
    if (what !== "computing") expect(stderr).toMatch(/\n {4}at wait \(test\/guests\/wait\.ts:\d+:\d+\)\n/);
    expect(code).toBe(TIME_LIMIT);
    const elapsed = performance.now() - started;
    expect(elapsed).toBeGreaterThan(300);
    expect(elapsed).toBeLessThan(5000);
  });

  it("ends a program whose own trace and denials nobody reads", async () => {
    await sockyard(["info", guest("denied.ts")]);
    const fifo = `${temporaryDirectory()}/fifo`;
    execFileSync("mkfifo", [fifo]);
    const started = performance.now();
    const running = startShell(`sockyard trace --time-limit=300ms ${guest("denied.ts")} all 2<>${fifo}`);
    expect(await running.ended).toMatchObject({ code: TIME_LIMIT });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("says where each goroutine waits", async () => {
    const program = guest("goroutine-waits.ts");
    await sockyard(["info", program]);
    const options = ["--time-limit=1s", "--allow-net=127.0.0.1"];
    const { code, stderr } = await sockyard(["run", ...options, program, ""]);
    expect(stderr).toMatch(
      new RegExp(
        [
          "^error: time limit of 1000 ms reached",
          "  the program was waiting in 4 goroutines\n",
          "goroutine 1 \\[sync\\.WaitGroup\\.Wait\\]:\n    at <top level> .*\n",
          "goroutine 2 \\[chan receive\\]:\n    at receive \\(test/guests/goroutine-waits\\.ts:14:3\\)\n",
          "goroutine 3 \\[sleep\\]:\n    at doze .*\n",
          "goroutine 4 \\[IO wait\\]:\n    at serve \\(test/guests/goroutine-waits\\.ts:23:3\\)\n$",
        ].join("\n"),
      ),
    );
    expect(code).toBe(TIME_LIMIT);
  });

  it("says which call of which goroutine held up all others", async () => {
    const program = guest("goroutine-waits.ts");
    await sockyard(["info", program]);
    const { stderr } = await startSockyard(["run", "--time-limit=1s", "-A", program, "read"]).ended;
    expect(stderr).toContain("\n  the program was blocked in read(0), nothing came\n    at hold (");
    expect(stderr).toMatch(/\ngoroutine 4 \[IO wait\]:\n/);
    expect(stderr).not.toContain("goroutine 5");
  });

  it("counts the goroutines that it does not show", async () => {
    const program = guest("goroutine-waits.ts");
    await sockyard(["info", program]);
    const { stderr } = await sockyard(["run", "--time-limit=2s", "-A", program, "many"]);
    expect(stderr).toContain("\n  the program was waiting in 1004 goroutines\n");
    expect(stderr).toMatch(/\n\nand 904 other goroutines\n$/);
  });

  it("ends a program whose audit nobody reads", async () => {
    await sockyard(["info", guest("denied.ts")]);
    const fifo = `${temporaryDirectory()}/fifo`;
    execFileSync("mkfifo", [fifo]);
    const reader = openSync(fifo, "r+");
    const options = ["--time-limit=1s", "--allow-net", `--audit=${fifo}`];
    const { code, stderr } = await sockyard(["run", ...options, guest("denied.ts"), "all"]);
    closeSync(reader);
    expect(stderr).toContain(
      "error: time limit of 1000 ms reached\n  the program was held up, nobody read its audit\n    at ",
    );
    expect(code).toBe(TIME_LIMIT);
  });

  it("leaves a program alone that is done in time", async () => {
    const { code, stderr } = await sockyard(["run", "--time-limit=20s", guest("exit-code.wat"), "a"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  });

  it("gives a program its input and output as they are", async () => {
    const { code, stdout } = await sockyard(["run", "--time-limit=20s", guest("attempt.ts"), "bind=unix:@a", "exit=0"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "bind=unix:@a 13\n" });
    const read = sockyard(["run", "--time-limit=20s", WAIT, "read"], { stdin: "x" });
    expect(await read).toMatchObject({ code: 9, stderr: "waiting\n" });
  });
});

describe("--cpu-limit", () => {
  it.each([
    ["a loop", [WAIT, "compute"]],
    ["a goroutine that never gives way", [guest("goroutine-spin.ts"), "one"]],
    ["goroutines that give way to each other", [guest("goroutine-spin.ts"), "two"]],
  ])("ends %s", async (_, words) => {
    await sockyard(["info", words[0] ?? ""]);
    const { code, stdout, stderr } = await sockyard(["run", "--cpu-limit=300ms", ...words]);
    expect(stderr.replace(/^waiting\n/, "")).toBe("error: cpu limit of 300 ms reached\n  the program was computing\n");
    expect({ code, stdout }).toEqual({ code: OTHER_LIMIT, stdout: "" });
  });

  it("is nothing to a program that waits", async () => {
    const limits = ["--cpu-limit=100ms", "--time-limit=1s"];
    const { code, stderr } = await sockyard(["run", ...limits, WAIT, "poll"]);
    expect(stderr).toMatch(/^waiting\nerror: time limit of 1000 ms reached\n {2}the program was sleeping\n/);
    expect(code).toBe(TIME_LIMIT);
  });

  it("does not count what starts the program", async () => {
    expect(await sockyard(["run", "--cpu-limit=100ms", WAIT, "read"])).toMatchObject({ code: 9, stderr: "waiting\n" });
  });

  it("goes with --learn and what ends it", async () => {
    const { code, stderr } = await sockyard(["run", "--cpu-limit=300ms", "--learn", WAIT, "compute"]);
    expect(stderr).toContain("error: cpu limit of 300 ms reached\n");
    expect(stderr).toContain("\nlearned: the program needs no further grant\n");
    expect(code).toBe(OTHER_LIMIT);
  });
});

describe("--memory-limit", () => {
  it("ends an AssemblyScript program that allocates beyond it", async () => {
    for (const limit of [[], ["--time-limit=20s"]]) {
      const { code, stderr } = await sockyard(["run", "--memory-limit=16M", ...limit, guest("allocate.ts")]);
      expect(stderr).toMatch(/^error: memory limit of 16777216 bytes reached\n {2}the program had \d+ bytes\n/);
      expect(code).toBe(OTHER_LIMIT);
    }
  });

  it("is where memory.grow answers -1", async () => {
    expect(await sockyard(["run", "--memory-limit=1M", guest("grow.wat")])).toMatchObject({ code: 0, stderr: "" });
    expect(await sockyard(["run", "--memory-limit=1088K", guest("grow.wat")])).toMatchObject({ code: 1 });
  });

  it("refuses a program that starts out larger", async () => {
    const { code, stderr } = await sockyard(["run", "--memory-limit=63K", guest("grow.wat")]);
    expect(stderr).toMatch(/^error: the program needs more memory at its start than the limit allows\n/);
    expect(code).toBe(OTHER_LIMIT);
  });

  it.each([
    ["(table 1 funcref)", "(table.grow 0 (ref.null func) (i32.const 200000))", 0],
    ["(table 1 9000000 externref)", "(table.grow 0 (ref.null extern) (i32.const 200000))", 0],
    ["(table 1 funcref)", "(table.grow 0 (ref.null func) (i32.const 100000))", 1],
    ["(table 1 5 funcref)", "(table.grow 0 (ref.null func) (i32.const 5))", 0],
    ["(table 1 funcref) (table 1 funcref)", "(table.grow 0 (ref.null func) (i32.const 100000))", 0],
  ])("keeps tables to as much again: %s %s", async (tables, grow, grown) => {
    const code = `(if (i32.ne (i32.ge_s ${grow} (i32.const 0)) (i32.const ${grown})) (then unreachable))`;
    const path = join(temporaryDirectory(), "program.wat");
    writeFileSync(path, `(module ${tables} (memory (export "memory") 1) (func (export "_start") ${code}))`);
    expect(await sockyard(["run", "--memory-limit=1M", path])).toMatchObject({ code: 0, stderr: "" });
  });

  it("refuses tables that start out larger", async () => {
    const path = join(temporaryDirectory(), "program.wat");
    writeFileSync(path, '(module (table 200000 funcref) (memory (export "memory") 1) (func (export "_start")))');
    const { code, stderr } = await sockyard(["run", "--memory-limit=1M", path]);
    expect(stderr).toMatch(/^error: the program needs more memory at its start than the limit allows\n/);
    expect(code).toBe(OTHER_LIMIT);
  });

  it("does not make a trap of another kind its own", async () => {
    expect(await sockyard(["run", "--memory-limit=16M", guest("trap.ts")])).toMatchObject({ code: 1 });
  });
});

describe("signals", () => {
  it.each([
    ["SIGINT", "accept", []],
    ["SIGINT", "read", []],
    ["SIGINT", "connect", []],
    ["SIGINT", "compute", []],
    ["SIGTERM", "poll", []],
    ["SIGINT", "epoll_wait", []],
    ["SIGINT", "accept", ["--time-limit=20s"]],
    ["SIGINT", "compute", ["--time-limit=20s"]],
  ] as const)("%s ends a program in %s (%j)", async (signal, how, options) => {
    const running = startSockyard(["run", "-A", ...options, WAIT, how, `@${temporaryDirectory()}`]);
    await running.waitFor("stderr", /^waiting\n/);
    running.kill(signal);
    expect(await running.ended).toMatchObject({ code: null, signal });
  });
});
