import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, sockyard, start, startShell, startSockyard, temporaryDirectory } from "./cli/sockyard.js";

const TRAP = 1;
const FATAL = 2;

function ending(how: string, ...options: string[]) {
  return sockyard(["run", ...options, guest("goroutine-ends.ts"), how]);
}

describe("a program with goroutines", () => {
  it.each(["--memory-limit=16M", "--time-limit=20s"])("goroutines.ts: is as in Go, with %s", async (option) => {
    const { code, stdout, stderr } = await sockyard(["run", option, guest("goroutines.ts")]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect({ code, stderr, checks: lines.length }).toEqual({ code: 0, stderr: "", checks: 51 });
  });

  it("goroutine-ends.ts: ends when its top level does, whoever still waits", async () => {
    expect(await ending("return")).toEqual({ code: 0, signal: null, stdout: "main returns\n", stderr: "" });
  });

  it("ends with the status that any goroutine gives to exit", async () => {
    expect(await ending("exit")).toMatchObject({ code: 7, stdout: "", stderr: "" });
  });

  it("is told who waits for what, and where, when nobody can go on", async () => {
    const { code, stderr } = await ending("deadlock");
    const place = (line: number) => expect.stringMatching(new RegExp(`^ {4}at .*goroutine-ends\\.ts:${line}:\\d+\\)$`));
    const waiting = (number: number, what: string, line: number) => [`goroutine ${number} [${what}]:`, place(line)];
    const [head, ...blocks] = stderr.trimEnd().split("\n\n");
    expect(head).toBe("fatal error: all goroutines are asleep - deadlock!");
    expect(blocks.map((block) => block.split("\n").slice(0, 2))).toEqual([
      waiting(1, "chan receive", 43),
      waiting(3, "select", 16),
      waiting(4, "select (no cases)", 19),
      waiting(5, "sync.Mutex.Lock", 24),
      waiting(6, "sync.RWMutex.RLock", 29),
      waiting(7, "sync.RWMutex.Lock", 34),
      waiting(8, "sync.WaitGroup.Wait", 39),
    ]);
    expect(code).toBe(FATAL);
  });

  it("may wait a thousand calls deep, but not four thousand", async () => {
    expect(await ending("deep")).toMatchObject({ code: 0, stderr: "" });
    const { code, stderr } = await ending("too deep");
    expect(stderr).toMatch(/^abort: goroutine stack exceeds 262144-byte limit in /);
    expect(code).toBe(TRAP);
  });

  it("ends at its time limit while all sleep", async () => {
    const { code, stderr } = await ending("sleep", "--time-limit=2s");
    expect(stderr).toMatch(
      /^error: time limit of 2000 ms reached\n {2}the program was waiting in 1 goroutine\n\ngoroutine 1 \[sleep\]:\n {4}at /,
    );
    expect(code).toBe(124);
  });

  it("is told which goroutine trapped, and where, after it has waited before", async () => {
    const { code, stdout, stderr } = await ending("trap");
    const [error, where, frame] = stderr.split("\n");
    expect(error).toBe("error: trap: divide by zero");
    expect(where).toBe("  in      goroutine 3");
    expect(frame).toBe("    at divide (test/guests/goroutine-ends.ts:52:19)");
    expect({ code, stdout }).toEqual({ code: TRAP, stdout: "2\n" });
  });

  it.each([
    ["send", "send on closed channel"],
    ["waiting send", "send on closed channel"],
    ["select send", "send on closed channel"],
    ["close", "close of closed channel"],
    ["capacity", "makechan: size out of range"],
    ["group", "sync: negative WaitGroup counter"],
    ["mutex", "sync: unlock of unlocked mutex"],
    ["reader", "sync: RUnlock of unlocked RWMutex"],
    ["writer", "sync: Unlock of unlocked RWMutex"],
    ["ticker", "non-positive interval for NewTicker"],
  ])("aborts where Go panics: %s", async (how, text) => {
    const { code, stderr } = await ending(how);
    expect(stderr).toMatch(new RegExp(`^abort: ${text} in ~lib/sockyard/\\S+\nerror: trap: unreachable\n`));
    expect(stderr).toMatch(/^ {4}at panic \(test\/guests\/goroutine-ends\.ts:\d+:\d+\)$/m);
    expect(code).toBe(TRAP);
  });
});

describe("goroutines that wait for descriptors", () => {
  it.each(["--memory-limit=16M", "--time-limit=20s"])("descriptors.ts: is as it should be, with %s", async (option) => {
    const { code, stdout, stderr } = await sockyard(["run", "-N=127.0.0.1", option, guest("descriptors.ts")]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect({ code, stderr, checks: lines.length }).toEqual({ code: 0, stderr: "", checks: 16 });
  });

  it.each(["", "--time-limit=20s"])(
    "ticking.ts: leave time to others while standard input is silent %s",
    async (option) => {
      const program = startSockyard(["run", ...option.split(" ").filter(Boolean), guest("ticking.ts")]);
      await program.waitFor("stderr", /ticking\n/);
      program.stdin.write("one\n");
      await program.waitFor("stdout", /one\n/);
      program.stdin.end("two\n");
      expect(await program.ended).toMatchObject({ code: 0, stdout: "one\ntwo\nend 0\n", stderr: "ticking\n" });
    },
  );

  it("read pipes, files and devices, whether they can be waited for or not", async () => {
    const path = join(temporaryDirectory(), "file");
    writeFileSync(path, "from a file\n");
    const file = openSync(path, "r");
    const fromFile = await sockyard(["run", guest("ticking.ts")], { stdin: file });
    closeSync(file);
    expect(fromFile).toMatchObject({ code: 0, stdout: "from a file\nend 0\n" });
    expect(await sockyard(["run", guest("ticking.ts")])).toMatchObject({ code: 0, stdout: "end 0\n" });
    const pipe = startShell(`sh -c 'echo from a pipe | sockyard run ${guest("ticking.ts")}'`);
    expect(await pipe.ended).toMatchObject({ code: 0, stdout: "from a pipe\nend 0\n" });
  });

  it("are ended by Ctrl-C and by the time limit while all wait", async () => {
    const interrupted = startSockyard(["run", guest("ticking.ts")]);
    await interrupted.waitFor("stderr", /ticking\n/);
    interrupted.kill("SIGINT");
    expect(await interrupted.ended).toMatchObject({ code: null, signal: "SIGINT" });
    const limited = await startSockyard(["run", "--time-limit=500ms", guest("ticking.ts")]).ended;
    expect(limited).toMatchObject({ code: 124 });
    expect(limited.stderr).toContain("error: time limit of 500 ms reached\n");
  });
});

describe("Go's packages", () => {
  it("go-packages.ts: io, os, errors and syscall are as in Go", async () => {
    const path = join(temporaryDirectory(), "nothing");
    const grant = `--allow-net-listen=unix:${path}`;
    const { code, stdout, stderr } = await sockyard(["run", grant, guest("go-packages.ts"), path]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect({ code, stderr, checks: lines.length }).toEqual({ code: 0, stderr: "", checks: 27 });
  });

  it("go-cat.ts: os copies any kind of standard stream, and others run meanwhile", async () => {
    const directory = temporaryDirectory();
    const big = join(directory, "big");
    writeFileSync(big, Buffer.alloc(3_000_001, "0123456789abcdefg"));
    const run = `sockyard run ${guest("go-cat.ts")}`;
    const lines = [
      `${run} < ${big} | cat | cmp - ${big}`,
      `cat ${big} | ${run} > ${directory}/copy && cmp ${big} ${directory}/copy`,
      `(${run} < ${big}; echo) | { head -c 3 > /dev/null; cat > /dev/null; }`,
    ];
    for (const line of lines) expect(await start("bash", ["-c", line]).ended).toMatchObject({ code: 0, stdout: "" });

    const slow = startSockyard(["run", guest("go-cat.ts")]);
    await slow.waitFor("stderr", /^beside\n/);
    slow.stdin.end("late\n");
    expect(await slow.ended).toMatchObject({ code: 0, stdout: "late\n", stderr: "beside\n5 bytes\n" });
  });

  it("go-cat.ts: an error of a write is a value with Go's text", async () => {
    const program = startSockyard(["run", guest("go-cat.ts")]);
    await program.waitFor("stderr", /^beside\n/);
    program.closeOutput("stdout");
    program.stdin.write("nobody reads this\n");
    const { code, stderr } = await program.ended;
    expect(stderr).toBe("beside\n0 bytes: write /dev/stdout: broken pipe\n");
    expect(code).toBe(1);
  });
});
