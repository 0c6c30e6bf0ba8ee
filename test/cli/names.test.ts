import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { a, cname, decode, encode, labels, type ResourceRecord, TYPE } from "../dns/message.js";
import { respond, type Script, startScripted } from "../dns/scripted.js";
import { hasNamespaces } from "./namespaces.js";
import { type Ended, guest, PROJECT, sockyard, start, temporaryDirectory } from "./sockyard.js";

const ATTEMPT = guest("attempt.ts");
const EACCES = 13;
const NOWHERE = { hosts: "/dev/null", resolvConf: "/dev/null" };

/** Runs `sockyard run`, whose look-ups go to a server with this script. */
async function runWith(script: Script, args: readonly string[]): Promise<Ended> {
  const server = await startScripted(script);
  onTestFinished(() => server.stop());
  const settings = { files: NOWHERE, servers: [{ address: "127.0.0.1", port: server.port }] };
  const words = [join(PROJECT, "test/dns/sockyard.js"), JSON.stringify(settings), ...args];
  return await start(process.execPath, words, { stdin: "" }).ended;
}

/** Answers every question with these records, of whatever name and type they are. */
const answering =
  (...records: ResourceRecord[]): Script =>
  ({ bytes }) => [respond(bytes, records)];

/** Each attempt, and the errno that it ended with. */
function results({ stdout }: Ended): Record<string, string> {
  return Object.fromEntries(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ") as [string, string]),
  );
}

function aaaa(owner: string, address: string): ResourceRecord {
  const octets = Uint8Array.from(Buffer.from(address, "hex"));
  return { owner: labels(owner), type: TYPE.AAAA, class: 1, ttl: 60, data: [octets] };
}

describe("a look-up that is denied", () => {
  it("is EACCES to the program, and a message with the smallest grant", async () => {
    const { code, stdout, stderr } = await sockyard(["run", ATTEMPT, "A=Example.COM", "exit=1"]);
    expect({ code, stdout }).toEqual({ code: 77, stdout: `A=Example.COM ${EACCES}\n` });
    expect(stderr).toContain("error: permission denied: look up example.com\n");
    expect(stderr).toContain("  because no rule allows it\n");
    expect(stderr).toContain(`hint: sockyard run --allow-net-resolve=example.com ${ATTEMPT} A=Example.COM exit=1\n`);
  });

  it("is one by the system, too, and of a name that is written otherwise", async () => {
    const { stdout, stderr } = await sockyard(["run", "--allow-net-resolve=bücher.test", ATTEMPT, "system=bücher.de"]);
    expect(stdout).toBe(`system=bücher.de ${EACCES}\n`);
    expect(stderr).toContain("look up xn--bcher-kva.de\n");
    expect(stderr).toContain("sockyard run '--allow-net-resolve=bücher.test' --allow-net-resolve=xn--bcher-kva.de ");
  });

  it("by a deny rule quotes it, and has no hint", async () => {
    const { stderr } = await sockyard(["run", "-A", "--deny-net=*.example.com", ATTEMPT, "A=a.example.com"]);
    expect(stderr).toContain("because of --deny-net=*.example.com, and a deny always wins\n");
    expect(stderr).not.toContain("hint:");
  });

  it("has no hint where no rule could say the name", async () => {
    const { stderr } = await sockyard(["run", ATTEMPT, "A=a b,c.test"]);
    expect(stderr).toContain("error: permission denied: look up a\\032b\\044c.test\n");
    expect(stderr).not.toContain("hint:");
  });
});

