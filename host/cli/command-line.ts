import { type PermissionFlag, RULE_FLAGS } from "../core/permissions/parse-policy.js";
import { KEEP_FD_FLAG, PASS_FD_FLAG } from "../core/permissions/policy.js";
import { EXIT } from "./exit-code.js";
import { UserError } from "./message.js";
import { parseDuration, parseSize } from "./quantity.js";
import { closest } from "./suggestion.js";

/** The options of `run`, checked but for their rules. */
export interface RunOptions {
  readonly permissions: readonly PermissionFlag[];
  readonly allowAll: boolean;
  /** Sockets that the program is started with: addresses, descriptors, and those that systemd passed. */
  readonly preopenListen: readonly string[];
  readonly listenFd: readonly string[];
  readonly listenFds: boolean;
  /** Sets of `sockyard.json`; null is the default one. */
  readonly permissionSets: readonly (string | null)[];
  /** Variables with values of their own, in the order given. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** `--audit`: the file, or null for standard error; false for no audit. */
  readonly audit: string | null | false;
  /** Whether to allow what no rule allows, and to tell of it. */
  readonly learn: boolean;
  /** Whether somebody at a terminal may be asked. */
  readonly prompt: boolean;
  /** Whether it runs in a network of its own. */
  readonly isolated: boolean;
  /** Whether the kernel holds the process to the grants as well: where it can, or not without it. */
  readonly secondWall: "auto" | "require" | "off";
  readonly trace: boolean;
  /** The prefix of each line of the trace, or null for none. */
  readonly traceName: string | null;
  /** In milliseconds. */
  readonly timeLimit: number | null;
  /** In milliseconds of processor time. */
  readonly cpuLimit: number | null;
  /** In bytes. */
  readonly memoryLimit: number | null;
  /** How many descriptors, the standard streams included. */
  readonly fdLimit: number | null;
  /** In bytes, of standard output and error together. */
  readonly outputLimit: number | null;
  /** In bytes, sent and received. */
  readonly trafficLimit: number | null;
}

/** A command line, split: the options as they were typed, then the file, then what belongs to the program. */
export interface RunCommand {
  readonly options: RunOptions;
  readonly optionWords: readonly string[];
  readonly file: string;
  readonly programArgs: readonly string[];
}

/** Between the programs of one network, and how a program's own word `--with` is written there. */
export const BORDER = "--with";
export const OWN_WORD = `\\${BORDER}`;

const SHORT_FORMS: Readonly<Record<string, string>> = {
  "-N": "--allow-net",
  "-A": "--allow-all",
  "-P": "--permission-set",
  "-h": "--help",
};

/** `flag` may carry a value after `=`; `value` needs one, after `=` or as the next word. */
const OPTIONS: Readonly<Record<string, "flag" | "switch" | "value">> = {
  ...Object.fromEntries(Object.keys(RULE_FLAGS).map((name) => [name, "flag" as const])),
  dir: "value",
  [PASS_FD_FLAG]: "switch",
  [KEEP_FD_FLAG]: "switch",
  env: "value",
  "allow-all": "switch",
  "permission-set": "flag",
  "preopen-listen": "value",
  "listen-fd": "value",
  "listen-fds": "switch",
  audit: "flag",
  learn: "switch",
  "no-prompt": "switch",
  net: "flag",
  "second-wall": "value",
  trace: "flag",
  "trace-name": "value",
  "time-limit": "value",
  "cpu-limit": "value",
  "memory-limit": "value",
  "fd-limit": "value",
  "output-limit": "value",
  "traffic-limit": "value",
  help: "switch",
};

/** Options are ours up to the first word that is none; from there on everything is the program's. */
export function parseRun(command: string, words: readonly string[]): RunCommand | "help" {
  const args = words.map(expandShortForm);
  const { typed, optionWords, end } = typedOptions(args);
  const options = new Map<string, (string | null)[]>();
  for (const { word, name, value } of typed) {
    checkOption(command, name, word, value);
    options.set(name, [...(options.get(name) ?? []), value ?? null]);
  }
  if (options.has("help")) return "help";
  const file = args[end];
  if (file === undefined) throw missingFile(command);
  const permissions = typed
    .filter(({ name }) => isPermission(name))
    .map(({ name, value }) => ({ name, value: value ?? null }));
  return {
    options: { ...runOptions(command, options), permissions },
    optionWords,
    file,
    programArgs: words.slice(end + 1),
  };
}

