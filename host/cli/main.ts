import { readFileSync } from "node:fs";
import { parseRun } from "./command-line.js";
import { EXIT } from "./exit-code.js";
import { leave } from "./leave.js";
import { report, UserError, writeOutput } from "./message.js";
import { run } from "./run.js";
import { closest } from "./suggestion.js";

const COMMANDS: readonly string[] = ["run", "trace", "build", "info", "help"];

async function main(words: readonly string[]): Promise<number> {
  const [command = "help", ...rest] = words;
  switch (command) {
    case "run":
    case "trace":
      return runCommand(command, rest);
    case "build":
      return buildCommand(rest);
    case "info":
      return infoCommand(rest);
    case "help":
    case "-h":
    case "--help":
      return help(rest);
    case "-V":
    case "--version":
      writeOutput(`${version()}\n`);
      return 0;
    default:
      throw unknownCommand(command);
  }
}

async function runCommand(command: string, words: readonly string[]): Promise<number> {
  const parsed = parseRun(command, words);
  if (parsed === "help") return help(["run"]);
  if (!parsed.options.isolated) return leave(await run(parsed));
  const { runIsolated } = await import("./isolated.js");
  return leave(await runIsolated(command, words));
}

async function buildCommand(words: readonly string[]): Promise<number> {
  const { build, parseBuild } = await import("./build.js");
  const parsed = parseBuild(words);
  return parsed === "help" ? help(["build"]) : build(parsed);
}

async function infoCommand(words: readonly string[]): Promise<number> {
  const [file, surplus] = words;
  if (file === "-h" || file === "--help") return help(["info"]);
  if (file === "--host" && surplus === undefined) {
    const { infoHost } = await import("./info-host.js");
    return infoHost(version());
  }
  if (file === undefined)
    throw new UserError({ error: "info needs a program", hint: "sockyard info FILE" }, EXIT.usage);
  if (surplus !== undefined) throw new UserError({ error: `unexpected '${surplus}' after the program` }, EXIT.usage);
  const { info } = await import("./info.js");
  return info(file);
}

async function help([topic = null]: readonly (string | null)[]): Promise<number> {
  const { helpText, HELP_TOPICS } = await import("./help.js");
  const text = helpText(topic, version());
  if (text === null) {
    throw new UserError(
      { error: `no help on '${topic}'`, facts: [`there is help on ${HELP_TOPICS.join(", ")}`] },
      EXIT.usage,
    );
  }
  writeOutput(text);
  return 0;
}

function unknownCommand(command: string): UserError {
  const isOption = command.startsWith("-");
  const likely = isOption ? null : closest(command, COMMANDS);
  const asFile = isOption
    ? "options follow the command: sockyard run [OPTIONS] FILE"
    : `to run a file called '${command}': sockyard run ./${command}`;
  const hint = likely === null ? asFile : `did you mean '${likely}'? ${asFile[0]?.toUpperCase()}${asFile.slice(1)}`;
  return new UserError({ error: `unknown ${isOption ? "option" : "command"} '${command}'`, hint }, EXIT.usage);
}

function version(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

/** A user's mistake is a message; anything else is a bug of ours, and says so. */
function explain(error: unknown): number {
  if (error instanceof UserError) {
    report(error.details);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = stack.split("\n");
  const isShown = process.env.SOCKYARD_BACKTRACE === "1";
  const hint = isShown ? null : "set SOCKYARD_BACKTRACE=1 to see where";
  report({ error: "sockyard itself failed", facts: isShown ? lines : lines.slice(0, 1), hint });
  return EXIT.notLoaded;
}

// The process ends here whatever is still open: every byte has been written by now.
main(process.argv.slice(2))
  .catch(explain)
  .then((code) => process.exit(code));