describe("a name that was looked up", () => {
  it("is named when its address is denied, and the hint is its rule", async () => {
    const attempts = ["A=site.test", "connect=tcp:93.184.216.34:443", "exit=0"];
    const { stderr } = await runWith(answering(a("site.test", "93.184.216.34")), [
      "--allow-net-resolve",
      ATTEMPT,
      ...attempts,
    ]);
    expect(stderr).toContain("permission denied: connect to 93.184.216.34:443 (tcp), looked up as site.test\n");
    expect(stderr).toContain(
      `hint: sockyard run --allow-net-resolve --allow-net-connect=site.test:443 ${ATTEMPT} ${attempts.join(" ")}\n`,
    );
  });

  it("does not open a private address, and the message says so", async () => {
    const script = answering(a("site.test", "10.0.0.5"));
    const { stdout, stderr } = await runWith(script, [
      "-N=site.test",
      ATTEMPT,
      "A=site.test",
      "connect=tcp:10.0.0.5:1",
    ]);
    expect(stdout).toContain(`connect=tcp:10.0.0.5:1 ${EACCES}\n`);
    expect(stderr).toContain("because no rule for the address allows it; a name's rule opens only public ones\n");
    expect(stderr).toContain(" --allow-net-connect=10.0.0.5:1 ");
  });

  it("may be localhost, which nobody is asked about", async () => {
    const attempts = ["A=localhost", "AAAA=localhost", "A=a.localhost", "connect=tcp:127.0.0.1:1"];
    const ended = await runWith(() => [], ["-N=localhost", ATTEMPT, ...attempts, "exit=0"]);
    expect(results(ended)).toEqual({
      "A=localhost": "0",
      "AAAA=localhost": "0",
      "A=a.localhost": `${EACCES}`,
      "connect=tcp:127.0.0.1:1": "111",
    });
  });
});

/** A port of this machine that must not be reached, and how often it was. */
async function forbidden(): Promise<{ readonly port: number; readonly visits: () => number }> {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    socket.destroy();
  });
  server.listen(0, "::");
  await once(server, "listening");
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())));
  return { port: (server.address() as AddressInfo).port, visits: () => count };
}

