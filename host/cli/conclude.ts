import type { Program } from "../compiler/load-program.js";
import { symbolize } from "../compiler/stack-trace.js";
import type { Ending } from "../runtime/ending.js";
import { impatientOutput, type WriteText } from "../runtime/output.js";
import type { Outcome } from "../runtime/run-guest.js";
import type { WaitingGoroutines } from "../runtime/waiting-goroutines.js";
import type { RunOptions } from "./command-line.js";
import { EXIT } from "./exit-code.js";
import { frameLines, programFrames } from "./job.js";
import { PATIENCE, report, STDERR, visible, writeError } from "./message.js";
import type { JobEnd } from "./timed-job.js";

type Stopped = Extract<Ending, { kind: "stopped" }>;
type Trapped = Extract<Ending, { kind: "trap" }>;

/** Tells what is to be told at the end, and picks the exit code. */
export function conclude({ outcome, reached }: JobEnd, options: RunOptions, program: Program): number {
  // Its own messages may be why nobody reads any more, and the time is up.
  const isPatient = options.timeLimit === null && reached === null;
  const teller = new Teller(options, program, isPatient ? writeError : impatientOutput(STDERR, PATIENCE));
  if (outcome === null) return teller.ofLimit(reached === "cpu" ? "cpu" : "time", null);
  const { ending } = outcome;
  if (ending.kind === "stopped") {
    const isCancelled = ending.reason === "cancelled";
    const limit = isCancelled ? (reached === "cpu" ? "cpu" : "time") : ending.reason;
    return teller.ofLimit(limit, ending, outcome.waiting);
  }
  if (ending.kind === "exit" && ending.code === 0) return 0;
  if (ending.kind === "trap") teller.ofTrap(outcome, ending);
  if (outcome.ranOutOfDescriptors !== null) teller.ofDescriptors(outcome.ranOutOfDescriptors);
  return failure(outcome);
}

/** The exit code of a program that failed by itself: what it met says more than its own. */
function failure({ ending, hasDenied, ranOutOfMemory, ranOutOfDescriptors }: Outcome): number {
  if (ranOutOfMemory) return EXIT.otherLimit;
  if (hasDenied) return EXIT.denied;
  if (ranOutOfDescriptors !== null) return EXIT.otherLimit;
  return ending.kind === "exit" ? ending.code & 0xff : EXIT.trap;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Tells on standard error how a program ended, and where. */
class Teller {
  constructor(
    readonly options: RunOptions,
    readonly program: Program,
    readonly write: WriteText,
  ) {}

  /** Of a limit that ended the program: in a call, or while it computed. */
  ofLimit(
    limit: "time" | "cpu" | "output" | "traffic",
    stopped: Stopped | null,
    waiting: WaitingGoroutines | null = null,
  ): number {
    const { timeLimit, cpuLimit, outputLimit, trafficLimit } = this.options;
    const amounts = {
      time: `${timeLimit} ms`,
      cpu: `${cpuLimit} ms`,
      output: `${outputLimit} bytes`,
      traffic: `${trafficLimit} bytes`,
    };
    const isIdle = waiting !== null && !waiting.oneRan;
    const doing = isIdle ? `waiting in ${plural(waiting.count, "goroutine")}` : (stopped?.doing ?? "computing");
    report({ error: `${limit} limit of ${amounts[limit]} reached`, facts: [`the program was ${doing}`] }, this.write);
    if (!isIdle) this.#tellPlace(stopped?.stack ?? "");
    if (waiting !== null) this.#tellGoroutines(waiting);
    return limit === "time" ? EXIT.timeLimit : EXIT.otherLimit;
  }

  ofTrap({ ranOutOfMemory, memory, goroutine }: Outcome, { message, stack }: Trapped): void {
    const { memoryLimit } = this.options;
    const trap = { error: `trap: ${message}`, facts: goroutine === null ? [] : [`in      goroutine ${goroutine}`] };
    const limit = { error: `memory limit of ${memoryLimit} bytes reached`, facts: [`the program had ${memory} bytes`] };
    report(ranOutOfMemory ? limit : trap, this.write);
    this.#tellPlace(stack);
  }

  ofDescriptors({ limit, stack }: NonNullable<Outcome["ranOutOfDescriptors"]>): void {
    const facts = ["the program was refused another one, and failed"];
    report({ error: `fd limit of ${limit} descriptors reached`, facts }, this.write);
    this.#tellPlace(stack);
  }

  #tellGoroutines({ count, oneRan, shown }: WaitingGoroutines): void {
    for (const { id, wait, stack } of shown) {
      this.write(`\ngoroutine ${id} [${visible(wait)}]:\n${programFrames(stack, this.program.sourceMap())}`);
    }
    const others = count - shown.length - (oneRan ? 1 : 0);
    if (others > 0) this.write(`\nand ${plural(others, "other goroutine")}\n`);
  }

  #tellPlace(stack: string): void {
    const lines = frameLines(symbolize(stack, this.program.sourceMap()));
    if (lines !== "") this.write(lines);
  }
}
