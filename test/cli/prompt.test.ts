import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, has, PROJECT, sockyard, start } from "./sockyard.js";

const TERMINAL = join(PROJECT, "test/peers/terminal.py");
const SOCKYARD = [process.execPath, join(PROJECT, "build/bin/sockyard.cjs")];
const ONE = "connect=tcp:127.0.0.1:1";
const TWO = "connect=tcp:127.0.0.1:2";
const QUESTION = /the program wants to (.*)\n/g;

/** What is asked, and the outcome of each attempt, at a terminal where `answers` are typed. */
async function at(terminal: readonly string[], options: readonly string[], attempts: readonly string[]) {
  const args = [TERMINAL, ...terminal, ...SOCKYARD, "run", ...options, guest("attempt.ts"), ...attempts];
  const { stdout } = await start("python3", args, { env: { NO_COLOR: "1" } }).ended;
  const asked = [...stdout.matchAll(QUESTION)].map(([, question]) => question);
  const results = [...stdout.matchAll(/^(?:connect|bind|send|open)=.* (\d+)$/gm)].map(([, errno]) => errno !== "13");
  return { asked, results, stdout };
}

describe.skipIf(!has("python3"))("a question at the terminal", () => {
  it("allows a call once, or for the run, and no more than was asked", async () => {
    const [one, two] = ["connect to 127.0.0.1:1 (tcp)", "connect to 127.0.0.1:2 (tcp)"];
    expect(await at(["ynr"], [], [ONE, ONE, TWO, TWO, "exit=0"])).toMatchObject({
      asked: [one, one, two],
      results: [true, false, true, true],
    });
    const sends = ["send=udp:127.0.0.1:9", "send=udp:127.0.0.1:9"];
    expect((await at(["yn"], [], [...sends, "exit=0"])).results).toEqual([true, false]);
  });

  it("takes no to all, and no sense, for no", async () => {
    expect(await at(["N"], [], [ONE, TWO, "exit=3"])).toMatchObject({ results: [false, false] });
    const { results, stdout } = await at(["xAY"], [], [ONE, "exit=3"]);
    expect(results).toEqual([false]);
    expect(stdout).toMatch(/status 77\n$/);
  });

  it("is not answered by what was typed before", async () => {
    expect((await at(["--ahead", "y\ny\nr\ny", "n"], [], [ONE, "exit=0"])).results).toEqual([false]);
  });

  it("shows the program's text with nothing that steers the terminal", async () => {
    const { stdout } = await at(["n"], [], ["connect=unix:@a\u202e\u2066b", "exit=0"]);
    const question = stdout.slice(0, stdout.indexOf("Allow?"));
    expect(question).toContain("the program wants to connect to @a\\u{202e}\\u{2066}b (unix)");
  });

  it.each([["--no-prompt"], ["--time-limit=60s"], ["--learn"], ["--deny-net"]])(
    "is not asked with %s",
    async (option) => {
      expect((await at(["r"], [option], [ONE, "exit=0"])).asked).toEqual([]);
    },
  );

  it("is never asked of what no rule could allow, nor without a terminal", async () => {
    for (const attempt of ["open=/proc/self/mem", "connect=unix:@a\u001b[2J"]) {
      expect(await at(["y"], [], [attempt, "exit=0"])).toMatchObject({ asked: [], results: [false] });
    }
    const { code, stderr } = await sockyard(["run", guest("attempt.ts"), ONE, "exit=3"], { stdin: "y\n" });
    expect(stderr).not.toContain("wants to");
    expect(code).toBe(77);
  });
});
