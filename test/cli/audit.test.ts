import { linkSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guest, sockyard, temporaryDirectory } from "./sockyard.js";

const ATTEMPT = guest("attempt.ts");

/** The lines of an audit, without what differs each time. */
function judgments(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ v, time, ...rest }) => {
      expect(v).toBe(1);
      expect(new Date(time).toISOString()).toBe(time);
      return rest;
    });
}

describe("--audit", () => {
  it("writes a line for each judgment, allowed or denied, with the rule that decided", async () => {
    const file = join(temporaryDirectory(), "audit.jsonl");
    writeFileSync(file, "");
    const rules = ["--allow-net-connect=loopback:1-9", "--deny-net=127.0.0.2", "--allow-net-resolve=localhost"];
    const attempts = [
      "connect=tcp:[::ffff:127.0.0.1]:1",
      "connect=tcp:127.0.0.2:1",
      "bind=udp:[::]:53",
      "connect=unix:@a",
      "A=localhost",
      "packet=",
      "open=/etc/passwd",
    ];
    await sockyard(["run", ...rules, `--audit=${file}`, ATTEMPT, ...attempts, "exit=0"]);
    expect(judgments(readFileSync(file, "utf8"))).toEqual([
      {
        seq: 1,
        verb: "connect",
        transport: "tcp",
        address: "127.0.0.1",
        port: 1,
        verdict: "allowed",
        rule: "--allow-net-connect=loopback:1-9",
      },
      {
        seq: 2,
        verb: "connect",
        transport: "tcp",
        address: "127.0.0.2",
        port: 1,
        verdict: "denied",
        rule: "--deny-net=127.0.0.2",
      },
      {
        seq: 3,
        verb: "bind",
        transport: "udp",
        address: "::",
        port: 53,
        verdict: "denied",
        rule: "--deny-net=127.0.0.2",
      },
      { seq: 4, verb: "connect", abstract: "a", verdict: "denied", rule: null },
      { seq: 5, verb: "resolve", name: "localhost", verdict: "allowed", rule: "--allow-net-resolve=localhost" },
      { seq: 6, verb: "raw", kind: "packet", verdict: "denied", rule: null },
      { seq: 7, verb: "read", path: "/etc/passwd", verdict: "denied", rule: null },
    ]);
    await sockyard(["run", "--time-limit=20s", `--audit=${file}`, ATTEMPT, "packet=", "exit=0"]);
    expect(judgments(readFileSync(file, "utf8"))).toHaveLength(8);
  });

  it("lets no text of the program's begin a line or steer a terminal, on standard error too", async () => {
    const name = 'x\n{"v":1}\u202e\u009b\u{e0001}"';
    const { stderr } = await sockyard(["run", "-N", "--audit", ATTEMPT, `connect=unix:@${name}`, "exit=0"]);
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
    expect(judgments(stderr)).toMatchObject([{ abstract: name }]);
  });

  it("says what --learn allowed", async () => {
    const file = join(temporaryDirectory(), "audit.jsonl");
    await sockyard(["run", "--learn", `--audit=${file}`, ATTEMPT, "packet=", "exit=0"]);
    expect(judgments(readFileSync(file, "utf8"))).toMatchObject([{ verb: "raw", verdict: "allowed", rule: "--learn" }]);
  });

  it("goes to no file that the program could write, or that has other names", async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "audit.jsonl");
    for (const grant of [`--allow-write=${directory}`, "--allow-write", "-A"]) {
      const { code, stderr } = await sockyard(["run", grant, `--audit=${file}`, ATTEMPT, "exit=0"]);
      expect(stderr).toContain(`error: the program may write '${file}'\n`);
      expect(stderr).toContain(`hint: --deny-write=${file}\n`);
      expect(code).toBe(2);
    }
    expect(await sockyard(["run", "-A", `--deny-write=${file}`, `--audit=${file}`, ATTEMPT])).toMatchObject({
      code: 0,
    });
    linkSync(file, join(directory, "other"));
    expect(await sockyard(["run", `--audit=${file}`, ATTEMPT])).toMatchObject({ code: 2 });
    expect(await sockyard(["run", `--audit=${directory}`, ATTEMPT])).toMatchObject({ code: 2 });
  });

  it("ends a program that it cannot write of", async () => {
    const { code, stdout, stderr } = await sockyard(["run", "--audit=/dev/full", ATTEMPT, "packet=", "exit=0"]);
    expect({ code, stdout }).toEqual({ code: 126, stdout: "" });
    expect(stderr).toContain("error: the audit cannot be written\n  ENOSPC\n");
  });
});
