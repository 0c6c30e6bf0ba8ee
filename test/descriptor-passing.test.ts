import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  guest,
  has,
  PROJECT,
  type Running,
  start,
  startShell,
  startSockyard,
  temporaryDirectory,
} from "./cli/sockyard.js";

const hasPython = has("python3");
const TYPES = ["stream", "datagram", "seqpacket"];

/** The command in the first line of an example, as a user copies it. */
function command(name: string): string {
  const [first = ""] = readFileSync(join(PROJECT, `examples/berkeley/${name}.ts`), "utf8").split("\n");
  return first.replace(/^\/\/ /, "");
}

/** A directory where the commands of the examples work as they are written. */
function workingDirectory(): string {
  const directory = temporaryDirectory();
  symlinkSync(join(PROJECT, "examples"), join(directory, "examples"));
  writeFileSync(join(directory, "letter"), "Dear reader,\n");
  return directory;
}

/** A TCP server that says back what it hears, with a word before. */
async function startServer(): Promise<string> {
  const server = createServer({ allowHalfOpen: true }, (peer) => {
    peer.on("data", (data) => peer.end(`you said ${data}`));
  });
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return String((server.address() as AddressInfo).port);
}

async function startSender(cwd: string, grants = (line: string): string => line): Promise<Running> {
  const port = await startServer();
  const line = grants(command("fd-send")).replace(":12345", `:${port}`);
  const sender = startShell(`${line} ./fd-socket ./letter 127.0.0.1 ${port}`, { cwd });
  await sender.waitFor("stderr", /^listening on \.\/fd-socket\n/);
  return sender;
}

describe("socketpair.ts (P6)", () => {
  it("talks both ways, without any grant", async () => {
    expect(await startShell(command("socketpair")).ended).toEqual({
      code: 0,
      signal: null,
      stdout: "4 heard: How are you?\n3 heard: Connected, thank you.\nread after close: 0\n",
      stderr: "",
    });
  });
});

describe("fd-send.ts and fd-receive.ts (P7)", () => {
  it("pass a file and a connection to a program that may neither open nor connect", async () => {
    const cwd = workingDirectory();
    const sender = await startSender(cwd);
    const { code, stdout, stderr } = await startShell(command("fd-receive"), { cwd }).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Dear reader,\nyou said hello\n", stderr: "" });
    expect(await sender.ended).toMatchObject({ code: 0 });
    expect(readdirSync(cwd).sort()).toEqual(["examples", "letter"]);
  });

  it("says to the sender which grant is missing", async () => {
    const cwd = workingDirectory();
    const sender = await startSender(cwd, (line) => line.replace(" --allow-fd-pass", ""));
    const receiver = startShell(command("fd-receive"), { cwd });
    const { code, stderr } = await sender.ended;
    expect(code).toBe(77);
    expect(stderr).toMatch(/error: permission denied: send a descriptor out of the sandbox\n/);
    expect(stderr).toMatch(/because no rule allows it\n/);
    expect(stderr).toMatch(/hint: sockyard run .*--allow-fd-pass examples\/berkeley\/fd-send\.ts/);
    expect(stderr).toMatch(/\nsendmsg: Permission denied\n$/);
    expect(await receiver.ended).toMatchObject({ stdout: "", stderr: "two descriptors were expected\n" });
  });

  it("says to the receiver which grant is missing, and lets the data through", async () => {
    const cwd = workingDirectory();
    await startSender(cwd);
    const { code, stdout, stderr } = await startShell(command("fd-receive").replace(" --allow-fd-pass", ""), { cwd })
      .ended;
    expect({ code, stdout }).toEqual({ code: 77, stdout: "" });
    expect(stderr).toMatch(/^error: permission denied: receive a descriptor from outside the sandbox\n/);
    expect(stderr).toContain(`hint: ${command("fd-receive").replace("$PWD", cwd)}\n`);
    expect(stderr).toMatch(/\nsome descriptors were not let in\ntwo descriptors were expected\n$/);
  });
});

