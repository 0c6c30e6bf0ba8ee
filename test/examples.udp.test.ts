import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { has, PROJECT, type Running, type StartOptions, start, startShell } from "./cli/sockyard.js";

const hasSocat = has("socat");

/** The command in the first line of an example, as a user copies it. */
function command(name: string): string {
  const [first = ""] = readFileSync(join(PROJECT, `examples/berkeley/${name}.ts`), "utf8").split("\n");
  return first.replace(/^\/\/ /, "");
}

/** The server as its first line says, on a port of the kernel's choice. */
async function startServer(grants = (line: string): string => line): Promise<{ server: Running; port: string }> {
  const line = grants(command("udp-server").replace(":12345", ":0"));
  const server = startShell(`${line} 0`);
  const [, port = ""] = await server.waitFor("stderr", /^listening on 127\.0\.0\.1:(\d+)\n/);
  return { server, port };
}

function startClient(port: string, options: StartOptions): Running {
  return startShell(`${command("udp-client").replace(":12345", `:${port}`)} 127.0.0.1 ${port}`, options);
}

/** The local port of a process's UDP socket, once it has one. */
async function portOf(pid: number): Promise<string> {
  for (;;) {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    const lines = readFileSync("/proc/net/udp", "utf8").trim().split("\n").slice(1);
    const found = lines.map((line) => line.trim().split(/ +/)).find((words) => links.includes(`socket:[${words[9]}]`));
    if (found?.[1]) return String(Number.parseInt(found[1].slice(-4), 16));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed by now
  }
}

describe("udp-server.ts and udp-client.ts (P16)", () => {
  it("send a datagram there and back", async () => {
    const { server, port } = await startServer();
    const sent = "0123456789".repeat(5000);
    expect(await startClient(port, { stdin: sent }).ended).toMatchObject({ code: 0, stdout: sent, stderr: "" });
    await server.waitFor("stdout", /^Get datagram: 127\.0\.0\.1:\d+, 50000 bytes\n$/);
    expect(await startClient(port, { stdin: "" }).ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
    await server.waitFor("stdout", /, 50000 bytes\nGet datagram: 127\.0\.0\.1:\d+, 0 bytes\n$/);
  });

  it.skipIf(!hasSocat)("serve socat, and are served by it", async () => {
    const { port } = await startServer();
    const client = start("socat", ["-t", "5", "-T", "5", "-", `UDP:127.0.0.1:${port}`], { stdin: "from socat\n" });
    await client.waitFor("stdout", /^from socat\n$/);
    const peer = start("socat", ["-d", "-d", "UDP-RECVFROM:0,bind=127.0.0.1,fork", "EXEC:cat"]);
    const udpPort = await portOf(peer.pid);
    expect(await startClient(udpPort, { stdin: "to socat" }).ended).toMatchObject({ code: 0, stdout: "to socat" });
    peer.kill("SIGTERM");
  });

  it("may answer only whom the grant names", async () => {
    const { server, port } = await startServer((line) => line.replace(/ --allow-net-connect=\S+/, ""));
    const client = createSocket("udp4");
    onTestFinished(() => void client.close());
    client.send("hello", Number(port), "127.0.0.1");
    await server.waitFor("stdout", /^Get datagram/);
    const [, denied = ""] = await server.waitFor("stderr", /permission denied: send to 127\.0\.0\.1:(\d+) \(udp\)/);
    expect(Number(denied)).toBe(client.address().port);
    await server.waitFor("stderr", /sendto: Permission denied\n$/);
  });

  it("ask again, and give up without an answer", async () => {
    const deaf = createSocket("udp4").bind(0, "127.0.0.1");
    onTestFinished(() => void deaf.close());
    await once(deaf, "listening");
    const client = startClient(String((deaf.address() as AddressInfo).port), { stdin: "anybody?" });
    for (let i = 0; i < 3; i++) await once(deaf, "message");
    expect(await client.ended).toMatchObject({ code: 1, stdout: "", stderr: "no answer\n" });
  });

  it("tell that nobody is there", async () => {
    const gone = createSocket("udp4").bind(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address();
    await new Promise<void>((resolve) => gone.close(resolve));
    const { code, stderr } = await startClient(String(port), { stdin: "x" }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: "recv: Connection refused\n" });
  });
});
