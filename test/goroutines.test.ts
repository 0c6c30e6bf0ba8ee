import { describe, expect, it } from "vitest";
import { guest, sockyard } from "./cli/sockyard.js";

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
    expect({ code, stderr, checks: lines.length }).toEqual({ code: 0, stderr: "", checks: 47 });
  });

  it("goroutine-ends.ts: ends when its top level does, whoever still waits", async () => {
    expect(await ending("return")).toEqual({ code: 0, signal: null, stdout: "main returns\n", stderr: "" });
  });

  it("ends with the status that any goroutine gives to exit", async () => {
    expect(await ending("exit")).toMatchObject({ code: 7, stdout: "", stderr: "" });
  });

  it("is told who waits for what when nobody can go on", async () => {
    const { code, stderr } = await ending("deadlock");
    expect(stderr).toBe(
      [
        "fatal error: all goroutines are asleep - deadlock!",
        "",
        "goroutine 1 [chan receive]:",
        "goroutine 3 [select]:",
        "goroutine 4 [select (no cases)]:",
        "goroutine 5 [sync.Mutex.Lock]:",
        "goroutine 6 [sync.RWMutex.RLock]:",
        "goroutine 7 [sync.RWMutex.Lock]:",
        "goroutine 8 [sync.WaitGroup.Wait]:",
        "",
      ].join("\n"),
    );
    expect(code).toBe(FATAL);
  });

  it("ends at its time limit while all sleep", async () => {
    const { code, stderr } = await ending("sleep", "--time-limit=300ms");
    expect(stderr).toMatch(/^error: time limit of 300 ms reached\n {2}the program was waiting\n {4}at /);
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
