import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guest, sockyard, startShell, temporaryDirectory } from "./sockyard.js";

const BOMB = guest("bomb.ts");
const OTHER_LIMIT = 125;
const LOOPBACK = "--allow-net=127.0.0.1";

/** A message without the places in the program, of which there is at least one. */
function withoutPlaces(text: string): string {
  expect(text).toMatch(/\n {4}at \w+ \(test\/guests\/bomb\.ts:\d+:\d+\)\n/);
  return text.replace(/^ {4}at .*\n/gm, "");
}

describe("--fd-limit", () => {
  it.each([
    ["socket", "Too many open files", 61],
    ["dup", "Too many open files", 61],
    ["pipe", "Too many open files", 30],
    ["socketpair", "Too many open files", 30],
    ["epoll", "Too many open files", 61],
    ["received", "Success", 59],
    ["accepted", "Too many open files", 30],
  ])("is met by a program that makes more and more: %s", async (kind, error, count) => {
    const { code, stderr } = await sockyard(["run", "--fd-limit=64", LOOPBACK, BOMB, "fd", kind]);
    expect(withoutPlaces(stderr)).toBe(
      `${kind}: ${error}\n${count}\nerror: fd limit of 64 descriptors reached\n  the program was refused another one, and failed\n`,
    );
    expect(code).toBe(OTHER_LIMIT);
  });

  it("is not told of where the program goes on and succeeds", async () => {
    const file = `${temporaryDirectory()}/file`;
    closeSync(openSync(file, "w"));
    const options = ["--fd-limit=3", `--allow-read=${file}`];
    const done = await sockyard(["run", ...options, guest("attempt.ts"), `open=${file}`, "exit=0"]);
    expect(done).toMatchObject({ code: 0, stdout: `open=${file} 24\n`, stderr: "" });
  });

  it.each([64, 256, 1024])("leaves the host enough of its own %i, without being given", async (most) => {
    for (const options of ["--no-prompt", "--time-limit=20s --audit=/dev/null"]) {
      const running = startShell(`prlimit --nofile=${most} sockyard run ${LOOPBACK} ${options} ${BOMB} fd socket`);
      const { code, stderr } = await running.ended;
      const [, limit = ""] = /\nerror: fd limit of (\d+) descriptors reached\n/.exec(stderr) ?? [];
      expect(Number(limit)).toBeGreaterThan(most / 4);
      expect(Number(limit)).toBeLessThan(most);
      expect(stderr).toContain(`socket: Too many open files\n${Number(limit) - 3}\n`);
      expect(code).toBe(OTHER_LIMIT);
    }
  });

  it("lets a program have 10,000 sockets where the host can", async () => {
    const hardLimit = Number(execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }));
    const { code, stderr } = await sockyard(["run", BOMB, "fd", "socket"]);
    if (hardLimit > 12_000) expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    else expect(code).toBe(OTHER_LIMIT);
  });
});

describe("--output-limit", () => {
  it.each([
    ["stdout", "write(1)"],
    ["dup", "write(3)"],
    ["dup2", "write(40)"],
    ["passed", "write(5)"],
    ["writev", "writev(1)"],
    ["send", "send(1)"],
    ["sendmsg", "sendmsg(1)"],
    ["fd_write", "writev(1)"],
  ])("ends a program that floods standard output, by %s", async (kind, call) => {
    // What node:child_process makes is a socket, so that send and sendmsg can write to it as well.
    const { code, stdout, stderr } = await sockyard(["run", "--output-limit=4500", BOMB, "output", kind]);
    expect(stdout).toBe("x".repeat(4500));
    expect(withoutPlaces(stderr)).toBe(`error: output limit of 4500 bytes reached\n  the program was in ${call}\n`);
    expect(code).toBe(OTHER_LIMIT);
  });

  it("counts standard error, too, and a limit to the byte is none", async () => {
    const { code, stdout, stderr } = await sockyard(["run", "--output-limit=4000", BOMB, "output", "stderr"]);
    expect(withoutPlaces(stderr)).toBe(
      `${"x".repeat(4000)}error: output limit of 4000 bytes reached\n  the program was in write(2)\n`,
    );
    expect({ code, stdout }).toEqual({ code: OTHER_LIMIT, stdout: "" });
    const { stdout: eighteen } = await sockyard(["run", "--output-limit=18", guest("attempt.ts"), "bind=unix:@a"]);
    expect(eighteen).toBe("bind=unix:@a 13\n");
  });

  it("counts what goes to a file", async () => {
    const file = `${temporaryDirectory()}/file`;
    const running = startShell(`sockyard run --output-limit=1M ${BOMB} output fd_write >${file}`);
    expect(await running.ended).toMatchObject({ code: OTHER_LIMIT });
    expect(statSync(file).size).toBe(1 << 20);
  });

  it("goes with a time limit where nobody reads", async () => {
    const fifo = `${temporaryDirectory()}/fifo`;
    execFileSync("mkfifo", [fifo]);
    const options = "--output-limit=1G --time-limit=300ms";
    const running = startShell(`sockyard run ${options} ${BOMB} output stdout 1<>${fifo}`);
    const { code, stderr } = await running.ended;
    expect(withoutPlaces(stderr)).toBe(
      "error: time limit of 300 ms reached\n  the program was blocked in write(1), nobody read\n",
    );
    expect(code).toBe(124);
  });
});

