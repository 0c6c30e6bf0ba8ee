// What is told when no goroutine can ever run again, and to a host that has ended the program.

import { proc_exit } from "../bindings/preview1";
import { writeText } from "../output";
import { STDERR_FILENO } from "../process";
import { Goroutine, PROGRAM, setCurrent, Wait } from "./goroutine";
import { show } from "./stack";

/** Go's words for what a goroutine waits for. */
function textOf(wait: Wait): string {
  switch (wait) {
    case Wait.RECEIVE:
      return "chan receive";
    case Wait.SEND:
      return "chan send";
    case Wait.SELECT:
      return "select";
    case Wait.NO_CASE:
      return "select (no cases)";
    case Wait.SLEEP:
      return "sleep";
    case Wait.IO:
      return "IO wait";
    case Wait.MUTEX:
      return "sync.Mutex.Lock";
    case Wait.READ_LOCK:
      return "sync.RWMutex.RLock";
    case Wait.WRITE_LOCK:
      return "sync.RWMutex.Lock";
    case Wait.GROUP:
      return "sync.WaitGroup.Wait";
    default:
      return "runnable";
  }
}

/** Go's exit code of a program that the runtime ends. */
// @ts-ignore: decorator
@inline
const FATAL: i32 = 2;

/** Of `isHostShowing`: the program has been ended, and the host itself names the goroutines. */
// @ts-ignore: decorator
@inline
const ENDED: i32 = 2;

/** Set by a host that calls showNext(), to 1 or ENDED. Others get the list without places. */
export let isHostShowing: i32 = 0;

/** What the goroutine waits for that showNext() shows to a host that names it itself. */
export let shownWait: string = "";

/** The next to be shown. */
let unshown: Goroutine | null = null;
let base: usize = 0;
let hasBegun: bool = false;

/** Nothing calls showNext(): the transform exports it. */
// @ts-ignore: decorator
@lazy const entry: () => void = showNext;

/** Says who waits for what, and ends the program. */
export function reportDeadlock(): void {
  entry; // has it compiled
  writeText(STDERR_FILENO, "fatal error: all goroutines are asleep - deadlock!\n");
  if (isHostShowing != 0) {
    unshown = PROGRAM;
    base = __stack_pointer;
  } else {
    let g: Goroutine | null = PROGRAM;
    while (g !== null) {
      writeText(STDERR_FILENO, head(g));
      g = g.newer;
    }
  }
  proc_exit(FATAL);
  unreachable();
}

function head(g: Goroutine): string {
  return `\ngoroutine ${g.id} [${textOf(g.wait)}]:\n`;
}

/**
 * Called by the host after a deadlock, again and again: names the next goroutine on standard error, and traps where
 * that one waits. The host shows the trap's stack. Returns once there are no more.
 *
 * Of a program that the host has ended, `shownWait` and the number are all that names it; only those that wait and
 * those that could run are shown, not the one that ran.
 */
export function showNext(): void {
  if (isHostShowing == ENDED && !hasBegun) {
    hasBegun = true;
    unshown = PROGRAM;
    base = __stack_pointer;
  }
  if (isHostShowing == ENDED) {
    while (unshown !== null && unshown!.frames == 0) unshown = unshown!.newer;
  }
  if (unshown === null) return;
  // The last call has left the stack as it was.
  __stack_pointer = base;
  showOne();
}

function showOne(): void {
  const g = unshown!;
  unshown = g.newer;
  if (isHostShowing == ENDED) shownWait = textOf(g.wait);
  else writeText(STDERR_FILENO, head(g));
  setCurrent(g);
  show(g);
}
