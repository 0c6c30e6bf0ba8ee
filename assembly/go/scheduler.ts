// Starts goroutines, and decides which runs next: the one that could first. No
// goroutine is interrupted; it runs until it waits, ends or calls gosched().

import { reportDeadlock } from "./deadlock";
import { adoptProgram, create, Goroutine, isAnyReady, nextReady, noneRuns, PROGRAM, ready, retire, self, setCurrent } from "./goroutine";
import { isPolling, pollFor } from "./poller";
import { prepare, resume, suspend } from "./stack";
import { ringDue } from "./timers";

/** After so many switches, others than those that can run get a look: timers and descriptors. As Go's 61. */
// @ts-ignore: decorator
@inline
const GLANCE: u32 = 64;

let switches: u32 = 0;

/** A call whose argument is no word. */
@final
class Call<T> {
  constructor(
    public fn: (arg: T) => void,
    public arg: T,
  ) {}
}

function runPlain(fn: () => void): void {
  fn();
}

/** `go fn(arg)`: calls `fn(arg)` in a goroutine of its own, which runs when the others let it. */
export function go<T>(fn: (arg: T) => void, arg: T): void {
  if (isReference<T>()) launch(fn.index, changetype<usize>(arg), isManaged<T>());
  else if (isInteger<T>() && sizeof<T>() <= sizeof<usize>()) launch(fn.index, <usize>arg, false);
  else {
    go<Call<T>>((call: Call<T>): void => {
      call.fn(call.arg);
    }, new Call<T>(fn, arg));
  }
}

/** `go fn()`: calls `fn()` in a goroutine of its own. */
export function go0(fn: () => void): void {
  go<() => void>(runPlain, fn);
}

function launch(fn: u32, argument: usize, isObject: bool): void {
  prepare();
  ready(create(fn, argument, isObject));
}

/** `runtime.Gosched()`: lets the other goroutines that can run do so first. */
// @ts-ignore: decorator
@inline
export function gosched(): void {
  ready(self());
  suspend();
}

/** The entry of a program that uses goroutines: runs its top level as goroutine 1, and the others until that one ends. */
export function start(): void {
  let isOver = resume(adoptProgram());
  while (!isOver) isOver = step();
}

/**
 * Runs the next goroutine; tells whether that ended the program.
 *
 * A function of its own, because V8 makes a function faster from one call to
 * the next, and start() is called only once.
 */
function step(): bool {
  const g = next();
  setCurrent(g);
  if (!resume(g)) return false;
  if (g === PROGRAM) return true;
  retire(g);
  return false;
}

// @ts-ignore: decorator
@inline
function next(): Goroutine {
  if (++switches % GLANCE == 0) glance();
  while (true) {
    const g = nextReady();
    if (g !== null) return g;
    idle();
  }
}

/** Lets those run, too, whose time has come or whose descriptor is ready. */
function glance(): void {
  ringDue();
  if (isPolling()) pollFor(0);
}

/** Nobody can run: waits for the next timer or descriptor. */
function idle(): void {
  const delay = ringDue();
  if (isAnyReady()) return;
  if (delay < 0 && !isPolling()) reportDeadlock();
  noneRuns();
  pollFor(delay);
}
