import { join } from "node:path";
import { loadProgram, type Program } from "../compiler/load-program.js";
import { CompileError, ProgramError } from "../compiler/program-error.js";
import { BadRuleError, RULE_FLAGS } from "../core/permissions/parse-policy.js";
import type { ResolverSettings } from "../runtime/resolver-host.js";
import type { Listener } from "../runtime/run-guest.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import type { RunCommand, RunOptions } from "./command-line.js";
import { conclude } from "./conclude.js";
import { environmentFor } from "./environment-for.js";
import { EXIT } from "./exit-code.js";
import { type Job, needsThread, type Rules, readRules, runJob } from "./job.js";
import { hasColors, UserError, writeError } from "./message.js";
import { hideStandardStreams } from "./standard-streams.js";
import type { JobEnd, Watch } from "./timed-job.js";

/** Runs a program; the exit code of the command. Throws a `UserError` if it cannot start. */
export async function run(command: RunCommand, resolver: ResolverSettings = {}): Promise<number> {
  const { options, rules } = await withPermissionSets(command.options);
  const program = await load(command.file, command.optionWords);
  const { listeners, variables } = await inheritedBy(options, rules);
  const job: Job = {
    bytes: program.bytes,
    args: [command.file, ...command.programArgs],
    env: { ...variables, ...environmentFor(options, rules.policy, process.env) },
    listeners,
    options,
    command: { before: ["sockyard", "run", ...command.optionWords], after: [command.file, ...command.programArgs] },
    cancelFd: -1,
    auditFd: await auditOf(options, rules),
    resolver,
  };
  if (!options.learn) return conclude(await start(job, rules, program), options, program);
  const { learn } = await import("./learn.js");
  return learn(
    job,
    rules.addresses,
    (watch) => start(job, rules, program, watch),
    (end) => conclude(end, options, program),
  );
}

/** Loads for running or inspecting; what is wrong with the file is the user's to know. */
export async function load(file: string, optionWords: readonly string[] = []): Promise<Program> {
  hideStandardStreams();
  try {
    return await loadProgram(file, {
      cacheDirectory: cacheDirectory(),
      hasProcess: true,
      get colors() {
        return hasColors();
      },
      log: (text) => writeError(`${text}\n`),
    });
  } catch (error) {
    if (error instanceof CompileError) {
      writeError(`${error.diagnostics}\n`);
      throw new UserError({ error: error.message }, EXIT.notLoaded);
    }
    if (error instanceof ProgramError) {
      throw new UserError(
        { error: error.message, facts: error.facts, hint: loadHint(file, optionWords) },
        EXIT.notLoaded,
      );
    }
    throw error;
  }
}

/** A rule that was typed after a space instead of `=` looks like a file to us. */
function loadHint(file: string, optionWords: readonly string[]): string | null {
  const option = optionWords.at(-1) ?? "";
  const isRule = Object.hasOwn(RULE_FLAGS, option.replace(/^--/, "")) && !/\.(wasm|wat|ts)$/.test(file);
  return isRule ? `a rule is joined to its option by '=': ${option}=${file}` : null;
}

/** `$XDG_CACHE_HOME/sockyard`, or `~/.cache/sockyard`; a relative XDG_CACHE_HOME is to be ignored (XDG base directories). */
function cacheDirectory(): string {
  const { XDG_CACHE_HOME: base, HOME: home } = process.env;
  if (base?.startsWith("/")) return join(base, "sockyard");
  return join(home ?? process.getBuiltinModule("node:os").homedir(), ".cache/sockyard");
}

/** A rule that does not parse is told before the program is even looked for. */
function understand(options: RunOptions): Rules {
  try {
    return readRules(options);
  } catch (error) {
    throw error instanceof BadRuleError ? badRule(error) : error;
  }
}

/** The options with the rules of the sets that they name; no set is looked for unless one is named. */
async function withPermissionSets(options: RunOptions): Promise<{ options: RunOptions; rules: Rules }> {
  if (options.permissionSets.length === 0) return { options, rules: understand(options) };
  const { readPermissionSets, refuseWritable } = await import("./permission-set.js");
  const { file, flags } = readPermissionSets(options.permissionSets, process.cwd());
  const together = { ...options, permissions: [...options.permissions, ...flags] };
  const rules = understand(together);
  refuseWritable(file, rules.policy);
  return { options: together, rules };
}

async function inheritedBy(
  options: RunOptions,
  { addresses }: Rules,
): Promise<{ listeners: readonly Listener[]; variables: Record<string, string> }> {
  const { listenFds, listenFd, preopenListen } = options;
  if (!listenFds && listenFd.length === 0 && preopenListen.length === 0) return { listeners: [], variables: {} };
  const { listenersOf, listenVariables } = await import("./listeners.js");
  const listeners = listenersOf(options, process.env, addresses);
  return { listeners, variables: listenVariables(listeners) };
}

async function auditOf({ audit }: RunOptions, { policy }: Rules): Promise<number> {
  if (audit === false) return -1;
  const { openAudit } = await import("./audit.js");
  return openAudit(audit, policy);
}

async function start(job: Job, rules: Rules, program: Program, watch: Watch | null = null): Promise<JobEnd> {
  try {
    if (!needsThread(job.options)) return { outcome: await runJob(job, rules, program.sourceMap), reached: null };
    const { runTimedJob } = await import("./timed-job.js");
    return await runTimedJob(job, program.sourceMap(), watch);
  } catch (error) {
    throw error instanceof RuntimeError ? cannotRun(error) : error;
  }
}

function badRule({ flag, rule, flaw, correction }: BadRuleError): UserError {
  if (flag.place !== undefined) {
    const error = `${flag.place}: bad rule '${rule}' in "${flag.name}"`;
    const hint = flaw.suggestion === null ? null : JSON.stringify(flaw.suggestion || true);
    return new UserError({ error, facts: [flaw.reason], hint }, EXIT.usage);
  }
  const error = `bad rule '${rule}' in --${flag.name}`;
  return new UserError({ error, facts: [flaw.reason], hint: correction }, EXIT.usage);
}

function cannotRun({ code, message, facts, hint }: RuntimeError): UserError {
  return new UserError({ error: message, facts, hint }, code === "ERR_MEMORY_LIMIT" ? EXIT.otherLimit : EXIT.notLoaded);
}
