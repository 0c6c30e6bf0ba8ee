import { type Frame, formatFrames, symbolize } from "../compiler/stack-trace.js";
import type { AddressText } from "../core/permissions/address-text.js";
import { parsePolicy } from "../core/permissions/parse-policy.js";
import type { Denial, Oversight } from "../core/permissions/permissions.js";
import type { Policy } from "../core/permissions/policy.js";
import { preopensOf } from "../core/permissions/preopens.js";
import type { Question } from "../core/permissions/question.js";
import { wallOf } from "../core/permissions/wall.js";
import { loadAddressText } from "../runtime/address-text.js";
import { unshareDescriptors } from "../runtime/descriptor-table.js";
import { withLargeFunctions } from "../runtime/engine.js";
import { isTerminal } from "../runtime/is-terminal.js";
import { auditOutput, cancellableOutput, type WriteText } from "../runtime/output.js";
import { realPath } from "../runtime/real-path.js";
import type { ResolverSettings } from "../runtime/resolver-host.js";
import {
  type Guest,
  type Listener,
  type Outcome,
  runGuest,
  type WrapImports,
  type WrapKernel,
} from "../runtime/run-guest.js";
import { RuntimeError } from "../runtime/runtime-error.js";
import { raiseSecondWall } from "../runtime/second-wall.js";
import type { RunOptions } from "./command-line.js";
import { denialMessage, denialTitle, frameText, type TypedCommand } from "./denial-message.js";
import { report, STDERR, visible, writeError } from "./message.js";

/** One run of a program, as plain data, so that a worker can do it as well. */
export interface Job {
  readonly bytes: Uint8Array;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly options: RunOptions;
  readonly command: TypedCommand;
  readonly listeners: readonly Listener[];
  /** From `createCancel`, or -1. */
  readonly cancelFd: number;
  /** Where the audit goes, or -1 for none. */
  readonly auditFd: number;
  readonly resolver: ResolverSettings;
}

/** Whether the program gets a thread of its own, so that this one can end it. */
export function needsThread({ timeLimit, cpuLimit, learn }: RunOptions): boolean {
  return timeLimit !== null || cpuLimit !== null || learn;
}

/** Deep enough for a program of some layers; V8 keeps 10 by default. */
const STACK_FRAMES = 50;

/** The rules of a command line, understood. */
export interface Rules {
  readonly policy: Policy;
  readonly addresses: AddressText;
}

/** Understands the rules; throws a `BadRuleError`. */
export function readRules({ permissions, allowAll }: RunOptions): Rules {
  const addresses = loadAddressText();
  return { addresses, policy: parsePolicy(permissions, allowAll, addresses, realPath) };
}

/**
 * Runs the job on this thread, telling of denials and calls as they happen.
 *
 * Throws a `RuntimeError` before the program starts.
 */
export async function runJob(
  job: Job,
  rules: Rules,
  sourceMap: () => string | null,
  onLearned: (question: Question) => void = () => {},
): Promise<Outcome> {
  const { policy, addresses } = rules;
  const { options, bytes, args, env, listeners, cancelFd, resolver } = job;
  const write = cancelFd === -1 ? writeError : cancellableOutput(STDERR, cancelFd);
  const oversight = await furtherOversight(job, addresses, sourceMap, onLearned);
  Error.stackTraceLimit = STACK_FRAMES;
  const guest: Guest = {
    bytes,
    environment: { args, env },
    policy,
    preopens: preopensOf(options.permissions, options.allowAll),
    oversight: {
      onDenial: denialReporter(job, addresses, sourceMap, write),
      ...oversight,
    },
    onWaiting: (stack) => write(programFrames(stack, sourceMap())),
    trace: options.trace ? await textTrace(options, addresses, write) : null,
    listeners,
    beforeStart: () => {
      raiseWall(job, policy, oversight.appeal !== undefined);
      keepDescriptorsApart(job);
    },
    memoryLimit: options.memoryLimit,
    fdLimit: options.fdLimit,
    meter: await meterOf(options),
    cancelFd,
    resolver,
  };
  return withLargeFunctions(() => runGuest(guest));
}

