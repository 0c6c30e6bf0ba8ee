import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pinned } from "./machine.js";
import { binary, environment, nodeFlags, sockyardRun, source } from "./paths.js";
import { Program } from "./program.js";

/** How long one measurement takes, in milliseconds: a round makes five. */
const DURATION = 100;

const GRANT = "--allow-net-listen=127.0.0.1:0";

const SERVERS = {
  c: { title: "C, blocking", command: [binary("echo")] },
  again: { title: "C once more (noise)", command: [binary("echo")] },
  guest: { title: "guest", command: sockyardRun(GRANT, source("echo.ts")) },
  limited: { title: "guest, --time-limit", command: sockyardRun("--time-limit=1h", GRANT, source("echo.ts")) },
  net: { title: "Node's net", command: [process.execPath, ...nodeFlags, source("echo-net.js")] },
};

const GUESTS = ["guest", "limited"];

/** The cases in which a server echoes what a client in C sends and checks. */
export const echoCases = [
  echoCase("ping", "a blocking guest answers small messages as fast as C does", [
    rate("64 bytes there and back, one connection", "messages/s", 1, 0.95),
    processorTime("message", { bound: 1.06, better: "lower", of: GUESTS }),
  ]),
  echoCase("bulk", "a guest moves data without copying it", [
    rate("64 KiB there and back, one connection", "MiB/s each way", 1 / 16, 0.9),
  ]),
  echoCase("connect", "taking a connection costs a guest little more than C", [
    rate("connect, 64 bytes there and back, close, one at a time", "connections/s", 1, 0.93),
    processorTime("connection", null),
  ]),
];

/**
 * @param {string} title
 * @param {string} unit
 * @param {number} scale units a message
 * @param {number} bound
 * @returns {import("./rounds.js").Figure & { scale: number }}
 */
function rate(title, unit, scale, bound) {
  return {
    title,
    unit,
    key: "rate",
    scale,
    digits: 0,
    relation: "ratio",
    target: { bound, better: "higher", of: GUESTS },
  };
}

/**
 * @param {string} what the server does once
 * @param {import("./rounds.js").Figure["target"]} target
 * @returns {import("./rounds.js").Figure}
 */
function processorTime(what, target) {
  const title = `processor time of the server for a ${what}`;
  return { title, unit: "ns", key: "cpuTime", digits: 0, relation: "ratio", target };
}

/**
 * @param {string} name
 * @param {string} claim
 * @param {readonly import("./rounds.js").Figure[]} figures
 * @returns {import("./rounds.js").Case}
 */
function echoCase(name, claim, figures) {
  const scale = figures[0].scale;
  const contestants = Object.fromEntries(
    Object.entries(SERVERS).map(([key, server]) => [key, () => startServer(name, server, scale)]),
  );
  return { name, claim, figures, contestants };
}

async function startServer(load, { title, command }, scale) {
  const server = new Program(command, "stderr");
  const stop = () => server.stop();
  try {
    const port = /^listening on 127\.0\.0\.1:(\d+)$/.exec(await server.line())?.[1];
    if (port === undefined) throw new Error(`${title} did not say where it listens`);
    return { title, sample: () => loadServer(server, load, port, scale), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function loadServer(server, load, port, scale) {
  const [file, ...args] = pinned([binary("load"), load, port, String(DURATION)]);
  const before = server.cpuTime();
  const { stdout } = await promisify(execFile)(file, args, { env: environment });
  const cpuTime = server.cpuTime() - before;
  const [messages, nanoseconds] = stdout.split(" ").map(Number);
  return { rate: (messages * scale * 1e9) / nanoseconds, cpuTime: cpuTime / messages };
}
