import { once } from "node:events";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { has, PROJECT, type Running, start, startShell, temporaryDirectory } from "./cli/sockyard.js";

const hasNetcat = has("nc");

/** The command in the first line of an example, as a user copies it. */
function command(name: string): string {
  const [first = ""] = readFileSync(join(PROJECT, `examples/berkeley/${name}.ts`), "utf8").split("\n");
  return first.replace(/^\/\/ /, "");
}

async function startServer(): Promise<{ server: Running; port: string }> {
  const server = startShell(`${command("poll-server").replace("=0.0.0.0:12345", "=127.0.0.1:0")} 0 127.0.0.1`);
  const [, port = ""] = await server.waitFor("stderr", /^listening on 127\.0\.0\.1:(\d+)\n/);
  return { server, port };
}

async function visit(port: string): Promise<Socket> {
  const client = connect({ port: Number(port), host: "127.0.0.1" });
  onTestFinished(() => void client.destroy());
  client.setEncoding("utf8");
  await once(client, "connect");
  return client;
}

async function says(client: Socket, text: string): Promise<void> {
  client.write(text);
  let heard = "";
  while (heard.length < text.length) heard += (await once(client, "data"))[0];
  expect(heard).toBe(text);
}

describe("poll-server.ts (P14)", () => {
  it("serves many clients at once, whatever their order", async () => {
    const { server, port } = await startServer();
    const clients = await Promise.all(Array.from({ length: 50 }, () => visit(port)));
    for (const client of [...clients].reverse()) await says(client, `I am ${client.localPort}`);
    await Promise.all(clients.map((client) => says(client, "all together")));
    const first = clients.shift() as Socket;
    first.end();
    await server.waitFor("stdout", new RegExp(`Lost client: 127\\.0\\.0\\.1:${first.localPort}\n`));
    await Promise.all(clients.map((client) => says(client, "still there")));
  });

  it("does not wait for a client that does not read, and loses nothing of it", async () => {
    const { port } = await startServer();
    const [lazy, busy] = [await visit(port), await visit(port)];
    const text = "x".repeat(8_000_000);
    lazy.pause();
    lazy.write(text);
    for (let i = 0; i < 20; i++) await says(busy, `round ${i}`);
    let size = 0;
    lazy.on("data", (data: string) => {
      size += data.length;
    });
    lazy.end();
    lazy.resume();
    await once(lazy, "end");
    expect(size).toBe(text.length);
  });

  it("goes on after a client that resets, and closes its descriptor", async () => {
    const { server, port } = await startServer();
    const rude = await visit(port);
    await server.waitFor("stdout", /Get client/);
    const before = readdirSync(`/proc/${server.pid}/fd`).length;
    rude.resetAndDestroy();
    await server.waitFor("stdout", /Lost client/);
    await says(await visit(port), "hello");
    expect(readdirSync(`/proc/${server.pid}/fd`).length).toBeLessThanOrEqual(before);
  });

  it.skipIf(!hasNetcat)("serves nc", async () => {
    const { port } = await startServer();
    const client = start("nc", ["-N", "127.0.0.1", port], { stdin: "hello from nc\n" });
    expect(await client.ended).toMatchObject({ code: 0, stdout: "hello from nc\n" });
  });
});

describe("unix-vs-tcp.ts (P17)", () => {
  it("prints what both take, and removes its socket", async () => {
    const cwd = temporaryDirectory();
    symlinkSync(join(PROJECT, "examples"), join(cwd, "examples"));
    const { code, stdout, stderr } = await startShell(`${command("unix-vs-tcp")} 200`, { cwd }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").map((line) => line.replace(/\d+\.\d\d/g, "N").replace(/ +/g, " "))).toEqual([
      " 64-byte round trip throughput",
      "Unix socket N us N GB/s",
      "TCP, loopback N us N GB/s",
      "",
    ]);
    expect(readdirSync(cwd)).toEqual(["examples"]);
  });
});
