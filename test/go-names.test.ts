import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { guest, has, PROJECT, type StartOptions, sockyard, start, temporaryDirectory } from "./cli/sockyard.js";

/** An operation of go-names.ts, and the `network/address` that it is about. */
type Operation = readonly [how: string, what: string];

const SERVICES = ["", "0", "80", "+80", "-1", "65535", "65536", "080", "99999999999", "8 0", "-", "+", "-0", "nosuch"];
const PORTS: readonly Operation[] = [
  ...["tcp", "tcp4", "udp6", "", "ip", "unix", "sctp", "tcp5"].flatMap((network) =>
    SERVICES.map((service): Operation => ["port", `${network}/${service}`]),
  ),
  // Of no network in particular Go 1.19 knows no name; later ones do.
  ...["tcp", "tcp6", "udp", "udp4", "ip"].flatMap((network) =>
    ["http", "HTTP", "domain", "tftp", "http/x", "ü"].map((service): Operation => ["port", `${network}/${service}`]),
  ),
];

const UNIX: readonly Operation[] = ["unix", "unixgram", "unixpacket", "", "tcp", "Unix"].flatMap((network) =>
  ["", "/run/a", "@name", "./a b", "a\nb"].map((name): Operation => ["unixaddr", `${network}/${name}`]),
);

const WRONG = [
  "",
  "127.0.0.1",
  ":",
  "[::1]",
  "127.0.0.1:nosuch",
  "127.0.0.1:65536",
  "127.0.0.1:-1",
  "::1:80",
  "[::1:80",
];
const ENDS: readonly Operation[] = [
  ...["tcp", "tcp4", "tcp6", "udp", "", "x"].flatMap((network) =>
    [...WRONG, "127.0.0.1:80", "[::1]:http", "[fe80::1%2]:80", "127.0.0.1:"].flatMap((address): Operation[] => [
      ["tcpaddr", `${network}/${address}`],
      ["udpaddr", `${network}/${address}`],
    ]),
  ),
  ...["ip", "ip4", "ip6", "ip4:icmp", "tcp"].flatMap((network) =>
    ["127.0.0.1", "::1", "::ffff:1.2.3.4"].map((address): Operation => ["ipaddr", `${network}/${address}`]),
  ),
];

/** What nobody is asked for. */
const NO_NAMES = [
  ...["127.0.0.256", "1.2.3", "12", "0.", "a..b", ".a", "a..", "-a.b", "a-.b", "a.b-", "a b", "a\\b", "ü.test", "a:1"],
  ...["[::1]", "1.2.3.4%1", "a+b", "*.test", "*", `${"x".repeat(64)}.test`, `${"a.".repeat(126)}ab`],
];
const LOOKUPS: readonly Operation[] = [
  ...NO_NAMES.flatMap((name) => ["host", "ip4", "cname", "mx", "ns", "txt"].map((how): Operation => [how, name])),
  ...NO_NAMES.filter((name) => !/^\d/.test(name)).map((name): Operation => ["srv", `http/tcp/${name}`]),
  ...["", "127.0.0.1", "::1"].flatMap((name) => ["cname", "mx", "txt"].map((how): Operation => [how, name])),
  ...["ip4/::1", "ip4/fe80::1%1", "ip6/127.0.0.1", "ip5/127.0.0.1", "ip5/x", "host/"].map(
    (each) => each.split("/") as unknown as Operation,
  ),
];

const NETWORKS = ["tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket", "", "x", "TCP"];

/** Where Go makes a socket that is of no use: here these are errors. */
const UNUSABLE = { listen: ["unixgram"], listenpacket: ["unix", "unixpacket"] };

