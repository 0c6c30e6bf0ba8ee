// A name server that says what a test tells it to: lies, late answers, nothing.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, type Socket as Connection, createServer, type Server } from "node:net";
import { encode, type Message, type ResourceRecord, readQuery } from "./message.js";

/** A query as it came. */
export interface Query {
  readonly bytes: Buffer;
  readonly transport: "udp" | "tcp";
  /** The port that the query came from. */
  readonly port: number;
  /** Sends something from another port than the server's (UDP only). */
  fromElsewhere(bytes: Buffer): Promise<void>;
}

/** What to send back, one message after another. None: silence. */
export type Script = (query: Query) => readonly Buffer[] | Promise<readonly Buffer[]>;

export interface ScriptedServer {
  readonly port: number;
  /** Every query so far. */
  readonly queries: readonly Query[];
  stop(): Promise<void>;
}

/** Binds one free port of `address` for UDP and TCP. */
export async function bindBoth(address = "127.0.0.1"): Promise<{ udp: Socket; tcp: Server; port: number }> {
  for (;;) {
    const udp = createSocket(address.includes(":") ? "udp6" : "udp4");
    udp.bind(0, address);
    await once(udp, "listening");
    const { port } = udp.address();
    const tcp = createServer();
    const isFree = await new Promise<boolean>((done) => {
      tcp.once("error", () => done(false));
      tcp.listen(port, address, () => done(true));
    });
    if (isFree) return { udp, tcp, port };
    udp.close();
  }
}

/** Starts a server that answers each query as `script` says. */
export async function startScripted(script: Script, address = "127.0.0.1"): Promise<ScriptedServer> {
  const { udp, tcp, port } = await bindBoth(address);
  const queries: Query[] = [];
  const connections = new Set<Connection>();
  const ask = async (query: Query) => {
    queries.push(query);
    return await script(query);
  };
  udp.on("message", async (bytes, from) => {
    const send = (socket: Socket, reply: Buffer) =>
      new Promise<void>((done) => socket.send(reply, from.port, from.address, () => done()));
    const fromElsewhere = async (reply: Buffer) => {
      const other = createSocket(udp.address().family === "IPv6" ? "udp6" : "udp4");
      await send(other, reply);
      other.close();
    };
    for (const reply of await ask({ bytes, transport: "udp", port: from.port, fromElsewhere })) await send(udp, reply);
  });
  tcp.on("connection", (connection) => {
    connections.add(connection);
    connection.on("error", () => {});
    let received = Buffer.alloc(0);
    connection.on("data", async (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE()) return;
      const bytes = received.subarray(2, 2 + received.readUInt16BE());
      received = received.subarray(2 + bytes.length);
      const fromElsewhere = () => Promise.reject(new Error("TCP"));
      const replies = await ask({
        bytes,
        transport: "tcp",
        port: (connection.address() as AddressInfo).port,
        fromElsewhere,
      });
      for (const reply of replies) {
        connection.write(Buffer.concat([Buffer.of(reply.length >> 8, reply.length & 255), reply]));
      }
    });
  });
  return {
    port,
    queries,
    async stop() {
      for (const connection of connections) connection.destroy();
      await Promise.all([new Promise<void>((done) => udp.close(done)), new Promise((done) => tcp.close(done))]);
    },
  };
}

/** The response to a query with these records; `flags` are added to QR, RD and RA. */
export function respond(
  query: Buffer,
  answers: readonly ResourceRecord[],
  { flags = 0, ...changes }: Partial<Message> = {},
): Buffer {
  const { id, question } = readQuery(query);
  const empty = { authorities: [], additional: [] };
  return encode({ id, questions: [question], answers, ...empty, ...changes, flags: 0x8180 | flags });
}
