// Starts goroutines, and decides which runs next: the one that could first. No
// goroutine is interrupted; it runs until it waits, ends or calls gosched().

import { reportDeadlock } from "./deadlock";
import { delist, enlist, Goroutine, isAnyReady, nextReady, ready, self, setCurrent } from "./goroutine";
import { isPolling, pollFor } from "./poller";
import { discard, resume, suspend } from "./stack";
import { ringDue } from "./timers";

/** After so many switches, others than those that can run get a look: timers and descriptors. As Go's 61. */
// @ts-ignore: decorator
@inline
const GLANCE: u32 = 64;

let switches: u32 = 0;

@final
class Call<T> extends Goroutine {
  constructor(
    private fn: (arg: T) => void,
    private arg: T,
  ) {
    super();
  }

  run(): void {
    this.fn(this.arg);
  }
}

@final
class PlainCall extends Goroutine {
  constructor(private fn: () => void) {
    super();
  }

  run(): void {
    this.fn();
  }
}

/** `go fn(arg)`: calls `fn(arg)` in a goroutine of its own, which runs when the others let it. */
export function go<T>(fn: (arg: T) => void, arg: T): void {
  launch(new Call<T>(fn, arg));
}

/** `go fn()`: calls `fn()` in a goroutine of its own. */
export function go0(fn: () => void): void {
  launch(new PlainCall(fn));
}

function launch(g: Goroutine): void {
  self(); // goroutine 1 comes first
  enlist(g);
  ready(g);
}

/** `runtime.Gosched()`: lets the other goroutines that can run do so first. */
export function gosched(): void {
  ready(self());
  suspend();
}

/** The entry of a program that uses goroutines: runs its top level as goroutine 1, and the others until that one ends. */
export function start(): void {
  let isOver = resume(0);
  while (!isOver) {
    const g = next();
    setCurrent(g);
    if (resume(changetype<usize>(g))) {
      isOver = g.id == 1;
      delist(g);
      discard(g);
    }
  }
}

// Nothing calls start(): the transform exports it as `_start`. This has it compiled.
// @ts-ignore: never read
const entry: () => void = start;

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
  pollFor(delay);
}
