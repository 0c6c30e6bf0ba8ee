import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hasNamespaces } from "../cli/namespaces.js";
import { type Ended, guest, has, PROJECT, start, temporaryDirectory } from "../cli/sockyard.js";
import { KNOT, type NameServer, startKnot } from "../dns/knot.js";
import { a, loopback6, RCODE, readQuery, TYPE, textOf } from "../dns/message.js";
import { respond, type Script, type ScriptedServer, startScripted } from "../dns/scripted.js";

const long = "x".repeat(200);
const many = Array.from({ length: 100 }, (_, i) => `many A 192.0.2.${i + 1}`).join("\n");
const numbered = Array.from({ length: 20 }, (_, i) => `n${i} A 192.0.2.${i}`).join("\n");
const ZONES = {
  "example.test": `$TTL 60
@ SOA ns a 1 2 3 4 5
@ NS ns
@ NS ns2
ns A 192.0.2.53
ns2 A 192.0.2.54
www CNAME alias
alias CNAME host
host A 192.0.2.1
host AAAA 2001:db8::1
six AAAA 2001:db8::6
@ MX 20 second
@ MX 10 first
@ MX 30 third
@ TXT "one" " string"
@ TXT "${long}" "${long}"
_http._tcp SRV 20 0 8080 late
_http._tcp SRV 10 1 80 early
_http._tcp SRV 10 0 81 early
direct SRV 1 2 3 target
dangling CNAME none
${many}
${numbered}
`,
  "2.0.192.in-addr.arpa": `$TTL 60
@ SOA ns a 1 2 3 4 5
@ NS ns.example.test.
1 PTR host.example.test.
1 PTR single.
`,
  "8.b.d.0.1.0.0.2.ip6.arpa": `$TTL 60
@ SOA ns a 1 2 3 4 5
@ NS ns.example.test.
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR six.example.test.
`,
  "broken.test": "",
};

interface Machine {
  readonly options?: readonly string[];
  readonly resolvConf?: string;
}

/** Runs go-names.ts on a machine with this name server; the lines that it printed. */
async function perform(
  server: Pick<NameServer, "port">,
  operations: readonly (readonly [string, string])[],
  { options = ["-A"], resolvConf = "options timeout:1 attempts:1\n" }: Machine = {},
): Promise<string[]> {
  const { stdout, code } = await run(server, operations, { options, resolvConf });
  const lines = stdout.split("\n").slice(0, -1);
  expect({ code: options.includes("-A") ? code : 0, lines: lines.length }).toEqual({
    code: 0,
    lines: operations.length,
  });
  return lines;
}

/** The same; all that it printed. */
function run(
  server: Pick<NameServer, "port">,
  operations: readonly (readonly [string, string])[],
  { options = ["-A"], resolvConf = "" }: Machine,
): Promise<Ended> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-names-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const files = { resolvConf: path("resolv.conf", resolvConf), hosts: path("hosts", "192.0.2.9 here.test\n") };
  const settings = JSON.stringify({ servers: [{ address: "127.0.0.1", port: server.port }], files });
  const words = [...options, guest("go-names.ts"), ...operations.flat()];
  return start(process.execPath, ["test/dns/sockyard.js", settings, ...words], { stdin: "" }).ended;
}

async function scripted(script: Script): Promise<ScriptedServer> {
  const server = await startScripted(script);
  onTestFinished(() => server.stop());
  return server;
}

/** Answers for addresses of IPv4 with these, and knows nothing else. */
const only =
  (...addresses: readonly string[]): Script =>
  ({ bytes }) => {
    const { name, type } = readQuery(bytes).question;
    return [respond(bytes, type === TYPE.A ? addresses.map((each) => a(textOf(name), each)) : [])];
  };

