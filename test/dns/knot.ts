// A real DNS server, Knot, with zones of the test. It is authoritative: it
// follows aliases within its zones, truncates, and answers over UDP and TCP.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bindBoth } from "./scripted.js";

/** The program that has to be installed (`has(KNOT)`). */
export const KNOT = "knotd";

export interface NameServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts Knot on a free port of 127.0.0.1, for UDP and TCP.
 *
 * `zones`: the text of each zone's file by the zone's name. A zone without text
 * has no file, and every question about it is answered with SERVFAIL.
 */
export async function startKnot(zones: Readonly<Record<string, string>>): Promise<NameServer> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const server = await tryToStart(zones, await freePort());
    if (server !== undefined) return server;
  }
  throw new Error("no port for Knot");
}

/** A port that nobody has just now. Somebody may take it until the server does. */
async function freePort(): Promise<number> {
  const { udp, tcp, port } = await bindBoth();
  await Promise.all([new Promise<void>((done) => udp.close(done)), new Promise((done) => tcp.close(done))]);
  return port;
}

async function tryToStart(zones: Readonly<Record<string, string>>, port: number): Promise<NameServer | undefined> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-knot-"));
  const configuration = join(directory, "knot.conf");
  mkdirSync(join(directory, "run"));
  writeFileSync(configuration, configure(directory, port, zones));
  const child = spawn(KNOT, ["-c", configuration], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const stop = async () => {
    child.kill();
    await ended;
    remove();
  };
  let log = "";
  const started = await new Promise<boolean>((done, reject) => {
    child.once("error", reject);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (log.includes("server started")) done(!log.includes("cannot bind"));
    });
    child.once("close", () => done(false));
  });
  if (started) return { port, stop };
  await stop();
  if (!log.includes("cannot bind")) throw new Error(`Knot did not start:\n${log}`);
  return undefined;
}

function configure(directory: string, port: number, zones: Readonly<Record<string, string>>): string {
  const entries = Object.entries(zones).map(([zone, text], i) => {
    const file = join(directory, `${i}.zone`);
    if (text !== "") writeFileSync(file, `$ORIGIN ${zone}.\n${text}`);
    return `  - domain: ${zone}.\n    file: ${file}\n    zonefile-sync: -1\n    journal-content: none`;
  });
  return `
server:
    rundir: ${directory}/run
    listen: 127.0.0.1@${port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: ${directory}
log:
  - target: stderr
    any: info
zone:
${entries.join("\n")}
`;
}
