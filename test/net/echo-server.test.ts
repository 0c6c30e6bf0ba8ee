import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import type { Running } from "../cli/sockyard.js";
import { startServer } from "./command.js";

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
});