describe.skipIf(!has("go"))("net's functions that take texts, and Go's", () => {
  let program: string;

  beforeAll(() => {
    const directory = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
    program = join(directory, "names");
    // Go's own resolver, and not that of the C library.
    const env = { ...process.env, CGO_ENABLED: "0" };
    execFileSync("go", ["build", "-o", program, join(PROJECT, "test/go/names.go")], { env });
    return () => rmSync(directory, { recursive: true });
  }, 120_000);

  /** A directory of one's own, with a file: sockets stay behind in it. */
  function surroundings(): StartOptions {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, "file"), "");
    return { cwd, stdin: "" };
  }

  /** Has both perform the operations, and compares; Go's answers. */
  async function compare(operations: readonly Operation[]): Promise<string[]> {
    const go = await start(program, operations.flat(), surroundings()).ended;
    const args = ["run", "-A", join(PROJECT, guest("go-names.ts")), ...operations.flat()];
    const ours = await sockyard(args, surroundings());
    expect({ code: ours.code, stderr: ours.stderr, go: go.code }).toEqual({ code: 0, stderr: "", go: 0 });
    // An abstract name is the kernel's choice.
    const pair = (text: string) =>
      text
        .replace(/@[0-9a-f]{5}$/gm, "@name")
        .split("\n")
        .map((line, i) => `${operations[i]?.join(" ")}: ${line}`);
    expect(pair(ours.stdout)).toEqual(pair(go.stdout));
    return go.stdout.split("\n").slice(0, -1);
  }

  it("lookupPort finds what Go finds, and says what it says", async () => {
    const answers = await compare(PORTS);
    expect(answers).toContain("80");
    expect(answers).toContain("address 65536: invalid port");
    expect(answers).toContain("address tcp/nosuch: unknown port");
    expect(answers).toContain("address sctp: unknown network");
  });

  it("resolveUnixAddr takes any name of a network of Unix sockets", async () => {
    const answers = await compare(UNIX);
    expect(answers).toContain("@name");
    expect(answers).toContain("unknown network Unix");
  });

  it("resolveTCPAddr and its kin read addresses and their errors", async () => {
    const answers = await compare(ENDS);
    expect(answers).toContain("address ::1: no suitable address found");
    expect(answers).toContain("address 127.0.0.1: missing port in address");
  });

  it("look-ups ask nobody for what is no name", async () => {
    const answers = await compare(LOOKUPS);
    expect(answers).toContain("lookup a..b: no such host [not found]");
    expect(answers).toContain("lookup _http._tcp.-a.b: no such host [not found]");
    expect(answers).toContain("address ::1: no suitable address found");
    expect(answers).toContain("unknown network ip5");
    expect(answers).not.toContain("found");
  });

  it("dial fails as Go's, by the same network and address", async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const answers = await compare(
      NETWORKS.flatMap((network) =>
        [...WRONG, `127.0.0.1:${port}`, `:${port}`, "127.0.0.1:1", "[::1]:1", "nowhere", "file"].map(
          (address): Operation => ["connect", `${network}/${address}`],
        ),
      ),
    );
    expect(answers).toContain(`tcp 127.0.0.1:${port}`);
    expect(answers).toContain("dial tcp 127.0.0.1:1: connect: connection refused [ECONNREFUSED]");
    expect(answers).toContain("dial unix nowhere: connect: no such file or directory");
    expect(answers).toContain("dial x: unknown network x");
  });

  it.each(["listen", "listenpacket"] as const)("%s fails as Go's, and listens at the same place", async (how) => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const answers = await compare(
      NETWORKS.filter((network) => !UNUSABLE[how].includes(network)).flatMap((network) =>
        [...WRONG, "127.0.0.1:0", "[::1]:0", "192.0.2.1:0", "here/socket", "file", `127.0.0.1:${port}`].map(
          (address): Operation => [how, `${network}/${address}`],
        ),
      ),
    );
    const isPacket = how === "listenpacket";
    const unusable = UNUSABLE[how].flatMap((network) => [how, `${network}/file`]);
    const refused = await sockyard(["run", "-A", guest("go-names.ts"), ...unusable]);
    expect(refused.stdout).toBe(
      UNUSABLE[how].map((network) => `listen ${network} file: address file: unexpected address type\n`).join(""),
    );
    expect(answers).toContain(isPacket ? "udp 127.0.0.1" : "tcp 127.0.0.1");
    expect(answers).toContain(`listen ${isPacket ? "unixgram" : "unix"} file: bind: address already in use`);
    expect(answers).toContain(`listen ${isPacket ? "udp" : "tcp"} 192.0.2.1:0: bind: cannot assign requested address`);
  });
});
