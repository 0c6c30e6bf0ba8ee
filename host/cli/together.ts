import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { setTimeout } from "node:timers/promises";
import { BORDER, OWN_WORD, type RunCommand } from "./command-line.js";

/** How long a program may take until the next one starts, and how often it is looked at, in milliseconds. */
const PATIENCE = 1000;
const PAUSE = 5;

/** As files of /proc/net show them: listening, or a datagram socket with a port. */
const READY: Readonly<Record<string, RegExp>> = {
  tcp: / 0A /g,
  tcp6: / 0A /g,
  udp: / 07 /g,
  udp6: / 07 /g,
  unix: /: [0-9A-F]+ [0-9A-F]+ 00010000 /g,
};

const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs programs in the network that this process is in, each in a process of its own, with grants of its own.
 *
 * Each starts once the one before it is ready or has ended. Ends when all have;
 * the exit code is that of the first that failed. A signal ends them all, and this process.
 */
export async function runTogether(name: string, commands: readonly RunCommand[]): Promise<number> {
  const children: ChildProcess[] = [];
  const codes: number[] = [];
  const signal = onSignal(children);
  const ends: Promise<void>[] = [];
  for (const command of commands) {
    if (signal() !== null) break;
    const before = readySockets();
    const child = spawn(process.execPath, wordsOf(name, command), { stdio: "inherit" });
    children.push(child);
    ends.push(
      once(child, "exit").then(([code, killer]) => {
        codes.push(code ?? 128 + constants.signals[killer as NodeJS.Signals]);
      }),
    );
    if (command !== commands.at(-1)) await readiness(child, before);
  }
  await Promise.all(ends);
  const killer = signal();
  if (killer !== null) endBy(killer);
  return codes.find((code) => code !== 0) ?? 0;
}

/** The words of one of them. */
function wordsOf(name: string, { optionWords, file, programArgs }: RunCommand): string[] {
  const args = programArgs.map((word) => (word === BORDER ? OWN_WORD : word));
  // Two that ask at one terminal would take each other's answers.
  const options = ["--net=isolated", "--no-prompt", ...optionWords];
  return [...process.execArgv, process.argv[1] as string, name, ...options, "--", file, ...args];
}

/** Passes on what should end this process; the answer is the first such signal, or null. */
function onSignal(children: readonly ChildProcess[]): () => NodeJS.Signals | null {
  let first: NodeJS.Signals | null = null;
  for (const signal of ENDING) {
    process.on(signal, () => {
      first ??= signal;
      for (const child of children) child.kill(signal);
    });
  }
  return () => first;
}

/** Ends this process as the signal would have, so that whoever started it sees why. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

async function readiness(child: ChildProcess, before: number): Promise<void> {
  const until = performance.now() + PATIENCE;
  while (performance.now() < until && isRunning(child) && readySockets() <= before) await setTimeout(PAUSE);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function readySockets(): number {
  return Object.entries(READY).reduce((count, [file, pattern]) => count + countIn(file, pattern), 0);
}

function countIn(file: string, pattern: RegExp): number {
  try {
    return readFileSync(`/proc/net/${file}`, "latin1").match(pattern)?.length ?? 0;
  } catch {
    // A kernel without IPv6 has no such files.
    return 0;
  }
}
