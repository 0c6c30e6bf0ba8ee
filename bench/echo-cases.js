import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { goVersion, pinned } from "./machine.js";
import { binary, environment, nodeFlags, sockyardRun, source } from "./paths.js";
import { Program } from "./program.js";

/** How long one measurement takes, in milliseconds: a round makes five. */
const DURATION = 100;

/** The servers that answer alike, in C and as guests, and what the guests need. */
const TCP = servers("echo", "C, blocking", ["--allow-net-listen=127.0.0.1:0"]);
const UNIX = servers("echo-unix", "C, blocking", ["--allow-net-listen=unix:@*"]);
const UDP = servers("echo-udp", "C, blocking", ["--allow-net=127.0.0.1"]);
const RELAY = servers("relay", "C, blocking", ["--allow-net-listen=127.0.0.1:0"]);
const MANY = servers("echo-epoll", "C, epoll", ["--allow-net-listen=127.0.0.1:0"]);
const TAKE = servers("take", "C, blocking", ["--allow-net-listen=unix:@*", "--allow-fd-pass"]);
const ASKING = { title: "C, asking what came", command: [binary("take"), "asking"] };
const GO = { title: "Go, GOMAXPROCS=1", command: [binary("echo-go")] };
const GOROUTINES = {
  ...servers("echo-goroutines", "", ["--allow-net-listen=127.0.0.1:0"]),
  c: MANY.c,
  again: MANY.again,
  ...(goVersion === null ? {} : { go: GO }),
};
const NET = { title: "Node's net", command: [process.execPath, ...nodeFlags, source("echo-net.js")] };

const GUESTS = ["guest", "limited"];

/** The cases in which a server echoes what a client in C sends and checks. */
export const echoCases = [
  echoCase("ping", "a blocking guest answers small messages as fast as C does", { ...TCP, net: NET }, [
    rate("64 bytes there and back, one connection", "messages/s", 1, 0.95),
    processorTime("message", { bound: 1.06, better: "lower", of: GUESTS }),
  ]),
  echoCase("bulk", "a guest moves data without copying it", { ...TCP, net: NET }, [
    rate("64 KiB there and back, one connection", "MiB/s each way", 1 / 16, 0.9),
  ]),
  echoCase("connect", "taking a connection costs a guest little more than C", { ...TCP, net: NET }, [
    rate("connect, 64 bytes there and back, close, one at a time", "connections/s", 1, 0.93),
    processorTime("connection", null),
  ]),
  echoCase("unix", "the same holds for Unix stream sockets, where the kernel has less to do", UNIX, [
    rate("64 bytes there and back, one connection", "messages/s", 1, 0.93),
  ]),
  echoCase("udp", "and for datagrams, each of which policy judges", UDP, [
    rate("64 bytes there and back, one client", "messages/s", 1, 0.93),
    processorTime("message", null),
  ]),
  echoCase("udp-many", "also where each goes to somebody else", UDP, [
    rate("64 bytes there and back, 100 clients in turn", "messages/s", 1, 0.93),
  ]),
  echoCase("many", "one guest serves a thousand clients with epoll", MANY, [
    rate("64 bytes there and back, 1,000 connections at once", "messages/s", 1, 0.93),
    processorTime("message", null),
  ]),
  echoCase("many-goroutines", "so it does with a goroutine for each", GOROUTINES, [
    rate("64 bytes there and back, 1,000 connections at once", "messages/s", 1, 0.88),
    processorTime("message", null),
  ]),
  echoCase("copy", "io.copy moves a gibibyte in five parts as a loop in C does", RELAY, [
    rate("from one connection to another", "MiB/s", 2 ** -20, 0.85),
  ]),
  echoCase("pass", "a guest takes descriptors nearly as fast as C", { ...TAKE, asking: ASKING }, [
    rate("a TCP socket passed, taken, closed and answered for", "passes/s", 1, 0.85),
    processorTime("pass", null),
  ]),
];

/**
 * @param {string} name of the program in C and of the guest
 * @param {string} title of the reference
 * @param {readonly string[]} grants
 */
function servers(name, title, grants) {
  const guest = source(`${name}.ts`);
  return {
    c: { title, command: [binary(name)] },
    again: { title: "C once more (noise)", command: [binary(name)] },
    guest: { title: "guest", command: sockyardRun(...grants, guest) },
    open: { title: "guest, no second wall", command: sockyardRun("--second-wall=off", ...grants, guest) },
    limited: { title: "guest, --time-limit", command: sockyardRun("--time-limit=1h", ...grants, guest) },
  };
}

/** The client of a case: how it is started for a server at `address`. */
function client(name, address) {
  if (name.startsWith("many")) return [binary("load-many"), "1000", address, String(DURATION)];
  if (name === "copy") return [binary("load-relay"), address, "205"];
  if (name === "pass") return [binary("load-pass"), address, String(DURATION)];
  return [binary("load"), name, address, String(DURATION)];
}

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
 * @param {Record<string, { title: string, command: readonly string[] }>} programs
 * @param {readonly import("./rounds.js").Figure[]} figures
 * @returns {import("./rounds.js").Case}
 */
function echoCase(name, claim, programs, figures) {
  const scale = figures[0].scale;
  const contestants = Object.fromEntries(
    Object.entries(programs).map(([key, server]) => [key, () => startServer(name, server, scale)]),
  );
  return { name, claim, figures, contestants };
}

async function startServer(load, { title, command }, scale) {
  const server = new Program(command, "stderr");
  const stop = () => server.stop();
  try {
    const address = /^listening on (?:127\.0\.0\.1:(?=\d)|(?=@))(\S+)$/.exec(await server.line())?.[1];
    if (address === undefined) throw new Error(`${title} did not say where it listens`);
    return { title, sample: () => loadServer(server, client(load, address), scale), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function loadServer(server, command, scale) {
  const [file, ...args] = pinned(command);
  const before = server.cpuTime();
  const { stdout } = await promisify(execFile)(file, args, { env: environment });
  const cpuTime = server.cpuTime() - before;
  const [messages, nanoseconds] = stdout.split(" ").map(Number);
  return { rate: (messages * scale * 1e9) / nanoseconds, cpuTime: cpuTime / messages };
}