describe("an answer that leads to this machine", () => {
  const every = (bytes: Buffer): ResourceRecord[] => {
    const [name = []] = decode(bytes).questions.map((question) => question.name);
    const owner = name.join(".");
    return [
      ...["127.0.0.1", "127.1.2.3", "0.0.0.0"].map((address) => a(owner, address)),
      ...[
        "00000000000000000000ffff7f000001",
        "0064ff9b00000000000000007f000001",
        "20027f00000100000000000000000000",
        "0000000000000000000000007f000001",
        "00000000000000000000000000000000",
      ].map((address) => aaaa(owner, address)),
    ];
  };
  const ADDRESSES = ["127.0.0.1", "127.1.2.3", "0.0.0.0", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"];
  const MORE = ["[2002:7f00:1::]", "[::127.0.0.1]", "[::ffff:0.0.0.0]"];

  it.each([["--allow-net", "--deny-net=127.0.0.0/8"], ["--allow-net=evil.test"], ["-N=*.test,evil.test,public"]])(
    "does not get there with %s",
    async (...grants) => {
      const { port, visits } = await forbidden();
      const attempts = [...ADDRESSES, ...MORE].flatMap((address) => [`connect=tcp:${address}:${port}`]);
      const sends = [...ADDRESSES, ...MORE].map((address) => `send=udp:${address}:${port}`);
      const names = ["A=evil.test", "AAAA=evil.test", "A=EVIL.test"];
      const words = [...names, ...attempts, ...sends];
      const ended = await runWith(
        ({ bytes }) => [respond(bytes, every(bytes))],
        [...grants, ATTEMPT, ...words, "exit=0"],
      );
      const wanted = words.map((word) => [word, names.includes(word) ? "0" : `${EACCES}`]);
      expect(results(ended)).toEqual(Object.fromEntries(wanted));
      expect(visits()).toBe(0);
    },
  );

  it.each([
    ["an alias of localhost", [cname("evil.test", "localhost"), a("localhost", "127.0.0.1")]],
    ["an alias of an address", [cname("evil.test", "127.0.0.1")]],
    ["an alias of itself", [cname("evil.test", "evil.test"), a("evil.test", "127.0.0.1")]],
    ["another name's address", [a("other.test", "93.184.216.34"), a("evil.test", "127.0.0.1")]],
  ])("(%s) opens nothing", async (_, records) => {
    const { port, visits } = await forbidden();
    const words = ["A=evil.test", `connect=tcp:127.0.0.1:${port}`, "connect=tcp:93.184.216.34:1", "exit=0"];
    const ended = await runWith(answering(...records), ["-N=evil.test", ATTEMPT, ...words]);
    expect(results(ended)[`connect=tcp:127.0.0.1:${port}`]).toBe(`${EACCES}`);
    expect(results(ended)["connect=tcp:93.184.216.34:1"]).toBe(`${EACCES}`);
    expect(visits()).toBe(0);
  });

  it("of additional records, or to another question, opens nothing", async () => {
    const script: Script = ({ bytes }) => {
      const message = decode(respond(bytes, []));
      const additional = [a("evil.test", "93.184.216.34")];
      return [encode({ ...message, authorities: additional, additional })];
    };
    const words = ["A=evil.test", "connect=tcp:93.184.216.34:1", "exit=0"];
    const ended = await runWith(script, ["-N=evil.test", ATTEMPT, ...words]);
    expect(results(ended)).toEqual({ "A=evil.test": "0", "connect=tcp:93.184.216.34:1": `${EACCES}` });
  });

  it("is no way for text that is an address to somebody", async () => {
    const texts = ["2130706433", "0x7f.1", "127.1", "①②⑦.0.0.1", "0", "127.0.0.1", "::1", "localhost#.test"];
    const words = texts.map((text) => `system=${text}`);
    const ended = await sockyard(["run", "-A", "--deny-net=127.0.0.0/8", ATTEMPT, ...words, "exit=0"]);
    expect(results(ended)).toEqual(Object.fromEntries(words.map((word) => [word, "22"])));
  });
});

describe("a server that is silent", () => {
  it("does not keep a program beyond its time limit", async () => {
    const started = performance.now();
    const ended = await runWith(() => [], ["-N", "--time-limit=700ms", ATTEMPT, "A=slow.test"]);
    expect(ended).toMatchObject({ code: 124, stdout: "" });
    expect(ended.stderr).toContain(
      "time limit of 700 ms reached\n  the program was blocked in a look-up, nobody answered\n",
    );
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

/** What a machine of its own needs: its network and its files in /etc, and everything ends with it. */
const OWN_MACHINE = ["-rmnpf", "--mount-proc", "--kill-child", "sh", "-euc"];

const SET_UP = `
cd "$0"
ip link set lo up
ip address add 93.184.216.34/32 dev lo
ip address add 93.184.216.35/32 dev lo
echo 'nameserver 127.0.0.1' > resolv.conf
echo '93.184.216.35 inside.test' > hosts
mount --bind resolv.conf /etc/resolv.conf
mount --bind hosts /etc/hosts
dnsmasq --conf-file=/dev/null --pid-file="$PWD/pid" --user=root --no-resolv --no-hosts --no-daemon \\
  --listen-address=127.0.0.1 --bind-interfaces --cname=www.site.test,site.test \\
  --host-record=site.test,93.184.216.34 --address=/rebound.test/127.0.0.1 2>log &
until dig +time=1 +tries=1 @127.0.0.1 site.test > /dev/null; do kill -0 $!; done
cd "$1"
shift
exec "$@"
`;

describe.skipIf(!hasNamespaces("dnsmasq", "dig"))("a machine with its own resolv.conf, hosts and dnsmasq", () => {
  it("lets a program reach what it may look up, and nothing else", async () => {
    const attempts = [
      ...["A=www.site.test", "A=inside.test", "system=site.test", "system=rebound.test", "A=else.test"],
      ...["connect=tcp:93.184.216.34:8080", "connect=tcp:93.184.216.35:8080", "connect=tcp:93.184.216.34:8081"],
      ...["connect=tcp:127.0.0.1:53", "send=udp:127.0.0.1:53"],
    ];
    const grants = "-N=www.site.test:8080,inside.test:8080,site.test,rebound.test";
    const command = [process.execPath, join(PROJECT, "build/bin/sockyard.cjs"), "run", grants, ATTEMPT, ...attempts];
    const machine = start("unshare", [...OWN_MACHINE, SET_UP, temporaryDirectory(), PROJECT, ...command, "exit=0"], {
      stdin: "",
    });
    const REFUSED = "111";
    expect(results(await machine.ended)).toEqual({
      "A=www.site.test": "0",
      "A=inside.test": "0",
      "system=site.test": "0",
      "system=rebound.test": "0",
      "A=else.test": `${EACCES}`,
      "connect=tcp:93.184.216.34:8080": REFUSED,
      "connect=tcp:93.184.216.35:8080": REFUSED,
      // By the rule for site.test, whose address it is, too.
      "connect=tcp:93.184.216.34:8081": REFUSED,
      "connect=tcp:127.0.0.1:53": `${EACCES}`,
      "send=udp:127.0.0.1:53": `${EACCES}`,
    });
  });
});