describe("--traffic-limit", () => {
  /** What the program calls, and the calls that it is told to have been in. */
  const calls: Readonly<Record<string, readonly [sender: string, receiver: string]>> = {
    write: ["write", "read"],
    writev: ["writev", "readv"],
    sendmsg: ["sendmsg", "recvmsg"],
    sock_send: ["sendmsg", "recvmsg"],
    send: ["send", "recv"],
  };

  it.each(["tcp", "udp", "unix"].flatMap((kind) => Object.keys(calls).map((call) => [kind, call] as const)))(
    "ends a program that floods %s sockets by %s",
    async (kind, call) => {
      const fds: Readonly<Record<string, readonly [from: number, to: number]>> = {
        tcp: [4, 5],
        udp: [4, 3],
        unix: [3, 4],
      };
      const [from, to] = fds[kind] ?? [];
      // Thirty are sent and as many received; then one more is sent, or not.
      const [sender, receiver] = calls[call] ?? [];
      const [limit, last] = kind === "udp" ? [60_999, `${sender}(${from})`] : [61_000, `${receiver}(${to})`];
      const options = [`--traffic-limit=${limit}`, LOOPBACK];
      const { code, stdout, stderr } = await sockyard(["run", ...options, BOMB, "traffic", kind, call]);
      expect(withoutPlaces(stderr)).toBe(
        `error: traffic limit of ${limit} bytes reached\n  the program was in ${last}\n`,
      );
      expect({ code, stdout }).toEqual({ code: OTHER_LIMIT, stdout: "" });
    },
  );

  it("does not count standard streams, sockets though they may be", async () => {
    const { code, stdout } = await sockyard([
      "run",
      "--traffic-limit=1",
      guest("attempt.ts"),
      "bind=unix:@a",
      "exit=0",
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "bind=unix:@a 13\n" });
  });

  it("goes with --trace, --audit and --learn", async () => {
    const audit = `${temporaryDirectory()}/audit`;
    const options = ["--traffic-limit=10000", "--trace", `--audit=${audit}`, "--learn"];
    const { code, stderr } = await sockyard(["run", ...options, BOMB, "traffic", "udp", "write"]);
    expect(stderr).toContain("\nread(3<UDP:");
    expect(stderr).toContain("error: traffic limit of 10000 bytes reached\n  the program was in write(4)\n");
    expect(stderr).toContain("\nlearned: these grants are enough\n");
    expect(readFileSync(audit, "utf8")).toContain('"verb":"connect"');
    expect(code).toBe(OTHER_LIMIT);
  });
});

describe("a bad limit", () => {
  it.each([
    ["--cpu-limit=5", "it takes a number and a unit, such as 5s, 500ms or 2m"],
    ["--output-limit=lots", "it takes a number and a unit, such as 64M, 512K or 1G"],
    ["--traffic-limit=0", "it takes a number and a unit, such as 64M, 512K or 1G"],
    ["--fd-limit=2", "it takes a number of descriptors from 3, such as 64; standard input, output and error are three"],
    [
      "--fd-limit=64K",
      "it takes a number of descriptors from 3, such as 64; standard input, output and error are three",
    ],
  ])("is refused: %s", async (option, fact) => {
    const [name, value] = option.split("=");
    const { code, stderr } = await sockyard(["run", option, BOMB]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `error: bad value '${value}' in ${name}\n  ${fact}\n` });
  });
});
