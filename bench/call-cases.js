import { binary, sockyardRun, source } from "./paths.js";
import { Program } from "./program.js";

const GRANT = "--allow-net=127.0.0.1";

/**
 * In a process of several threads, as each of Node's is, the kernel counts its
 * uses of a descriptor atomically. What is compared is the same loop in such a
 * process; C with one thread shows that part apart.
 */
const PROGRAMS = {
  threads: { title: "C with two threads", command: [binary("calls"), "threads"] },
  c: { title: "C with one thread", command: [binary("calls")] },
  guest: { title: "guest", command: sockyardRun(GRANT, source("calls.ts")) },
  open: { title: "guest, no second wall", command: sockyardRun("--second-wall=off", GRANT, source("calls.ts")) },
  limited: { title: "guest, --time-limit", command: sockyardRun("--time-limit=1h", GRANT, source("calls.ts")) },
};

const GUESTS = ["guest", "limited"];

/** The cases in which one program makes the same calls over and over, and nobody waits for anybody. */
export const callCases = [
  callCase("call", "e", "the way from a guest to the kernel and back is short", {
    title: "processor time of recv() of an empty socket (EAGAIN)",
    relation: "difference",
    target: { bound: 120, better: "lower", of: GUESTS },
  }),
  callCase("pair", "p", "what a guest pays for a call is little beside the call", {
    title: "processor time of write() and read() of 64 bytes on a TCP connection with itself",
    relation: "ratio",
    target: { bound: 1.06, better: "lower", of: GUESTS },
  }),
  callCase("pair-pass", "d", "what policy and memory of descriptors cost beside passing one", {
    title: "processor time of sending a descriptor through a pair of Unix sockets, receiving and closing it",
    relation: "ratio",
    target: null,
  }),
];

/**
 * @param {string} name
 * @param {string} letter that asks the programs for a round
 * @param {string} claim
 * @param {Pick<import("./rounds.js").Figure, "title" | "relation" | "target">} figure
 * @returns {import("./rounds.js").Case}
 */
function callCase(name, letter, claim, figure) {
  const contestants = Object.fromEntries(
    Object.entries(PROGRAMS).map(([key, { title, command }]) => [key, () => startProgram(title, command, letter)]),
  );
  return { name, claim, figures: [{ ...figure, unit: "ns", key: "time", digits: 0 }], contestants };
}

async function startProgram(title, command, letter) {
  const program = new Program(command, "stdout");
  const sample = async () => {
    const before = program.cpuTime();
    program.write(letter);
    const count = Number(await program.line());
    return { time: (program.cpuTime() - before) / count };
  };
  return { title, sample, stop: () => program.stop() };
}