describe.skipIf(!has(KNOT))("look-ups of net's at Knot", () => {
  let knot: NameServer;

  beforeAll(async () => {
    knot = await startKnot(ZONES);
    return () => knot.stop();
  });

  it.each(["default", "own", "stream"])("find each kind of record (%s)", async (resolver) => {
    const [, , ...lines] = await perform(knot, [
      ["server", String(knot.port)],
      ["use", resolver],
      ["host", "www.example.test"],
      ["ip", "host.example.test"],
      ["ip4", "host.example.test"],
      ["ip6", "host.example.test"],
      ["ip4", "six.example.test"],
      ["addr", "192.0.2.1"],
      ["addr", "2001:db8::1"],
      ["addr", "192.0.2"],
      ["cname", "www.example.test"],
      ["cname", "six.example.test"],
      ["mx", "example.test"],
      ["ns", "example.test"],
      ["txt", "example.test"],
      ["srv", "http/tcp/example.test"],
      ["srv", "//direct.example.test"],
      ["census", ""],
    ]);
    const names = lines.splice(5, 1)[0]?.split(" ").sort();
    const nameServers = lines.splice(10, 1)[0]?.split(" ").sort();
    const texts = lines.splice(10, 1)[0];
    expect(names).toEqual(["host.example.test.", "single"]);
    expect(nameServers).toEqual(["ns.example.test.", "ns2.example.test."]);
    expect([`one string ${long}${long}`, `${long}${long} one string`]).toContain(texts);
    // Of one priority a record of weight 0 is hardly ever first, but may be.
    const srv = lines[10]?.replace("10/0/early.example.test.81 10/1/early.example.test.80", "EITHER");
    lines[10] = srv?.replace("10/1/early.example.test.80 10/0/early.example.test.81", "EITHER") as string;
    expect(lines).toEqual([
      "192.0.2.1 2001:db8::1",
      "192.0.2.1 2001:db8::1",
      "192.0.2.1",
      "2001:db8::1",
      "lookup six.example.test: no such host [not found]",
      "six.example.test.",
      "lookup 192.0.2: unrecognized address",
      "host.example.test.",
      "six.example.test.",
      "10 first.example.test. 20 second.example.test. 30 third.example.test.",
      "_http._tcp.example.test.: EITHER 20/0/late.example.test.8080",
      "direct.example.test.: 1/2/target.example.test.3",
      expect.stringMatching(/^[01] open, 1 running$/),
    ]);
  });

  it.each(["default", "own"])("say with Go's words what is not found, and why (%s)", async (resolver) => {
    const [, , ...lines] = await perform(knot, [
      ["server", String(knot.port)],
      ["use", resolver],
      ["host", "none.example.test"],
      ["host", "dangling.example.test"],
      ["cname", "none.example.test"],
      ["mx", "host.example.test"],
      ["ns", "host.example.test"],
      ["txt", "host.example.test"],
      ["srv", "ftp/tcp/example.test"],
      ["addr", "192.0.2.77"],
      ["host", ""],
      ["host", "broken.test"],
      ["mx", "broken.test"],
      ["host", "elsewhere.test"],
    ]);
    const none = (name: string) => `lookup ${name}: no such host [not found]`;
    expect(lines).toEqual([
      none("none.example.test"),
      none("dangling.example.test"),
      none("none.example.test"),
      none("host.example.test"),
      none("host.example.test"),
      none("host.example.test"),
      none("_ftp._tcp.example.test"),
      none("192.0.2.77"),
      none(""),
      "lookup broken.test: server misbehaving [temporary]",
      "lookup broken.test: server misbehaving [temporary]",
      // Refused: it will be no other time, either.
      "lookup elsewhere.test: server misbehaving",
    ]);
  });

  it("take what is too much for a datagram from a stream, by many goroutines at once", async () => {
    const [, , all, , dialed, census] = await perform(knot, [
      ["server", String(knot.port)],
      ["use", "own"],
      ["host", "many.example.test"],
      ["together", "20"],
      ["dialed", ""],
      ["census", ""],
    ]);
    expect(all?.split(" ")).toHaveLength(100);
    expect(dialed).toContain("tcp 127.0.0.1:53,");
    expect(census).toBe("1 open, 1 running");
  });

  it("try the domains of resolv.conf", async () => {
    const resolvConf = "search nowhere.example.test example.test\n";
    expect(
      await perform(
        knot,
        [
          ["host", "host"],
          ["mx", "host"],
          ["cname", "www"],
          ["host", "host."],
          ["host", "none"],
          ["host", "here.test"],
        ],
        { resolvConf },
      ),
    ).toEqual([
      "192.0.2.1 2001:db8::1",
      "lookup host: no such host [not found]",
      "host.example.test.",
      // Knot refuses what is in none of its zones.
      "lookup host.: server misbehaving",
      "lookup none: server misbehaving",
      "192.0.2.9",
    ]);
  });

  it("are the addresses of end points", async () => {
    expect(
      await perform(knot, [
        ["tcpaddr", "tcp/host.example.test:80"],
        ["tcpaddr", "tcp6/host.example.test:http"],
        ["tcpaddr", "tcp4/six.example.test:80"],
        ["udpaddr", "udp/www.example.test:domain"],
        ["udpaddr", "udp4/[2001:db8::1]:53"],
        ["ipaddr", "ip6/host.example.test"],
        ["ipaddr", "ip4:icmp/host.example.test"],
        ["ipaddr", "ip4/2001:db8::1"],
      ]),
    ).toEqual([
      "192.0.2.1:80",
      "[2001:db8::1]:80",
      "lookup six.example.test: no such host [not found]",
      "192.0.2.1:53",
      "address 2001:db8::1: no suitable address found",
      "2001:db8::1",
      "192.0.2.1",
      "address 2001:db8::1: no suitable address found",
    ]);
  });
});

