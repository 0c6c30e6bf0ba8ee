import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { guest, has, PROJECT, type Running, start, startSockyard, temporaryDirectory } from "../cli/sockyard.js";

const NETWORKS = ["tcp", "udp", "unixgram", "unixpacket"];
const KINDS = [
  ["unix", "stream"],
  ["unixgram", "datagram"],
  ["unixpacket", "seqpacket"],
] as const;

/** Starts go-peers.ts, which may use the loopback device and the socket files in `directory`. */
function startGuest(directory: string, words: readonly string[], options: readonly string[] = [], stdin?: number) {
  const grants = ["-N=127.0.0.1", `-N=unix:${directory}/**,unix:@${directory}/*`, ...options];
  return startSockyard(["run", ...grants, guest("go-peers.ts"), ...words], { stdin: stdin ?? "" });
}

/** What a client prints to whom all was said back. */
const wanted = (network: string) =>
  ({ tcp: "to and fro, true\n", unixpacket: "a message, true\n" })[network] ?? "a message, true\n0, true\n";

describe.skipIf(!has("go"))("net, with a program of Go's at the other end", () => {
  let program: string;

  beforeAll(() => {
    const directory = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
    program = join(directory, "net");
    execFileSync("go", ["build", "-o", program, join(PROJECT, "test/peers/net.go")]);
    return () => rmSync(directory, { recursive: true });
  }, 120_000);

  /** Has the client talk to the server, and expects that all was said back. */
  async function meet(
    network: string,
    startServer: (directory: string, words: string[]) => Running,
    startClient: (directory: string, words: string[]) => Running,
  ): Promise<void> {
    const directory = temporaryDirectory();
    const address = network.startsWith("unix") ? join(directory, "socket") : "127.0.0.1:0";
    const server = startServer(directory, ["serve", network, address]);
    const [, at = ""] = await server.waitFor("stdout", /^ready (.*)\n/);
    const client = await startClient(directory, ["call", network, at]).ended;
    expect(client).toMatchObject({ code: 0, stdout: wanted(network), stderr: "" });
    expect(await server.ended).toMatchObject({ code: 0, stderr: "" });
  }

  const startGo = (_: string, words: string[]) => start(program, words, { stdin: "" });

  it.each(NETWORKS)("serves it over %s", (network) => meet(network, startGuest, startGo));
  it.each(NETWORKS)("is served by it over %s", (network) => meet(network, startGo, startGuest));
});

describe.skipIf(!has("python3"))("net, with a program of Python's at the other end", () => {
  const startPython = (...words: string[]) =>
    start("python3", [join(PROJECT, "test/peers/rights.py"), ...words], { stdin: "" });

  it.each(KINDS)("receives a file and a pipe over %s", async (network, kind) => {
    const directory = temporaryDirectory();
    const socket = join(directory, "socket");
    writeFileSync(join(directory, "letter"), "Dear reader,\n");
    const startReceiver = () => startGuest(directory, ["receive", network, socket], ["--allow-fd-pass"]);
    const startSender = () => startPython("send", kind, socket, join(directory, "letter"));
    const [first, second] = network === "unixgram" ? [startReceiver, startSender] : [startSender, startReceiver];
    const one = first();
    await one.waitFor("stdout", /ready\n/);
    const other = second();
    const [peer, receiver] = await Promise.all(
      network === "unixgram" ? [other.ended, one.ended] : [one.ended, other.ended],
    );
    expect(receiver).toMatchObject({ code: 0, stderr: "" });
    // MSG_CMSG_CLOEXEC, which the kernel tells back.
    expect(receiver.stdout.replace("ready\n", "")).toBe("here, flags 1073741824\n2 came\n");
    expect(peer.stdout.replace("ready\n", "")).toBe("Dear reader,\n");
  });

  it.each(KINDS)("sends its standard input over %s", async (network, kind) => {
    const directory = temporaryDirectory();
    const socket = join(directory, "socket");
    writeFileSync(join(directory, "letter"), "Dear reader,\n");
    const peer = startPython("receive", kind, socket);
    await peer.waitFor("stdout", /ready\n/);
    const stdin = openSync(join(directory, "letter"), "r");
    const sender = startGuest(directory, ["send", network, socket], ["--allow-fd-pass"], stdin);
    closeSync(stdin);
    expect(await sender.ended).toMatchObject({ code: 0, stdout: "4 sent\n", stderr: "" });
    expect((await peer.ended).stdout).toBe("ready\n1 with here, flags 0\nDear reader,\n");
  });

  it("may not pass descriptors without the right to", async () => {
    const directory = temporaryDirectory();
    const socket = join(directory, "socket");
    const peer = startPython("receive", "stream", socket);
    await peer.waitFor("stdout", /ready\n/);
    const sender = await startGuest(directory, ["send", "unix", socket]).ended;
    expect(sender.stdout).toBe("write unix @: sendmsg: permission denied\n");
    expect(sender.stderr).toContain("error: permission denied: send a descriptor out of the sandbox\n");
  });
});