/** An option as it was typed: `word` is all of it but a value. */
interface TypedOption {
  readonly word: string;
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * The options before the first word that is none, and where that is; `--` ends them, too.
 *
 * Not by node:util's parseArgs, which takes 1 ms of each start.
 */
function typedOptions(words: readonly string[]): { typed: TypedOption[]; optionWords: string[]; end: number } {
  const typed: TypedOption[] = [];
  let end = 0;
  while (/^-./.test(words[end] ?? "") && words[end] !== "--") {
    const [word = "", ...rest] = (words[end++] as string).split("=");
    const name = word.replace(/^--?/, "");
    const takesNext = rest.length === 0 && Object.hasOwn(OPTIONS, name) && OPTIONS[name] === "value";
    typed.push({ word, name, value: takesNext ? words[end++] : rest.length > 0 ? rest.join("=") : undefined });
  }
  const optionWords = words.slice(0, end);
  return { typed, optionWords, end: words[end] === "--" ? end + 1 : end };
}

function expandShortForm(word: string): string {
  const [short = "", ...value] = word.split("=");
  const long = SHORT_FORMS[short];
  return long === undefined ? word : [long, ...value].join("=");
}

function checkOption(command: string, name: string, rawName: string, value: string | undefined): void {
  const kind = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (kind === undefined || !rawName.startsWith("--")) throw unknownOption(command, name, rawName);
  if (kind === "switch" && value !== undefined) {
    throw new UserError({ error: `${rawName} takes no value`, hint: `${rawName}` }, EXIT.usage);
  }
  if (kind === "value" && value === undefined) {
    throw new UserError({ error: `${rawName} needs a value`, hint: "sockyard help run" }, EXIT.usage);
  }
}

function unknownOption(command: string, name: string, rawName: string): UserError {
  const likely = closest(name, Object.keys(OPTIONS));
  const hint = likely === null ? `sockyard help ${command}` : `did you mean '--${likely}'?`;
  return new UserError({ error: `unknown option '${rawName}'`, hint }, EXIT.usage);
}

function missingFile(command: string): UserError {
  return new UserError({ error: `${command} needs a program`, hint: `sockyard ${command} FILE [ARGS]` }, EXIT.usage);
}

function runOptions(
  command: string,
  options: ReadonlyMap<string, readonly (string | null)[]>,
): Omit<RunOptions, "permissions"> {
  const last = (name: string): string | null => options.get(name)?.at(-1) ?? null;
  const format = last("trace");
  if (format !== null && format !== "text") {
    throw new UserError({ error: `unknown trace format '${format}'`, hint: "--trace=text" }, EXIT.usage);
  }
  if (options.has("learn") && options.has("allow-all")) {
    const facts = ["where everything is allowed there is nothing to learn"];
    throw new UserError({ error: "--learn and --allow-all exclude each other", facts, hint: "--learn" }, EXIT.usage);
  }
  return {
    allowAll: options.has("allow-all"),
    preopenListen: (options.get("preopen-listen") ?? []).map((text) => text ?? ""),
    listenFd: (options.get("listen-fd") ?? []).map((text) => text ?? ""),
    listenFds: options.has("listen-fds"),
    permissionSets: options.get("permission-set") ?? [],
    audit: options.has("audit") && last("audit"),
    learn: options.has("learn"),
    prompt: !options.has("no-prompt"),
    isolated: options.has("net") && isolated(last("net")),
    secondWall: secondWall(last("second-wall") ?? "auto", options.has("learn")),
    env: (options.get("env") ?? []).map((word) => variable(word ?? "")),
    trace: command === "trace" || options.has("trace"),
    traceName: last("trace-name"),
    timeLimit: quantity("time-limit", last("time-limit"), parseDuration, "5s, 500ms or 2m"),
    cpuLimit: quantity("cpu-limit", last("cpu-limit"), parseDuration, "5s, 500ms or 2m"),
    memoryLimit: quantity("memory-limit", last("memory-limit"), parseSize, "64M, 512K or 1G"),
    fdLimit: descriptors(last("fd-limit")),
    outputLimit: quantity("output-limit", last("output-limit"), parseSize, "64M, 512K or 1G"),
    trafficLimit: quantity("traffic-limit", last("traffic-limit"), parseSize, "64M, 512K or 1G"),
  };
}

function isolated(text: string | null): true {
  if (text === "isolated") return true;
  const facts = ["a network is the machine's own, or isolated from it"];
  const error = text === null ? "--net needs a value" : `bad value '${text}' in --net`;
  throw new UserError({ error, facts, hint: "--net=isolated" }, EXIT.usage);
}

function secondWall(text: string, learns: boolean): RunOptions["secondWall"] {
  if (text !== "auto" && text !== "require" && text !== "off") {
    const facts = ["it is auto, require or off"];
    throw new UserError(
      { error: `bad value '${text}' in --second-wall`, facts, hint: "--second-wall=auto" },
      EXIT.usage,
    );
  }
  if (text === "require" && learns) {
    const facts = ["what is still to be learned cannot be walled off"];
    throw new UserError(
      { error: "--learn and --second-wall=require exclude each other", facts, hint: "--learn" },
      EXIT.usage,
    );
  }
  return text;
}

function variable(word: string): [string, string] {
  const [name = ""] = word.split("=");
  if (name !== "" && name !== word) return [name, word.slice(name.length + 1)];
  const hint = name === "" ? "--env NAME=VALUE" : `--allow-env=${name}`;
  const facts = [name === "" ? "a variable needs a name" : "it takes NAME=VALUE; to inherit a variable, allow it"];
  throw new UserError({ error: `bad value '${word}' in --env`, facts, hint }, EXIT.usage);
}

function quantity(
  name: string,
  text: string | null,
  parse: (text: string) => number | null,
  examples: string,
): number | null {
  if (text === null) return null;
  const parsed = parse(text);
  if (parsed !== null) return parsed;
  const error = `bad value '${text}' in --${name}`;
  throw new UserError({ error, facts: [`it takes a number and a unit, such as ${examples}`] }, EXIT.usage);
}

function descriptors(text: string | null): number | null {
  if (text === null) return null;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 3 && Number.isSafeInteger(count)) return count;
  const facts = ["it takes a number of descriptors from 3, such as 64; standard input, output and error are three"];
  throw new UserError({ error: `bad value '${text}' in --fd-limit`, facts }, EXIT.usage);
}

function isPermission(name: string): boolean {
  return Object.hasOwn(RULE_FLAGS, name) || name === PASS_FD_FLAG || name === KEEP_FD_FLAG;
}