describe("look-ups of net's at a server that is in trouble", () => {
  /** Addresses of IPv4 are known; those of IPv6 are asked for in vain. */
  const half: Script = (query) =>
    readQuery(query.bytes).question.type === TYPE.AAAA
      ? [respond(query.bytes, [], { flags: RCODE.SERVFAIL })]
      : only("192.0.2.1")(query);

  it.each(["own", "default"])("find what is there, unless they are strict (%s)", async (resolver) => {
    const server = await scripted(half);
    const [, , lenient, , strict, only4] = await perform(server, [
      ["server", String(server.port)],
      ["use", resolver],
      ["host", "half.test"],
      ["use", "strict"],
      ["host", "half.test"],
      ["ip4", "half.test"],
    ]);
    expect([lenient, strict, only4]).toEqual([
      "192.0.2.1",
      "lookup half.test: server misbehaving [temporary]",
      "192.0.2.1",
    ]);
  });

  it("end with a time-out if it is silent, and soon if the dialer has little time", async () => {
    const server = await scripted(() => []);
    const [, , host, , , own, , dialed, census] = await perform(server, [
      ["server", String(server.port)],
      ["timeout", "300"],
      ["host", "silent.test"],
      ["use", "default"],
      ["serve", "127.0.0.1"],
      ["dial", "silent.test"],
      ["use", "own"],
      ["dial", "silent.test"],
      ["census", ""],
    ]);
    expect(host).toBe("lookup silent.test: i/o timeout [timeout] [temporary]");
    for (const each of [own, dialed]) {
      expect(each).toMatch(
        /^dial tcp: lookup silent\.test: i\/o timeout \[timeout\] \[temporary\] after ([3-9]\d\d|\d{4}) ms$/,
      );
    }
    // The listener, and the set in which goroutines wait.
    expect(census).toBe("2 open, 1 running");
  });

  it("are denied without a grant, and ask nobody", async () => {
    const server = await scripted(only("192.0.2.1"));
    const options = ["--allow-net-resolve=granted.test"];
    const operations = ["host", "mx", "cname"].map((how) => [how, "denied.test"] as const);
    const lines = await perform(server, [...operations, ["dial", "denied.test"], ["host", "granted.test"]], {
      options,
    });
    expect(lines).toEqual([
      ...operations.map(() => "lookup denied.test: permission denied"),
      expect.stringMatching(/^dial tcp: lookup denied\.test: permission denied after \d+ ms$/),
      "192.0.2.1",
    ]);
    expect(new Set(server.queries.map(({ bytes }) => textOf(readQuery(bytes).question.name)))).toEqual(
      new Set(["granted.test"]),
    );
  });

  it("sort mail servers, in whatever order they come", async () => {
    const server = await scripted(({ bytes }) => {
      const record = { owner: readQuery(bytes).question.name, type: TYPE.MX, class: 1, ttl: 60 };
      return [
        respond(
          bytes,
          [20, 30, 10].map((preference) => ({ ...record, data: [preference, ["mx", "test"]] })),
        ),
      ];
    });
    expect(await perform(server, [["mx", "mail.test"]])).toEqual(["10 mx.test. 20 mx.test. 30 mx.test."]);
  });

  it("choose among services of one priority at random, by weight", async () => {
    const weights = [0, 1, 9];
    const server = await scripted(({ bytes }) => {
      const { name } = readQuery(bytes).question;
      const target = (weight: number) => [1, weight, 80, ["t", String(weight), "test"]];
      const record = { owner: name, type: TYPE.SRV, class: 1, ttl: 60 };
      return [
        respond(
          bytes,
          weights.map((weight) => ({ ...record, data: target(weight) })),
        ),
      ];
    });
    const lines = await perform(
      server,
      Array.from({ length: 200 }, () => ["srv", "x/tcp/random.test"] as const),
    );
    const first = lines.map((line) => Number(/: 1\/(\d)/.exec(line)?.[1]));
    const count = (weight: number) => first.filter((each) => each === weight).length;
    // 180 are expected, with a deviation of 4.2.
    expect(count(9)).toBeGreaterThan(150);
    expect(count(1)).toBeGreaterThan(0);
    expect(count(0) + count(1) + count(9)).toBe(200);
  });
});

