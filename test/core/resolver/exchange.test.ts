import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { ECONNREFUSED, ETIMEDOUT } from "../../../host/core/linux.generated.js";
import { type Asked, type Asker, type Machine, queryFor, startAsker } from "../../dns/asker.js";
import { a, decode, encode, RCODE, TYPE } from "../../dns/message.js";
import { respond, type Script, type ScriptedServer, startScripted } from "../../dns/scripted.js";

const QUERY = queryFor("host.test");
const TRUNCATED = 0x0200;
const RIGHT = "192.0.2.1";

const right: Script = ({ bytes }) => [respond(bytes, [a("host.test", RIGHT)])];
const wrong = (bytes: Buffer): Buffer => respond(bytes, [a("host.test", "192.0.2.66")]);
const silent: Script = () => [];
const failing =
  (flags: number): Script =>
  ({ bytes }) => [respond(bytes, [], { flags })];

async function server(script: Script, address?: string): Promise<ScriptedServer> {
  const started = await startScripted(script, address);
  onTestFinished(() => started.stop());
  return started;
}

async function asker(machine: Machine): Promise<Asker> {
  const started = await startAsker(machine);
  onTestFinished(() => started.stop());
  return started;
}

/** Asks servers with these scripts once. */
async function ask(...scripts: Script[]): Promise<Asked & { readonly servers: readonly ScriptedServer[] }> {
  const servers = await Promise.all(scripts.map((script) => server(script)));
  return { ...(await (await asker({ servers })).ask(QUERY)), servers };
}

/** The last octets of the addresses in an answer. */
function addresses({ answer }: Asked): string[] {
  const records = decode(answer).answers.filter(({ type }) => type === TYPE.A);
  return records.map(({ data: [octets] }) => (octets as Uint8Array).join("."));
}

async function closedPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

describe("a look-up", () => {
  it("has the server's answer, under the guest's identifier", async () => {
    const asked = await ask(right);
    expect(addresses(asked)).toEqual([RIGHT]);
    expect(decode(asked.answer).id).toBe(0x1234);
  });

  it("goes to the server under other identifiers and from other ports each time", async () => {
    const one = await server(right);
    const guest = await asker({ servers: [one] });
    for (let i = 0; i < 8; i++) await guest.ask(QUERY);
    expect(new Set(one.queries.map(({ bytes }) => bytes.readUInt16BE())).size).toBeGreaterThan(6);
    expect(new Set(one.queries.map(({ port }) => port)).size).toBeGreaterThan(6);
    // All else is what the guest wrote.
    expect(one.queries.map(({ bytes }) => bytes.subarray(2))).toEqual(new Array(8).fill(QUERY.subarray(2)));
  });

  it("passes an OPT record on as it is", async () => {
    const opt = { owner: [], type: TYPE.OPT, class: 1232, ttl: 0, data: [] };
    const query = queryFor("host.test", TYPE.A, { additional: [opt] });
    const one = await server(right);
    expect((await (await asker({ servers: [one] })).ask(query)).errno).toBe(0);
    expect(one.queries[0]?.bytes.subarray(2)).toEqual(query.subarray(2));
  });

  it("answers what no name has: it is no error", async () => {
    const { answer } = await ask(failing(RCODE.NXDOMAIN));
    expect(decode(answer).flags & 15).toBe(RCODE.NXDOMAIN);
  });

  it("asks an IPv6 server", async () => {
    const one = await server(right, "::1");
    expect(addresses(await (await asker({ servers: [one], address: "::1" })).ask(QUERY))).toEqual([RIGHT]);
  });

  it("begins with another server each time, if told to rotate", async () => {
    const servers = [await server(right), await server(right)];
    const guest = await asker({ servers, resolvConf: "options rotate timeout:1\n" });
    for (let i = 0; i < 4; i++) await guest.ask(QUERY);
    expect(servers.map(({ queries }) => queries.length)).toEqual([2, 2]);
  });
});

describe("a datagram that is no answer", () => {
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ["of another identifier", (bytes) => encode({ ...decode(wrong(bytes)), id: bytes.readUInt16BE() ^ 1 })],
    ["to another name", (bytes) => wrong(queryFor("other.test", TYPE.A, { id: bytes.readUInt16BE() }))],
    ["to another type", (bytes) => wrong(queryFor("host.test", TYPE.AAAA, { id: bytes.readUInt16BE() }))],
    ["without a question", (bytes) => encode({ ...decode(wrong(bytes)), questions: [] })],
    ["that is a query", (bytes) => bytes],
    ["cut within a record", (bytes) => wrong(bytes).subarray(0, -1)],
    ["of a few bytes", (bytes) => bytes.subarray(0, 5)],
    ["of none", () => Buffer.of()],
    ["of noise", (bytes) => Buffer.concat([bytes.subarray(0, 2), Buffer.alloc(600, 0xc0)])],
  ])("(%s) is passed over", async (_, forge) => {
    const asked = await ask((query) => [forge(query.bytes), ...(right(query) as Buffer[])]);
    expect(addresses(asked)).toEqual([RIGHT]);
  });

  it("(from another port) is passed over", async () => {
    const asked = await ask(async (query) => {
      await query.fromElsewhere(wrong(query.bytes));
      return await right(query);
    });
    expect(addresses(asked)).toEqual([RIGHT]);
  });

  it("does not prolong the wait, however many there are", async () => {
    let timer: NodeJS.Timeout | undefined;
    const flood: Script = (query) => {
      timer ??= setInterval(() => void query.fromElsewhere(query.bytes).catch(() => {}), 5);
      return new Array<Buffer>(200).fill(wrong(queryFor("other.test")));
    };
    const { errno, seconds } = await ask(flood);
    clearInterval(timer);
    expect(errno).toBe(ETIMEDOUT);
    expect(seconds).toBeLessThan(4);
  });
});

