import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hasNamespaces } from "../cli/namespaces.js";
import { type Ended, guest, PROJECT, start, temporaryDirectory } from "../cli/sockyard.js";
import { a, readQuery, textOf } from "./message.js";
import { respond, type Script, type ScriptedServer, startScripted } from "./scripted.js";

const DELAY = 400;
const TRUNCATED = 0x0200;

const later = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Answers each name with an address of its own, after a while. */
const slow: Script = async ({ bytes }) => {
  await later(DELAY);
  const name = textOf(readQuery(bytes).question.name);
  return [respond(bytes, [a(name, `192.0.2.${/\d+/.exec(name)?.[0]}`)])];
};
const silent: Script = () => [];
/** Nothing fits into a datagram. */
const overTcp: Script = async (query) =>
  query.transport === "tcp" ? await slow(query) : [respond(query.bytes, [], { flags: TRUNCATED })];

/** The names of slow.test and their addresses, as the guest prints them. */
const wanted = (count: number) => Array.from({ length: count }, (_, i) => `n${i}.slow.test 192.0.2.${i}`);

interface Run {
  readonly lines: readonly string[];
  readonly ticks: number;
  readonly milliseconds: number;
  /** The guest's open descriptors. */
  readonly open: number;
  readonly server: ScriptedServer;
  readonly ended: Ended;
}

/** Runs go-lookups.ts on a machine whose name server does as the script says. */
async function lookUp(script: Script, how: string, count: number, ...options: string[]): Promise<Run> {
  const server = await startScripted(script);
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-lookups-"));
  onTestFinished(async () => {
    rmSync(directory, { recursive: true });
    await server.stop();
  });
  const path = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const files = {
    resolvConf: path("resolv.conf", "options timeout:5\n"),
    hosts: path("hosts", "192.0.2.9 here.test\n"),
  };
  const settings = { servers: [{ address: "127.0.0.1", port: server.port }], files };
  const words = [...options, "-A", guest("go-lookups.ts"), how, String(count), String(server.port)];
  const ended = await start(process.execPath, ["test/dns/sockyard.js", JSON.stringify(settings), ...words]).ended;
  const lines = ended.stdout.trimEnd().split("\n");
  const [, ticks = 0, milliseconds = 0, open = 0] = /^ticks (\d+) ms (\d+) open (\d+)$/.exec(lines.pop() ?? "") ?? [];
  const numbers = { ticks: Number(ticks), milliseconds: Number(milliseconds), open: Number(open) };
  return { lines, ...numbers, server, ended };
}

/** The set in which goroutines wait; all others are closed. */
const OPEN = 1;

describe("look-ups in goroutines", () => {
  it.each([
    ["by the host's servers", slow, "host", ""],
    ["by the host's servers, over TCP", overTcp, "host", ""],
    ["by the host's servers, with a time limit", slow, "host", "--time-limit=20s"],
    ["by a server of their own", slow, "server", ""],
    ["by a server of their own, over TCP", overTcp, "server", ""],
  ])("%s: twenty pairs take as long as one, and others run meanwhile", async (_, script, how, option) => {
    const run = await lookUp(script, how, 20, ...[option].filter(Boolean));
    expect(run.lines).toEqual(wanted(20));
    expect(run.milliseconds).toBeGreaterThanOrEqual(2 * DELAY);
    expect(run.milliseconds).toBeLessThan(8 * DELAY);
    expect(run.ticks).toBeGreaterThan(DELAY / 20);
    expect(run.open).toBe(OPEN);
    expect(run.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("are two hundred without getting in each other's way", async () => {
    const run = await lookUp(slow, "host", 200);
    expect(run.lines).toEqual(wanted(200));
    expect(new Set(run.server.queries.map(({ port }) => port)).size).toBeGreaterThan(200);
    expect(run.open).toBe(OPEN);
  });

  it.each([
    ["deadline", "error 2 errno 110"],
    ["cancel", "error -1 errno 125"],
  ])("end early by a %s, and leave nothing", async (how, line) => {
    const run = await lookUp(silent, how, 3);
    expect(run.lines).toEqual([line, line, line]);
    expect(run.milliseconds).toBeLessThan(3000);
    expect(run.server.queries).toHaveLength(3);
    expect(run.open).toBe(OPEN);
  });

  it("end with the program, whose time limit they do not hold up", async () => {
    const { ended, server } = await lookUp(silent, "host", 5, "--time-limit=2s");
    expect(ended).toMatchObject({ code: 124 });
    expect(server.queries).toHaveLength(5);
  });
});

/** A machine of the test's own: no network, and a system that knows the names of slow.test by itself. */
const SET_UP = `
cd "$0"
ip link set lo up
echo 'nameserver 127.0.0.1' > resolv.conf
echo 'hosts: files dns' > nsswitch.conf
for i in $(seq 0 38); do echo "192.0.2.$i n$i.slow.test."; done > hosts
for name in resolv.conf nsswitch.conf hosts; do mount --bind $name /etc/$name; done
cd "$1"
shift
exec "$@"
`;

describe.skipIf(!hasNamespaces())("look-ups of the system's in goroutines", () => {
  it("are as many as there are, though it has threads for fewer", async () => {
    const settings = JSON.stringify({ files: { hosts: "/dev/null", resolvConf: "/dev/null" } });
    const program = [process.execPath, "test/dns/sockyard.js", settings, "-A", guest("go-lookups.ts"), "system", "40"];
    const machine = ["-rmnpf", "--mount-proc", "--kill-child", "sh", "-euc", SET_UP, temporaryDirectory(), PROJECT];
    const ended = await start("unshare", [...machine, ...program], { stdin: "" }).ended;
    const lines = ended.stdout.trimEnd().split("\n");
    expect(lines.pop()).toMatch(new RegExp(` open ${OPEN}$`));
    // The last is in no file, and nobody listens who could know it.
    expect(lines).toEqual([...new Array(39).fill("1 addresses"), "errno 11"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
  });
});