describe("dial of net's, to a name with several addresses", () => {
  const THREE = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];

  it("takes the next one at once where the first refuses", async () => {
    const server = await scripted(only(...THREE));
    const [, , dialed, census] = await perform(server, [
      ["serve", "127.0.0.3"],
      ["delay", "5000"],
      ["dial", "three.test"],
      ["census", ""],
    ]);
    expect(dialed).toMatch(/^127\.0\.0\.3 after \d{1,3} ms$/);
    expect(census).toBe("2 open, 1 running");
  });

  it("takes the next one a little later where the first is silent, and gives that up", async () => {
    const server = await scripted(only(...THREE));
    const [, , before, byDefault, , delayed, , alone, census] = await perform(server, [
      ["serve", "127.0.0.3"],
      ["fill", "127.0.0.2"],
      ["census", ""],
      ["dial", "three.test"],
      ["delay", "700"],
      ["dial", "three.test"],
      ["timeout", "400"],
      ["dial4", "127.0.0.2"],
      ["census", ""],
    ]);
    expect(before).toBe("4 open, 1 running");
    expect(byDefault).toMatch(/^127\.0\.0\.3 after ([3-9]\d\d|\d{4}) ms$/);
    expect(delayed).toMatch(/^127\.0\.0\.3 after ([7-9]\d\d|\d{4}) ms$/);
    expect(alone).toMatch(
      /^dial tcp4 127\.0\.0\.2:PORT: i\/o timeout \[timeout\] \[temporary\] after ([4-9]\d\d|\d{4}) ms$/,
    );
    expect(census).toBe(before);
  });

  it("passes over what is not granted, and tells of the first if none answers", async () => {
    const server = await scripted(only(...THREE));
    const options = ["-N=127.0.0.3,127.0.0.4", "--allow-net-resolve=three.test"];
    const [, dialed, , , refused, census] = await perform(
      server,
      [
        ["serve", "127.0.0.3"],
        ["dial", "three.test"],
        ["delay", "-1"],
        ["close", ""],
        ["dial", "three.test"],
        ["census", ""],
      ],
      { options },
    );
    expect(dialed).toMatch(/^127\.0\.0\.3 after /);
    expect(refused).toMatch(/^dial tcp 127\.0\.0\.2:PORT: connect: permission denied \[EACCES\] after /);
    expect(census).toMatch(/^1 open, 1 running$/);
  });
});

