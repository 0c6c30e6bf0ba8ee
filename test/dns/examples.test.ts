import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Ended, has, PROJECT, start, startShell } from "../cli/sockyard.js";
import { KNOT, type NameServer, startKnot } from "./knot.js";

const hasKnot = has(KNOT);

const ZONE = `$TTL 60
@ SOA ns admin 1 2 3 4 5
@ NS ns
ns A 192.0.2.53
www CNAME web
web CNAME host
host A 192.0.2.1
host A 192.0.2.2
local A 127.0.0.1
twofold A 127.0.0.2
twofold A 127.0.0.1
six AAAA 2001:db8::1
_http._tcp SRV 20 0 8080 last
_http._tcp SRV 10 60 80 one
_http._tcp SRV 10 40 80 two
_none._tcp SRV 0 0 0 .
`;

let server: NameServer;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-examples-"));
  if (hasKnot) server = await startKnot({ "example.test": ZONE, "broken.test": "" });
});

afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** Runs an example as `sockyard run` does, on a machine whose name server is the test's. */
function run(grants: string, example: string, args: string, stdin = ""): Promise<Ended> {
  const settings = {
    servers: [{ address: "127.0.0.1", port: server.port }],
    files: {
      resolvConf: file("resolv.conf", "search example.test\noptions timeout:2 attempts:2\n"),
      hosts: file("hosts", "192.0.2.9 known.test short brief\n"),
    },
  };
  const program = `examples/${example}.ts`;
  const words = `${grants} ${program} ${args}`.split(" ").filter(Boolean);
  return start(process.execPath, ["test/dns/sockyard.js", JSON.stringify(settings), ...words], { stdin }).ended;
}

/** The command in an example's first line, as a user copies it. */
function command(name: string): string {
  const [first = ""] = readFileSync(join(PROJECT, `examples/${name}.ts`), "utf8").split("\n");
  return first.replace(/^\/\/ /, "");
}

async function startHello(): Promise<string> {
  const listener = createServer((peer) => peer.end("hello"));
  onTestFinished(() => void listener.close());
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return String((listener.address() as AddressInfo).port);
}

describe("resolve.ts (P8)", () => {
  it("runs as its first line says", async () => {
    const { code, stdout } = await startShell(command("berkeley/resolve"), { stdin: "" }).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Name: localhost\nAddress: 127.0.0.1\n" });
  });

  it("says how it is used without an argument, and exits with 1", async () => {
    const { code, stdout, stderr } = await startShell(command("berkeley/resolve").replace(/ localhost$/, ""), {
      stdin: "",
    }).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: "usage: resolve.ts HOST\n" });
  });

  it.each([
    ["127.0.0.1", 0, "Name: 127.0.0.1\nAddress: 127.0.0.1\n", ""],
    ["256.0.0.1", 1, "", "256.0.0.1: Unknown host\n"],
  ])("needs no right for %s", async (host, code, stdout, stderr) => {
    const line = `sockyard run examples/berkeley/resolve.ts ${host}`;
    expect(await startShell(line, { stdin: "" }).ended).toMatchObject({ code, stdout, stderr });
  });

  it.skipIf(!hasKnot)("prints the canonical name, every alias and every address", async () => {
    const { code, stdout, stderr } = await run(
      "--allow-net-resolve=www.example.test",
      "berkeley/resolve",
      "www.example.test",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Name: host\.example\.test\nAlias: www\.example\.test\nAlias: web\.example\.test\n/);
    expect(stdout.match(/Address: \S+/g)?.sort()).toEqual(["Address: 192.0.2.1", "Address: 192.0.2.2"]);
  });

  it.skipIf(!hasKnot)("completes names, and reads hosts(5)", async () => {
    const grants = "--allow-net-resolve=*.example.test,known.test,short,brief";
    expect(await run(grants, "berkeley/resolve", "local")).toMatchObject({
      code: 0,
      stdout: "Name: local.example.test\nAddress: 127.0.0.1\n",
    });
    expect(await run(grants, "berkeley/resolve", "known.test")).toMatchObject({
      code: 0,
      stdout: "Name: known.test\nAlias: short\nAlias: brief\nAddress: 192.0.2.9\n",
    });
    expect((await run(grants, "berkeley/resolve", "brief")).stdout).toBe(
      "Name: known.test\nAlias: brief\nAlias: short\nAddress: 192.0.2.9\n",
    );
  });

  it.skipIf(!hasKnot).each([
    ["none.example.test", "Unknown host"],
    ["six.example.test", "No address associated with name"],
    ["x.broken.test", "Host name lookup failure"],
    ["x.elsewhere.test", "Unknown server error"],
  ])("says why there is nothing of %s, and exits with 1", async (host, text) => {
    const { code, stdout, stderr } = await run(
      `--allow-net-resolve=${host},*.example.test`,
      "berkeley/resolve",
      `${host}.`,
    );
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: `${host}.: ${text}\n` });
  });

  it.skipIf(!hasKnot)("is told which grant it needs", async () => {
    const { code, stderr } = await run("--allow-net-resolve=other.test", "berkeley/resolve", "www.example.test.");
    expect(code).toBe(77);
    expect(stderr).toContain("permission denied: look up www.example.test\n");
  });
});

