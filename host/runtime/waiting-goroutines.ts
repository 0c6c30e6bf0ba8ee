import type { FdTable } from "../core/fd-table.js";
import { type Ending, untilEnd } from "./ending.js";
import { ENDED, type Goroutines, textAt } from "./goroutines.js";
import type { Entry } from "./module.js";

/** The goroutines of a guest that was stopped, but for the one that ran. */
export interface WaitingGoroutines {
  /** All that there were. */
  readonly count: number;
  /** Whether one of them ran, and was stopped in a call of its own. */
  readonly oneRan: boolean;
  /** The first hundred. */
  readonly shown: readonly WaitingGoroutine[];
}

export interface WaitingGoroutine {
  readonly id: number;
  /** In Go's words, such as `IO wait`. */
  readonly wait: string;
  readonly stack: string;
}

/** With this exit code a program ends that is in a deadlock; any other that does has nothing to show. */
const FATAL = 2;

/** Thousands that wait say nothing more than a hundred. */
const MOST_SHOWN = 100;

/**
 * Shows the stack of each goroutine that waits where none can go on, after the guest has named it; of a guest that was
 * stopped, answers them.
 */
export function goroutinesAtEnd(
  ending: Ending,
  fds: FdTable,
  entry: Entry | null,
  onWaiting: (stack: string) => void,
): WaitingGoroutines | null {
  if (entry === null || entry.goroutines === null) return null;
  const { goroutines, memory } = entry;
  if (ending.kind === "stopped") return waitingGoroutines(goroutines, fds, memory);
  if (ending.kind === "exit" && ending.code === FATAL) {
    for (const { stack } of eachShown(goroutines, fds)) onWaiting(stack);
  }
  return null;
}

function waitingGoroutines(goroutines: Goroutines, fds: FdTable, memory: WebAssembly.Memory): WaitingGoroutines | null {
  const { running, isShowing, count, shownWait } = goroutines;
  if (count === null || shownWait === null) return null;
  const oneRan = running.value !== 0;
  isShowing.value = ENDED;
  const shown: WaitingGoroutine[] = [];
  for (const { stack } of eachShown(goroutines, fds)) {
    shown.push({ id: running.value, wait: textAt(memory, shownWait.value), stack });
  }
  return { count: count.value, oneRan, shown };
}

function* eachShown({ showNext }: Goroutines, fds: FdTable): Generator<{ readonly stack: string }> {
  for (let count = 0; count < MOST_SHOWN; count++) {
    const shown = untilEnd(fds, showNext);
    if (shown.kind !== "trap") return;
    yield shown;
  }
}