describe("a server", () => {
  it("that is silent is asked as often as resolv.conf says, for as long", async () => {
    const { errno, seconds, servers } = await ask(silent);
    expect(errno).toBe(ETIMEDOUT);
    expect(servers[0]?.queries).toHaveLength(2);
    expect(seconds).toBeGreaterThan(1.9);
    expect(seconds).toBeLessThan(4);
  });

  it("that is silent makes room for the next", async () => {
    const asked = await ask(silent, right);
    expect(addresses(asked)).toEqual([RIGHT]);
    expect(asked.servers[0]?.queries).toHaveLength(1);
  });

  it("that nobody runs makes room for the next at once", async () => {
    const servers = [{ port: await closedPort() }, await server(right)];
    const asked = await (await asker({ servers })).ask(QUERY);
    expect(addresses(asked)).toEqual([RIGHT]);
    expect(asked.seconds).toBeLessThan(0.9);
  });

  it("that nobody runs is ECONNREFUSED", async () => {
    const { errno } = await (await asker({ servers: [{ port: await closedPort() }] })).ask(QUERY);
    expect(errno).toBe(ECONNREFUSED);
  });

  it.each([
    ["fails", failing(RCODE.SERVFAIL)],
    ["refuses", failing(RCODE.REFUSED)],
    ["cannot", failing(RCODE.NOTIMP)],
    // No recursion available, not authoritative, nothing said.
    ["is lame", (({ bytes }) => [encode({ ...decode(respond(bytes, [])), flags: 0x8100 })]) as Script],
  ])("that %s makes room for the next at once", async (_, script) => {
    const asked = await ask(script, right);
    expect(addresses(asked)).toEqual([RIGHT]);
    expect(asked.seconds).toBeLessThan(0.9);
  });

  it("that fails has the last word if no other says better", async () => {
    const { answer, servers, seconds } = await ask(failing(RCODE.SERVFAIL), failing(RCODE.REFUSED));
    expect(decode(answer).flags & 15).toBe(RCODE.REFUSED);
    expect(decode(answer).id).toBe(0x1234);
    expect(servers.map(({ queries }) => queries.length)).toEqual([1, 1]);
    expect(seconds).toBeLessThan(0.9);
  });
});

describe("a truncated answer", () => {
  const many = Array.from({ length: 4000 }, (_, i) => a("host.test", `192.0.${2 + (i >> 8)}.${i & 255}`));
  /** Truncates over UDP, and does this over TCP. */
  const cut =
    (overTcp: Script): Script =>
    (query) =>
      query.transport === "tcp" ? overTcp(query) : [respond(query.bytes, [], { flags: TRUNCATED })];

  it("is had whole over TCP, up to 64 KiB", async () => {
    const asked = await ask(cut(({ bytes }) => [respond(bytes, many)]));
    expect(asked.answer.length).toBeGreaterThan(64_000);
    expect(addresses(asked)).toHaveLength(4000);
    expect(decode(asked.answer).id).toBe(0x1234);
  });

  it.each<[string, Script]>([
    ["is silent", silent],
    ["answers another question", ({ bytes }) => [wrong(queryFor("other.test", TYPE.A, { id: bytes.readUInt16BE() }))]],
    ["answers under another identifier", () => [wrong(QUERY)]],
    ["answers with noise", () => [Buffer.alloc(300, 0xff)]],
    ["answers with nothing", () => [Buffer.of()]],
  ])("makes room for the next server if TCP %s", async (_, overTcp) => {
    expect(addresses(await ask(cut(overTcp), right))).toEqual([RIGHT]);
  });

  it("makes room for the next server if nobody listens on TCP", async () => {
    const udp = createSocket("udp4").bind(0, "127.0.0.1");
    udp.on("message", (bytes, { port }) => udp.send(respond(bytes, [], { flags: TRUNCATED }), port, "127.0.0.1"));
    await once(udp, "listening");
    onTestFinished(() => new Promise<void>((done) => udp.close(() => done())));
    const asked = await (await asker({ servers: [udp.address(), await server(right)] })).ask(QUERY);
    expect(addresses(asked)).toEqual([RIGHT]);
    expect(asked.seconds).toBeLessThan(0.9);
  });
});