describe("service.ts (P13)", () => {
  it("runs as its first line says, without any right", async () => {
    const { code, stdout, stderr } = await startShell(command("berkeley/service"), { stdin: "" }).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Name: http\nAlias: www\nPort: 80/tcp\n", stderr: "" });
  });

  it("finds a service by its alias, and says that there is none", async () => {
    const line = "sockyard run examples/berkeley/service.ts";
    expect((await startShell(`${line} www tcp`, { stdin: "" }).ended).stdout).toMatch(/^Name: http\n/);
    expect(await startShell(`${line} nosuch udp`, { stdin: "" }).ended).toMatchObject({
      code: 1,
      stderr: "nosuch/udp: no such service\n",
    });
    expect((await startShell(line, { stdin: "" }).ended).code).toBe(1);
  });

  it.skipIf(!hasKnot)("finds where a domain has it, by priority and at random by weight", async () => {
    const grant = "--allow-net-resolve=_http._tcp.example.test";
    const { code, stdout, stderr } = await run(grant, "berkeley/service", "http tcp example.test");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.pop()).toBe("last.example.test:8080 priority 20 weight 0");
    expect(lines.sort()).toEqual([
      "one.example.test:80 priority 10 weight 60",
      "two.example.test:80 priority 10 weight 40",
    ]);
    expect(await run("--allow-net-resolve=*.example.test", "berkeley/service", "ftp tcp example.test")).toMatchObject({
      code: 1,
      stderr: "_ftp._tcp.example.test: Unknown host\n",
    });
  });
});

describe("tcp-client.ts with names", () => {
  it("connects to localhost", async () => {
    const port = await startHello();
    const line = `sockyard run --allow-net=localhost:${port} examples/berkeley/tcp-client.ts localhost ${port}`;
    const { code, stdout, stderr } = await startShell(line, { stdin: "?" }).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "hello", stderr: "" });
  });

  it.skipIf(!hasKnot)("tries each address of a name", async () => {
    const port = await startHello();
    const grants = `--allow-net-resolve=twofold.example.test --allow-net-connect=127.0.0.0/8:${port}`;
    const { code, stdout } = await run(grants, "berkeley/tcp-client", `twofold.example.test ${port}`, "?");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "hello" });
  });

  it.skipIf(!hasKnot)("says what is wrong with a name", async () => {
    const args = (host: string) => `${host} 80`;
    const grant = "--allow-net-resolve=*.example.test,*.broken.test";
    for (const [host, text] of [
      ["none.example.test.", "Name or service not known"],
      ["x.broken.test.", "Temporary failure in name resolution"],
      ["_http._tcp.example.test.", "No address associated with hostname"],
    ] as const) {
      expect(await run(grant, "berkeley/tcp-client", args(host))).toMatchObject({
        code: 1,
        stderr: `${host}:80: ${text}\n`,
      });
    }
    const { code, stderr } = await run("--allow-net-resolve=a.test", "berkeley/tcp-client", args("b.test."));
    expect({ code, last: stderr.split("\n").at(-2) }).toEqual({ code: 77, last: "b.test.:80: Permission denied" });
  });
});

