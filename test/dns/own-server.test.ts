import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { guest, has, sockyard } from "../cli/sockyard.js";
import { KNOT, type NameServer, startKnot } from "./knot.js";
import { a, cname, decode, encode, labels, RCODE, TYPE } from "./message.js";
import { respond, type Script, type ScriptedServer, startScripted } from "./scripted.js";

const hasKnot = has(KNOT);

/** What own-server.ts prints of these names, line by line, with these grants. */
async function ask(grants: readonly string[], port: number, type: number, ...names: string[]): Promise<string[]> {
  const options = grants.map((grant) => `--allow-net-connect=${grant}`);
  const args = [guest("own-server.ts"), "127.0.0.1", String(port), String(type), ...names];
  const { stdout } = await sockyard(["run", ...options, ...args]);
  const lines = stdout.trimEnd().split("\n");
  // Whatever happened, no socket of a query is left.
  expect(lines.pop()).toBe("fd 3");
  return lines;
}

const over = (transport: string, port: number) => `${transport}:127.0.0.1:${port}`;

describe.skipIf(!hasKnot)("a resolver with a server of its own, and Knot", () => {
  let server: NameServer;
  const many = Array.from({ length: 200 }, (_, i) => `many A 10.0.0.${i}\n`).join("");

  beforeAll(async () => {
    const zone = `$TTL 60
@ SOA ns admin 1 2 3 4 5
@ NS ns
ns A 192.0.2.53
www CNAME web
web CNAME host
host A 192.0.2.1
host A 192.0.2.2
host AAAA 2001:db8::1
first CNAME loop
loop CNAME first
dead CNAME nothing
${many}`;
    server = await startKnot({ "example.test": zone, "broken.test": "" });
  });
  afterAll(() => server?.stop());

  it("follows aliases, and tells all kinds of failure apart", async () => {
    const names = ["www", "host", "dead", "ns", "first"].map((name) => `${name}.example.test`);
    const lines = await ask(
      [over("udp", server.port)],
      server.port,
      TYPE.A,
      ...names,
      "x.broken.test",
      "elsewhere.test",
    );
    const [aliased, direct, ...others] = lines;
    expect(aliased).toMatch(
      /^host\.example\.test \[www\.example\.test web\.example\.test\] 192\.0\.2\.[12] 192\.0\.2\.[12]$/,
    );
    expect(direct).toMatch(/^host\.example\.test \[\] 192\.0\.2\.[12] 192\.0\.2\.[12]$/);
    expect(others).toEqual([
      "error 1 errno 0",
      "ns.example.test [] 192.0.2.53",
      "error 3 errno 0",
      "error 2 errno 0",
      "error 3 errno 0",
    ]);
  });

  it("asks for other types", async () => {
    const grants = [over("udp", server.port)];
    expect(await ask(grants, server.port, TYPE.AAAA, "host.example.test", "ns.example.test")).toEqual([
      "host.example.test [] 2001:db8::1",
      "error 4 errno 0",
    ]);
    expect(await ask(grants, server.port, TYPE.SOA, "example.test")).toEqual(["example.test [] example.test"]);
  });

  it("asks over TCP for what UDP cannot carry", async () => {
    const grants = [over("udp", server.port), over("tcp", server.port)];
    const [line = ""] = await ask(grants, server.port, TYPE.A, "many.example.test");
    expect(line.split(" ").length).toBe(2 + 200);
    expect(await ask(grants.slice(0, 1), server.port, TYPE.A, "many.example.test")).toEqual(["error 3 errno 13"]);
  });

  it("is refused without the right to connect to the server", async () => {
    expect(await ask([], server.port, TYPE.A, "www.example.test")).toEqual(["error 3 errno 13"]);
    expect(await ask([over("udp", 1)], server.port, TYPE.A, "www.example.test")).toEqual(["error 3 errno 13"]);
  });
});