describe("dial of net's, to a name with addresses of both families", () => {
  /** Addresses of IPv4, and ::1. */
  const both =
    (...addresses: readonly string[]): Script =>
    (query) => {
      const { name, type } = readQuery(query.bytes).question;
      if (type !== TYPE.AAAA) return only(...addresses)(query);
      return [respond(query.bytes, [loopback6(textOf(name))])];
    };

  it("tries them in turns, the first of IPv4 first, each as soon as the one before has failed", async () => {
    const server = await scripted(both("127.0.0.2", "127.0.0.3", "127.0.0.4"));
    const { stdout, stderr } = await run(
      server,
      [
        ["serve", "127.0.0.9"],
        ["delay", "5000"],
        ["dial", "both.test"],
      ],
      { options: ["-A", "--trace"] },
    );
    const tried = stderr.matchAll(/^connect\(\d+<TCP[^>]*>, \{.*(?:inet_addr\(|inet_pton\(AF_INET6, )"(.*?)"/gm);
    expect([...tried].map(([, address]) => address)).toEqual(["127.0.0.2", "::1", "127.0.0.3", "127.0.0.4"]);
    expect(stdout).toMatch(
      /\ndial tcp 127\.0\.0\.2:PORT: connect: connection refused \[ECONNREFUSED\] after \d{1,3} ms\n$/,
    );
  });

  it("takes the other family at once where the first refuses", async () => {
    const server = await scripted(both("127.0.0.2", "127.0.0.3"));
    const lines = await perform(server, [
      ["serve", "127.0.0.3"],
      ["serve", "::1"],
      ["delay", "5000"],
      ["dial", "both.test"],
      ["dial4", "both.test"],
    ]);
    expect(lines[3]).toMatch(/^::1 after \d{1,3} ms$/);
    expect(lines[4]).toMatch(/^127\.0\.0\.3 after \d{1,3} ms$/);
  });

  it("takes the other family a little later where the first is silent, and the next of the first after that", async () => {
    const server = await scripted(both("127.0.0.2", "127.0.0.3"));
    const lines = await perform(server, [
      ["serve", "127.0.0.9"],
      ["serve", "::1"],
      ["fill", "127.0.0.2"],
      ["dial", "both.test"],
      ["close", ""],
      ["fill", "::1"],
      ["serve", "127.0.0.3"],
      ["dial", "both.test"],
      ["census", ""],
    ]);
    expect(lines[3]).toMatch(/^::1 after ([3-9]\d\d|\d{4}) ms$/);
    expect(lines[7]).toMatch(/^127\.0\.0\.3 after ([6-9]\d\d|\d{4}) ms$/);
    // Two listeners, what fills two queues, and the set in which goroutines wait.
    expect(lines[8]).toBe("7 open, 1 running");
  });
});

/** A machine of the test's own: no network, and a system that knows some names by itself. */
const SET_UP = `
cd "$0"
ip link set lo up
echo 'nameserver 127.0.0.1' > resolv.conf
echo 'hosts: files dns' > nsswitch.conf
echo '192.0.2.1 known.test.' > hosts
echo '2001:db8::1 known.test.' >> hosts
for name in resolv.conf nsswitch.conf hosts; do mount --bind $name /etc/$name; done
cd "$1"
shift
exec "$@"
`;

describe.skipIf(!hasNamespaces())("a resolver of net's without preferGo", () => {
  it("asks the system for hosts", async () => {
    const settings = JSON.stringify({ files: { hosts: "/dev/null", resolvConf: "/dev/null" } });
    const operations = ["use system", "host known.test", "ip6 known.test", "ip4 known.test", "host unknown.test"];
    const words = [guest("go-names.ts"), ...operations.flatMap((each) => each.split(" "))];
    const program = [process.execPath, "test/dns/sockyard.js", settings, "-A", ...words];
    const machine = ["-rmnpf", "--mount-proc", "--kill-child", "sh", "-euc", SET_UP, temporaryDirectory(), PROJECT];
    const { stdout } = await start("unshare", [...machine, ...program], { stdin: "" }).ended;
    const [, host, ip6, ip4, unknown] = stdout.split("\n");
    expect(host?.split(" ").sort()).toEqual(["192.0.2.1", "2001:db8::1"]);
    expect([ip6, ip4]).toEqual(["2001:db8::1", "192.0.2.1"]);
    // Nobody listens who could know it.
    expect(unknown).toBe("lookup unknown.test: server misbehaving [temporary]");
  });
});
