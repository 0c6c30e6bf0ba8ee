import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, has, PROJECT, sockyard, start, temporaryDirectory } from "./sockyard.js";

const TERMINAL = join(PROJECT, "test/peers/terminal.py");
const SOCKYARD = [process.execPath, join(PROJECT, "build/bin/sockyard.cjs")];
const ONE = "connect=tcp:127.0.0.1:1";
const TWO = "connect=tcp:127.0.0.1:2";
const QUESTION = /^┏ \S+ wants to (.*)\n/gm;

/** What is asked, and the outcome of each attempt, at a terminal where `answers` are typed. */
async function at(
  terminal: readonly string[],
  options: readonly string[],
  attempts: readonly string[],
  cwd = temporaryDirectory(),
) {
  const args = [TERMINAL, ...terminal, ...SOCKYARD, "run", ...options, join(PROJECT, guest("attempt.ts")), ...attempts];
  const { stdout } = await start("python3", args, { cwd, env: { NO_COLOR: "1" } }).ended;
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

  it("is saved where it is wanted for good, and -P applies it", async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "sockyard.json");
    const { results, stdout } = await at(["ss"], [], [ONE, TWO, ONE, "exit=0"], directory);
    expect(results).toEqual([true, true, true]);
    expect(stdout).toContain(`  saved to ${file}: -P applies it\n`);
    const set = { "allow-net-connect": ["127.0.0.1:1", "127.0.0.1:2"] };
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ permissions: { default: set } });
    expect(await at([""], ["-P"], [ONE, TWO, "exit=0"], directory)).toMatchObject({ asked: [], results: [true, true] });
  });

  it("is saved to the set that is applied, beside what stands there", async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "sockyard.json");
    const permissions = { default: {}, mine: { "allow-read": ["/etc"], "allow-net-connect": ["127.0.0.1:2"] } };
    writeFileSync(file, JSON.stringify({ permissions }), { mode: 0o600 });
    const { stdout } = await at(["s"], ["-P=mine"], [ONE, TWO, "exit=0"], directory);
    expect(stdout).toContain(`  saved to ${file}: -P=mine applies it\n`);
    const rules = ["127.0.0.1:2", "127.0.0.1:1"];
    const mine = { ...permissions.mine, "allow-net-connect": rules };
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ permissions: { default: {}, mine } });
  });

  it.each([["{"], ['{"permissions":{"default":[]}}'], ['{"permissions":{"default":{"allow-net-connect":1}}}']])(
    "is allowed for the run where %j cannot be added to, which stays as it is",
    async (text) => {
      const directory = temporaryDirectory();
      writeFileSync(join(directory, "sockyard.json"), text);
      const { results, stdout } = await at(["s"], [], [ONE, "exit=0"], directory);
      expect(results).toEqual([true]);
      expect(stdout).toContain("  not saved, but allowed for this run: ");
      expect(readFileSync(join(directory, "sockyard.json"), "utf8")).toBe(text);
    },
  );

  it("says where in the program it is, and how to skip it", async () => {
    const { stdout } = await at(["n"], [], [ONE, "exit=0"]);
    expect(stdout).toMatch(/^┠─ in .*\(.*attempt\.ts:\d+\)$/m);
    expect(stdout).toMatch(
      /^┠─ To skip this question: sockyard run --allow-net-connect=127\.0\.0\.1:1 \S*attempt\.ts /m,
    );
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
    expect(question).toContain("attempt.ts wants to connect to @a\\u{202e}\\u{2066}b (unix)");
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