/** What somebody may still allow cannot be kept back. */
function raiseWall({ options, args, resolver }: Job, policy: Policy, mayGrow: boolean): void {
  if (options.secondWall === "off") return;
  const flaws = raiseSecondWall(wallOf(policy, mayGrow), { files: [`${args[0]}.map`], resolver });
  if (options.secondWall === "auto" || flaws.length === 0) return;
  const hint = "sockyard info --host";
  throw new RuntimeError("ERR_SECOND_WALL", "this machine cannot have the whole second wall", flaws, hint);
}

/**
 * The kernel counts each use of a descriptor in a table that threads share, atomically; V8's threads use none.
 *
 * Where this kernel cannot, calls take longer. A worker's table would hide its sockets from tools that look into
 * /proc/PID/fd; and a listener that was there before would stay open in the other table when the guest closes it.
 */
function keepDescriptorsApart({ options, listeners }: Job): void {
  if (!needsThread(options) && listeners.length === 0) unshareDescriptors();
}

/** Each option's part is loaded only where it was given. */
async function furtherOversight(
  { options, auditFd, cancelFd, command, args }: Job,
  addresses: AddressText,
  sourceMap: () => string | null,
  onLearned: (question: Question) => void,
): Promise<Partial<Oversight>> {
  const audit = auditFd === -1 ? null : await import("./audit.js");
  const learn = options.learn ? await import("./learn.js") : null;
  // A question that nobody answers would outlast a time limit.
  const mayAsk = options.prompt && options.secondWall !== "require" && !needsThread(options) && isTerminal(STDERR);
  const prompt = mayAsk ? await import("./prompt.js") : null;
  const place = (): string | null => {
    const frame = programFrame(new Error().stack ?? "", sourceMap());
    return frame === null ? null : frameText(frame);
  };
  const context = { command, program: args[0] ?? "", place, set: options.permissionSets.at(-1) ?? null };
  return {
    ...(audit && { onJudgment: audit.auditor(auditOutput(auditFd, cancelFd), addresses) }),
    ...(prompt?.canAsk() && { appeal: prompt.prompter(context, addresses) }),
    ...(learn && { appeal: learn.learner(onLearned, addresses) }),
  };
}

/** Calls as text on standard error; its modules are loaded only here. */
async function textTrace({ traceName }: RunOptions, addresses: AddressText, write: WriteText): Promise<WrapImports> {
  const [{ traceCalls }, { traceLine }] = await Promise.all([
    import("../runtime/trace-calls.js"),
    import("./trace-text.js"),
  ]);
  return traceCalls((event) => write(`${traceLine(event, traceName)}\n`), addresses);
}

async function meterOf({ outputLimit: output, trafficLimit: traffic }: RunOptions): Promise<WrapKernel | null> {
  if (output === null && traffic === null) return null;
  const { metered } = await import("../runtime/metered.js");
  return metered({ output, traffic });
}

/** Each denial is told once, however often the program tries; one that tries everything is told of so often. */
const DENIALS_TOLD = 20;

function denialReporter(
  { command }: Job,
  addresses: AddressText,
  sourceMap: () => string | null,
  write: WriteText,
): (denial: Denial) => void {
  const told = new Set<string>();
  return (denial) => {
    const title = denialTitle(denial, addresses);
    if (told.size > DENIALS_TOLD || told.has(title)) return;
    told.add(title);
    if (told.size > DENIALS_TOLD) {
      report({ error: "permission denied, again and again", facts: ["further denials are not shown"] }, write);
      return;
    }
    const frame = programFrame(new Error().stack ?? "", sourceMap());
    report(denialMessage(denial, frame, command, addresses), write);
  };
}

/** Where the program's own code waits, a line each; nothing of the library, unless there is nothing else. */
export function programFrames(stack: string, sourceMap: string | null): string {
  const frames = symbolize(stack, sourceMap);
  const own = frames.filter(({ library }) => !library);
  return frameLines(own.length > 0 ? own : frames.slice(0, 1));
}

/** A line each, by itself: a frame's names are the guest's, and may hold line breaks. */
export function frameLines(frames: readonly Frame[]): string {
  return frames.map((frame) => `${visible(formatFrames([frame]))}\n`).join("");
}

/** The innermost call in the program's own code. */
function programFrame(stack: string, sourceMap: string | null): Frame | null {
  const frames = symbolize(stack, sourceMap);
  return frames.find(({ library }) => !library) ?? frames[0] ?? null;
}