describe("net/resolve.ts (P8)", () => {
  it("runs as its first line says", async () => {
    const { code, stdout, stderr } = await startShell(command("net/resolve"), { stdin: "" }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Name: localhost\.\nAddress: 127\.0\.0\.1\n(Address: ::1\n)?$/);
  });

  it.each([
    ["", 1, "", "usage: resolve.ts HOST\n"],
    [" 127.0.0.1", 0, "Name: 127.0.0.1\nAddress: 127.0.0.1\n", ""],
    [" ::1", 0, "Name: ::1\nAddress: ::1\n", ""],
  ])("needs no right for '%s'", async (host, code, stdout, stderr) => {
    const line = `sockyard run examples/net/resolve.ts${host}`;
    expect(await startShell(line, { stdin: "" }).ended).toMatchObject({ code, stdout, stderr });
  });

  it.skipIf(!hasKnot)("prints the canonical name, the alias and every address", async () => {
    const ended = await run("--allow-net-resolve=www.example.test", "net/resolve", "www.example.test.");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const lines = ended.stdout.trimEnd().split("\n");
    expect(lines.splice(0, 2)).toEqual(["Name: host.example.test.", "Alias: www.example.test."]);
    expect(lines.sort()).toEqual(["Address: 192.0.2.1", "Address: 192.0.2.2"]);
  });

  it.skipIf(!hasKnot).each([
    ["none.example.test.", "no such host"],
    ["x.broken.test.", "server misbehaving"],
  ])("says why there is nothing of %s, and exits with 1", async (host, text) => {
    const ended = await run("--allow-net-resolve=*.example.test,*.broken.test", "net/resolve", host);
    expect(ended).toMatchObject({ code: 1, stdout: "", stderr: `lookup ${host}: ${text}\n` });
  });

  it.skipIf(!hasKnot)("is told which grant it needs", async () => {
    const { code, stderr } = await run("--allow-net-resolve=other.test", "net/resolve", "www.example.test.");
    expect(code).toBe(77);
    expect(stderr).toContain("permission denied: look up www.example.test\n");
    expect(stderr).toContain("\nlookup www.example.test.: permission denied\n");
  });
});

describe("net/srv.ts (P13)", () => {
  it("runs as its first line says, without any right", async () => {
    const { code, stdout, stderr } = await startShell(command("net/srv"), { stdin: "" }).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Port: 80/tcp\n", stderr: "" });
  });

  it.each([
    ["", "usage: srv.ts SERVICE [PROTOCOL] [DOMAIN]\n"],
    [" nosuch udp", "address udp/nosuch: unknown port\n"],
  ])("says what is wrong with '%s', and exits with 1", async (args, stderr) => {
    const line = `sockyard run examples/net/srv.ts${args}`;
    expect(await startShell(line, { stdin: "" }).ended).toMatchObject({ code: 1, stdout: "", stderr });
  });

  it.skipIf(!hasKnot)("finds where a domain has it, by priority and at random by weight", async () => {
    const grant = "--allow-net-resolve=_http._tcp.example.test";
    const { code, stdout, stderr } = await run(grant, "net/srv", "http tcp example.test");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.shift()).toBe("Name: _http._tcp.example.test.");
    expect(lines.pop()).toBe("last.example.test.:8080 priority 20 weight 0");
    expect(lines.sort()).toEqual([
      "one.example.test.:80 priority 10 weight 60",
      "two.example.test.:80 priority 10 weight 40",
    ]);
    expect(await run("--allow-net-resolve=*.example.test", "net/srv", "ftp tcp example.test")).toMatchObject({
      code: 1,
      stderr: "lookup _ftp._tcp.example.test: no such host\n",
    });
  });
});

describe("net/tcp-client.ts with names (P12)", () => {
  it.skipIf(!hasKnot)("tries each address of a name", async () => {
    const port = await startHello();
    const grants = `--allow-net-resolve=twofold.example.test --allow-net-connect=127.0.0.0/8:${port}`;
    const ended = await run(grants, "net/tcp-client", `twofold.example.test. ${port}`, "?");
    expect(ended).toMatchObject({ code: 0, stdout: "hello", stderr: "" });
  });

  it.skipIf(!hasKnot)("says what is wrong with a name", async () => {
    const ended = await run("--allow-net-resolve=*.example.test", "net/tcp-client", "none.example.test. 80");
    expect(ended).toMatchObject({ code: 1, stderr: "dial tcp: lookup none.example.test.: no such host\n" });
  });
});
