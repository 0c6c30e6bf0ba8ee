import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type Running, startShell } from "../cli/sockyard.js";
import { command, startServer } from "./command.js";

async function connected(port: string): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: Number(port) });
  await once(socket, "connect");
  return socket;
}

/** The next `count` bytes that come. Between two answers the socket is paused, and keeps what comes. */
async function answer(socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let size = 0; size < count; ) {
    const chunk = socket.read(Math.min(count - size, socket.readableLength)) as Buffer | null;
    if (chunk === null || chunk.length === 0) {
      await once(socket, "readable");
    } else {
      chunks.push(chunk);
      size += chunk.length;
    }
  }
  return Buffer.concat(chunks);
}

function descriptors({ pid }: Running): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

describe("the echo server with a goroutine for each client", () => {
  it("serves 100 clients that are all connected, in any order", async () => {
    const { server, port } = await startServer("echo-server");
    const clients = await Promise.all(Array.from({ length: 100 }, () => connected(port)));
    for (const round of [1, 2, 3]) {
      for (const [i, client] of [...clients.entries()].reverse()) client.write(`round ${round} of client ${i}\n`);
      for (const [i, client] of clients.entries()) {
        const text = `round ${round} of client ${i}\n`;
        expect((await answer(client, text.length)).toString()).toBe(text);
      }
    }
    const before = descriptors(server);
    await Promise.all(
      clients.map(async (client) => {
        client.end();
        client.resume();
        await once(client, "close");
      }),
    );
    // The server closes its end first: it has given all of them up by now.
    expect(before - descriptors(server)).toBe(100);
  });

  it("is not held up by a client that does not read", async () => {
    const { port } = await startServer("echo-server");
    const stubborn = await connected(port);
    const data = Buffer.alloc(16 << 20, "0123456789abcdef");
    stubborn.write(data);
    const other = await connected(port);
    other.write("hello\n");
    expect((await answer(other, 6)).toString()).toBe("hello\n");
    other.destroy();
    expect((await answer(stubborn, data.length)).equals(data)).toBe(true);
    stubborn.destroy();
  });

  it("survives clients that reset their connections", async () => {
    const { server, port } = await startServer("echo-server");
    const before = descriptors(server);
    for (let i = 0; i < 20; i++) {
      const client = await connected(port);
      client.write("hello\n");
      client.resetAndDestroy();
    }
    const last = await connected(port);
    last.write("still there\n");
    expect((await answer(last, 12)).toString()).toBe("still there\n");
    last.end();
    last.resume();
    await once(last, "close");
    expect(descriptors(server)).toBeLessThanOrEqual(before + 2);
  });

  it("waits until a client leaves, where it may have no more descriptors", async () => {
    // Standard streams, the listener, the set in which goroutines wait, and three clients.
    const line = command("echo-server").replace("=0.0.0.0:12345", "=127.0.0.1:0 --fd-limit=8");
    const server = startShell(`${line} 0 127.0.0.1`);
    const [, port = ""] = await server.waitFor("stderr", /^listening on 127\.0\.0\.1:(\d+)\n/);
    const clients = [];
    for (let i = 0; i < 6; i++) clients.push(await connected(port));
    for (const half of [clients.slice(0, 3), clients.slice(3)]) {
      for (const [i, client] of half.entries()) {
        client.write(`client ${i}\n`);
        expect((await answer(client, 9)).toString()).toBe(`client ${i}\n`);
      }
      for (const client of half) client.destroy();
    }
  });

  it("listens on port 12345 of all interfaces by default", async () => {
    const { code, stderr } = await startShell(command("echo-server").replace(/--allow\S+ /, "")).ended;
    expect(stderr).toContain("permission denied: bind 0.0.0.0:12345 (tcp)\n");
    expect(stderr).toContain(`hint: ${command("echo-server")}\n`);
    expect(stderr).toMatch(/\nlisten tcp 0\.0\.0\.0:12345: bind: permission denied\n$/);
    expect(code).toBe(77);
  });

  it.each([
    ["65536 127.0.0.1", "listen tcp: address 65536: invalid port"],
    ["80 127.0.0.256.", "listen tcp: lookup 127.0.0.256.: no such host"],
    ["80 nosuch.invalid", "listen tcp: lookup nosuch.invalid: permission denied"],
  ])("says what is wrong with %s", async (args, message) => {
    const { code, stderr } = await startShell(`${command("echo-server")} ${args}`).ended;
    expect(code).toBe(message.endsWith("denied") ? 77 : 1);
    expect(stderr.endsWith(`${message}\n`)).toBe(true);
  });
});