describe("--deny-fd-pass", () => {
  const DENYING = "run -A --deny-fd-pass ";
  const denying = (line: string) => line.replace(/run (--\S+ )+/, DENYING);
  const told = (stderr: string) => stderr.split("\n").filter((line) => !line.startsWith("  in "));

  it("is told to the sender as the rule that wins over -A, without a hint", async () => {
    const cwd = workingDirectory();
    const sender = await startSender(cwd, denying);
    const receiver = startShell(command("fd-receive"), { cwd });
    const { code, stderr } = await sender.ended;
    expect({ code, told: told(stderr) }).toEqual({
      code: 77,
      told: [
        "listening on ./fd-socket",
        "error: permission denied: send a descriptor out of the sandbox",
        "  because of --deny-fd-pass, and a deny always wins",
        "sendmsg: Permission denied",
        "",
      ],
    });
    expect(await receiver.ended).toMatchObject({ stdout: "", stderr: "two descriptors were expected\n" });
  });

  it("is told to the receiver, which gets the data alone", async () => {
    const cwd = workingDirectory();
    await startSender(cwd);
    const { code, stdout, stderr } = await startShell(denying(command("fd-receive")), { cwd }).ended;
    expect({ code, stdout, told: told(stderr) }).toEqual({
      code: 77,
      stdout: "",
      told: [
        "error: permission denied: receive a descriptor from outside the sandbox",
        "  because of --deny-fd-pass, and a deny always wins",
        "some descriptors were not let in",
        "two descriptors were expected",
        "",
      ],
    });
  });
});

describe.skipIf(!hasPython)("a program of Python", () => {
  it.each(TYPES)("passes a file and a pipe to a guest (%s)", async (type) => {
    const cwd = workingDirectory();
    const grant = type === "datagram" ? "--allow-net-listen" : "--allow-net-connect";
    const peerArgs = [join(PROJECT, "test/peers/rights.py"), "send", type, `${cwd}/socket`, `${cwd}/letter`];
    const guestArgs = ["run", `${grant}=unix:${cwd}/socket`, "--allow-fd-pass", guest("pass-rights.ts")];
    const startGuest = () => startSockyard([...guestArgs, "receive", type, `${cwd}/socket`], { stdin: "" });
    let peer: Running;
    let receiver: Running;
    if (type === "datagram") {
      receiver = startGuest();
      await receiver.waitFor("stdout", /ready\n/);
      peer = start("python3", peerArgs);
    } else {
      peer = start("python3", peerArgs);
      await peer.waitFor("stdout", /ready\n/);
      receiver = startGuest();
    }
    const received = await receiver.ended;
    expect(received).toMatchObject({ code: 0, stderr: "" });
    expect(received.stdout.replace("ready\n", "")).toBe("2 came, no others\nDear reader,\n");
    // What the guest wrote into the pipe; its end has come since the guest has died with the other end.
    expect((await peer.ended).stdout.replace("ready\n", "")).toBe("Dear reader,\n");
  });

  it.each(TYPES)("gets the guest's standard input (%s)", async (type) => {
    const cwd = workingDirectory();
    const peer = start("python3", [join(PROJECT, "test/peers/rights.py"), "receive", type, `${cwd}/socket`]);
    await peer.waitFor("stdout", /ready\n/);
    const stdin = openSync(join(cwd, "letter"), "r");
    const args = ["run", `--allow-net-connect=unix:${cwd}/socket`, "--allow-fd-pass", guest("pass-rights.ts")];
    const sender = startSockyard([...args, "send", type, `${cwd}/socket`], { stdin });
    closeSync(stdin);
    expect(await sender.ended).toMatchObject({ code: 0, stderr: "" });
    expect((await peer.ended).stdout).toBe("ready\n1 with here, flags 0\nDear reader,\n");
  });

  it("is told MSG_CTRUNC by a guest that may not receive, and keeps its own descriptors", async () => {
    const cwd = workingDirectory();
    const peer = start("python3", [
      join(PROJECT, "test/peers/rights.py"),
      "send",
      "stream",
      `${cwd}/socket`,
      `${cwd}/letter`,
    ]);
    await peer.waitFor("stdout", /ready\n/);
    const args = ["run", `--allow-net-connect=unix:${cwd}/socket`, guest("pass-rights.ts")];
    const receiver = await startSockyard([...args, "receive", "stream", `${cwd}/socket`], { stdin: "" }).ended;
    expect(receiver).toMatchObject({ code: 77, stdout: "0 came, others did not\n" });
    expect(await peer.ended).toMatchObject({ code: 0, stdout: "ready\n" });
  });
});
