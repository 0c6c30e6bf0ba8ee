import { isIsolated, isolate } from "../runtime/isolate.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import { BORDER, OWN_WORD, parseRun, type RunCommand } from "./command-line.js";
import { EXIT } from "./exit-code.js";
import { UserError } from "./message.js";
import { run } from "./run.js";

/** The variable that isolate.c sets. */
const MARK = "SOCKYARD_ISOLATED";

/** `run --net=isolated`: one program, or several, in a network of their own; the exit code of the command. */
export async function runIsolated(name: string, words: readonly string[]): Promise<number> {
  const commands = commandsIn(name, words);
  const [first, ...others] = commands as [RunCommand, ...RunCommand[]];
  if (others.length > 0) refusePassedSockets(commands);
  if (!isIsolated(process.env[MARK])) startOver(first);
  if (others.length > 0) {
    const { runTogether } = await import("./together.js");
    return runTogether(name, commands);
  }
  delete process.env[MARK];
  return run(first);
}

/** The command line of each program; the options of one say nothing of the next. */
function commandsIn(name: string, words: readonly string[]): RunCommand[] {
  const command = parseRun(name, words);
  if (command === "help") throw flaw(`unexpected --help behind ${BORDER}`, [], `sockyard help ${name}`);
  const { programArgs } = command;
  const border = programArgs.indexOf(BORDER);
  const own = border === -1 ? programArgs : programArgs.slice(0, border);
  const others = border === -1 ? [] : commandsIn(name, programArgs.slice(border + 1));
  return [{ ...command, programArgs: own.map((word) => (word === OWN_WORD ? BORDER : word)) }, ...others];
}

function refusePassedSockets(commands: readonly RunCommand[]): void {
  if (commands.every(({ options }) => !options.listenFds && options.listenFd.length === 0)) return;
  const facts = ["a socket that the command was started with goes to one program"];
  throw flaw(`--listen-fd, --listen-fds and ${BORDER} exclude each other`, facts, "--preopen-listen ADDRESS");
}

/** As it was typed, but in another network: whoever started this process sees no difference. */
function startOver({ options: { listenFds, listenFd } }: RunCommand): never {
  const passed = listenFds ? Number(process.env.LISTEN_FDS) : 0;
  const kept = [...Array.from({ length: passed || 0 }, (_, i) => 3 + i), ...listenFd.map(Number.parseFloat)];
  try {
    return isolate([process.execPath, ...process.execArgv, ...process.argv.slice(1)], kept);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new UserError({ error: error.message, facts: error.facts, hint: error.hint }, EXIT.notLoaded);
  }
}

function flaw(error: string, facts: readonly string[], hint: string): UserError {
  return new UserError({ error, facts, hint }, EXIT.usage);
}
