import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Ended, guest, PROJECT, type Running, sockyard, startSockyard, temporaryDirectory } from "./sockyard.js";

/** The grants that a run with --learn printed. */
function learned(stderr: string): string[] {
  const [, lines] = /^learned: these grants are enough\n((?: {2}--.*\n)+)hint: /m.exec(stderr) ?? [];
  if (lines === undefined) throw new Error(`nothing learned:\n${stderr}`);
  return lines
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
}

/** The program's own denials, which there must be none of. */
function expectNoDenial({ stderr }: Ended): void {
  expect(stderr).not.toContain("permission denied");
}

describe("--learn", () => {
  it.each([
    ["examples/berkeley/resolve.ts", ["localhost"], ["--allow-net-resolve=localhost"]],
    ["examples/berkeley/socketpair.ts", [], null],
    ["examples/berkeley/unix-vs-tcp.ts", ["10"], undefined],
    ["examples/berkeley/errors.ts", [], undefined],
    ["examples/berkeley/service.ts", ["http"], undefined],
  ] as const)("prints what is enough for %s", async (program, args, wanted) => {
    const cwd = temporaryDirectory();
    symlinkSync(join(PROJECT, "examples"), join(cwd, "examples"));
    const first = await sockyard(["run", "--learn", program, ...args], { cwd });
    expectNoDenial(first);
    const grants = first.stderr.includes("learned: the program needs no further grant") ? [] : learned(first.stderr);
    if (wanted !== undefined) expect(grants).toEqual(wanted ?? []);
    const again = await sockyard(["run", ...grants, program, ...args], { cwd });
    expectNoDenial(again);
    expect(again.code).toBe(first.code);
  });

  it.each([
    ["examples/berkeley/tcp-server.ts", "examples/berkeley/tcp-client.ts", ["--allow-net-listen=127.0.0.1:0"]],
    ["examples/berkeley/poll-server.ts", "examples/berkeley/tcp-client.ts", ["--allow-net-listen=127.0.0.1:0"]],
    ["examples/net/echo-server.ts", "examples/berkeley/tcp-client.ts", ["--allow-net-listen=127.0.0.1:0"]],
    [
      "examples/berkeley/udp-server.ts",
      "examples/berkeley/udp-client.ts",
      ["--allow-net-connect=udp:127.0.0.1:32768-60999", "--allow-net-listen=udp:127.0.0.1:0"],
    ],
  ])(
    "prints what is enough for %s, ended by Ctrl-C, and for %s",
    { timeout: 60_000 },
    async (server, client, wanted) => {
      let [serving, asking] = [["--learn"], ["--learn"]];
      for (let round = 0; round < 2; round++) {
        const running: Running = startSockyard(["run", ...serving, server, "0", "127.0.0.1"]);
        const [, port = ""] = await running.waitFor("stderr", /listening on .*:(\d+)\n/);
        const options = asking.map((grant) => grant.replace(/:\d+$/, `:${port}`));
        const other = startSockyard(["run", ...options, client, "127.0.0.1", port], { stdin: "hi\n" });
        await other.waitFor("stdout", /./);
        // Some clients read to the end, which some servers bring about by ending only.
        running.kill("SIGINT");
        const [served, asked] = await Promise.all([running.ended, other.ended]);
        for (const ended of [asked, served]) expectNoDenial(ended);
        expect(asked.code).toBe(0);
        if (round === 1) break;
        expect(served.code).toBe(130);
        [serving, asking] = [learned(served.stderr), learned(asked.stderr)];
        expect(serving.toSorted()).toEqual(wanted.toSorted());
        expect(asking).toEqual([expect.stringMatching(/^--allow-net-connect=(udp:)?127\.0\.0\.1:\d+$/)]);
      }
    },
  );

  it("tells of them when the program traps, exits or reaches its limit", async () => {
    const attempts = ["connect=tcp:127.0.0.1:1", "bind=unix:@sockyard-learn", "connect=unix:@sockyard-learn"];
    const { code, stderr } = await sockyard(["run", "--learn", guest("attempt.ts"), ...attempts, "exit=3"]);
    expect(code).toBe(3);
    expect(learned(stderr)).toEqual(["--allow-net=unix:@sockyard-learn", "--allow-net-connect=127.0.0.1:1"]);
    const trap = join(temporaryDirectory(), "trap.wat");
    const socket = '(import "berkeley_sockets_v1" "socket" (func $socket (param i32 i32 i32) (result i32)))';
    const packet = "(drop (call $socket (i32.const 17) (i32.const 3) (i32.const 0)))";
    const endings = { unreachable: 1, "(loop $l (br $l))": 124 };
    for (const [ending, wanted] of Object.entries(endings)) {
      writeFileSync(
        trap,
        `(module ${socket} (memory (export "memory") 1) (func (export "_start") ${packet} ${ending}))`,
      );
      const ended = await sockyard(["run", "--learn", "--time-limit=3s", trap]);
      expect(learned(ended.stderr)).toEqual(["--allow-raw=packet"]);
      expect(ended.code).toBe(wanted);
    }
  });

  it("allows neither what a rule denies nor what no rule could allow", async () => {
    const attempts = ["connect=tcp:127.0.0.1:1", "open=/proc/self/mem", "bind=unix:/tmp/a,b", "exit=0"];
    const args = ["run", "--learn", "--deny-net=loopback", guest("attempt.ts"), ...attempts];
    const { stdout, stderr } = await sockyard(args);
    expect(stdout).toBe(
      attempts
        .slice(0, 3)
        .map((attempt) => `${attempt} 13\n`)
        .join(""),
    );
    expect(stderr).toContain("learned: the program needs no further grant\n");
  });

  it("notes that a program looks for variables if it has none", async () => {
    const note = /^note: it looks for variables, .*--allow-env=NAME/m;
    const { code, stderr } = await sockyard(["run", "--learn", guest("environment.ts"), "HOME"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(note) });
    for (const option of ["--allow-env=PATH", "--env=HOME=/"]) {
      expect((await sockyard(["run", "--learn", option, guest("environment.ts")])).stderr).not.toMatch(/^note:/m);
    }
    expect((await sockyard(["run", "--learn", guest("attempt.ts"), "exit=0"])).stderr).not.toMatch(/^note:/m);
  });

  it("has no place beside --allow-all", async () => {
    const { code, stderr } = await sockyard(["run", "--learn", "-A", guest("attempt.ts")]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("--learn and --allow-all") });
  });
});