describe("a resolver with a server of its own that", () => {
  const right = (query: Buffer) => respond(query, [a("x.test", "192.0.2.1")]);
  const wrong = (query: Buffer) => respond(query, [a("x.test", "192.0.2.66")]);
  const RIGHT = "x.test [] 192.0.2.1";

  /** What the guest makes of a server that answers so. */
  async function askScripted(script: Script): Promise<{ line: string; server: ScriptedServer }> {
    const server = await startScripted(script);
    onTestFinished(() => server.stop());
    const grants = [over("udp", server.port), over("tcp", server.port)];
    const [line = ""] = await ask(grants, server.port, TYPE.A, "x.test");
    return { line, server };
  }

  it.each<[string, (query: Buffer) => Buffer]>([
    ["nothing", () => Buffer.alloc(0)],
    ["garbage", () => Buffer.alloc(100, 0xc0)],
    ["another identifier", (query) => encode({ ...decode(wrong(query)), id: decode(query).id ^ 1 })],
    ["the query itself", (query) => query],
    [
      "the answer to another name",
      (query) => encode({ ...decode(wrong(query)), questions: [{ name: labels("y.test"), type: TYPE.A, class: 1 }] }),
    ],
    [
      "the answer to another type",
      (query) =>
        encode({ ...decode(wrong(query)), questions: [{ name: labels("x.test"), type: TYPE.AAAA, class: 1 }] }),
    ],
    ["half an answer", (query) => wrong(query).subarray(0, -3)],
  ])("sends %s first is waited for", async (_what, lie) => {
    expect((await askScripted(({ bytes }) => [lie(bytes), right(bytes)])).line).toBe(RIGHT);
  });

  it("is not the only one to answer is the only one to be heard", async () => {
    const { line } = await askScripted(async ({ bytes, fromElsewhere }) => {
      await fromElsewhere(wrong(bytes));
      return [right(bytes)];
    });
    expect(line).toBe(RIGHT);
  });

  it("is silent is asked twice, from another port with another identifier", async () => {
    const { line, server } = await askScripted(() => []);
    expect(line).toBe("error 2 errno 110");
    const [first, second] = server.queries;
    expect(server.queries.length).toBe(2);
    expect(first?.bytes.subarray(2)).toEqual(second?.bytes.subarray(2));
    expect(first?.bytes.readUInt16BE()).not.toBe(second?.bytes.readUInt16BE());
    expect(first?.port).not.toBe(second?.port);
  });

  it("loses the first query answers the second", async () => {
    let count = 0;
    expect((await askScripted(({ bytes }) => (count++ === 0 ? [] : [right(bytes)]))).line).toBe(RIGHT);
  });

  it("answers the first query late is not mistaken", async () => {
    let late: Buffer | undefined;
    const { line } = await askScripted(({ bytes }) => {
      if (late !== undefined) return [late, right(bytes)];
      late = wrong(bytes);
      return [];
    });
    expect(line).toBe(RIGHT);
  });

  it("does not know EDNS is asked without", async () => {
    const { line, server } = await askScripted(({ bytes }) =>
      decode(bytes).additional.length > 0 ? [respond(bytes, [], { flags: RCODE.FORMERR })] : [right(bytes)],
    );
    expect(line).toBe(RIGHT);
    expect(server.queries.length).toBe(2);
  });

  it("follows its own tail is left", async () => {
    const loop = [cname("x.test", "y.test"), cname("y.test", "x.test")];
    expect((await askScripted(({ bytes }) => [respond(bytes, loop)])).line).toBe("error 3 errno 0");
  });

  const truncated = (query: Buffer) => respond(query, [], { flags: 0x0200 });

  it("truncates is asked over TCP, in pieces or not", async () => {
    const { line, server } = await askScripted(({ bytes, transport }) => [
      transport === "tcp" ? right(bytes) : truncated(bytes),
    ]);
    expect(line).toBe(RIGHT);
    expect(server.queries.map(({ transport }) => transport)).toEqual(["udp", "tcp"]);
  });

  it("truncates and is silent over TCP is given up", async () => {
    const { line } = await askScripted(({ bytes, transport }) => (transport === "tcp" ? [] : [truncated(bytes)]));
    expect(line).toBe("error 2 errno 110");
  });

  it("lies over TCP is not believed", async () => {
    const { line } = await askScripted(({ bytes, transport }) => [
      transport === "tcp" ? encode({ ...decode(wrong(bytes)), id: 0 }) : truncated(bytes),
    ]);
    expect(line).toBe("error -1 errno 22");
  });

  it("is not there refuses", async () => {
    const server = await startScripted(() => []);
    await server.stop();
    expect(await ask([over("udp", server.port)], server.port, TYPE.A, "x.test")).toEqual(["error 2 errno 111"]);
  });
});
