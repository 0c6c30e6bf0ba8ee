// What a goroutine is, which one runs, and the queues that they stand in.

/** What a goroutine waits for, in the order of `WAIT_TEXTS`. */
export const enum Wait {
  NOTHING,
  RECEIVE,
  SEND,
  SELECT,
  NO_CASE,
  SLEEP,
  IO,
  MUTEX,
  READ_LOCK,
  WRITE_LOCK,
  GROUP,
}

/**
 * A function call that can stop in the middle and go on later.
 *
 * While it does not run, its stack is a block of memory (`image`, see stack.ts).
 */
export abstract class Goroutine {
  id: i32 = 0;
  /** What it waits for, for whoever asks. */
  wait: Wait = Wait.NOTHING;
  /** Which of the operations that it waits for has happened; see `PENDING`. */
  fired: i32 = 0;
  /** The next in the queue that it stands in. */
  next: Goroutine | null = null;
  /** The neighbors in the list of all. */
  older: Goroutine | null = null;
  newer: Goroutine | null = null;
  /** The saved stack: `frames` bytes of asyncify's, then `slots` bytes of AssemblyScript's shadow stack. */
  image: usize = 0;
  capacity: u32 = 0;
  frames: u32 = 0;
  slots: u32 = 0;

  /** What it does. */
  abstract run(): void;
}

/** `fired` of a goroutine whose operations have not happened yet. */
// @ts-ignore: decorator
@inline
export const PENDING: i32 = -1;

/** First come, first served. A goroutine stands in at most one queue at a time. */
@final
export class Queue {
  private head: Goroutine | null = null;
  private tail: Goroutine | null = null;

  get isEmpty(): bool {
    return this.head === null;
  }

  push(g: Goroutine): void {
    const tail = this.tail;
    if (tail !== null) tail.next = g;
    else this.head = g;
    this.tail = g;
  }

  pop(): Goroutine | null {
    const g = this.head;
    if (g === null) return null;
    const next = g.next;
    this.head = next;
    if (next === null) this.tail = null;
    else g.next = null;
    return g;
  }
}

// The goroutines that can run. Not a Queue: the collector's barrier on its fields would cost a tenth of a switch.
let first: Goroutine | null = null;
let last: Goroutine | null = null;

/** The program itself: goroutine 1. */
@final
class Program extends Goroutine {
  run(): void {}
}

// The goroutine that runs. Nothing that is allocated may be needed before the
// program's first statement, so the program gets its goroutine when it is asked for.
let current: Goroutine | null = null;
let oldest: Goroutine | null = null;
let newest: Goroutine | null = null;
let lastId: i32 = 0;
let living: i32 = 0;

/** The number of the goroutine that runs: the host shows it beside a trap. */
export let running: i32 = 1;

/** The goroutine that runs. */
export function self(): Goroutine {
  const g = current;
  return g !== null ? g : adoptProgram();
}

function adoptProgram(): Goroutine {
  const g = new Program();
  enlist(g);
  current = g;
  return g;
}

/** Makes `g` the goroutine that runs. */
export function setCurrent(g: Goroutine): void {
  current = g;
  running = g.id;
}

/** Counts a new goroutine among the living. */
export function enlist(g: Goroutine): void {
  g.id = ++lastId;
  ++living;
  const last = newest;
  g.older = last;
  if (last !== null) last.newer = g;
  else oldest = g;
  newest = g;
}

/** Strikes one that has ended off the list. */
export function delist(g: Goroutine): void {
  --living;
  const older = g.older;
  const newer = g.newer;
  if (older !== null) older.newer = newer;
  else oldest = newer;
  if (newer !== null) newer.older = older;
  else newest = older;
  g.older = null;
  g.newer = null;
}

/** The oldest of the living; `newer` leads to the others. */
export function oldestGoroutine(): Goroutine | null {
  return oldest;
}

/** How many goroutines live, the program's own among them. */
export function numGoroutine(): i32 {
  self();
  return living;
}

/** Lets a goroutine that waits run again, after those that can. */
export function ready(g: Goroutine): void {
  g.wait = Wait.NOTHING;
  const before = last;
  if (before !== null) before.next = g;
  else first = g;
  last = g;
}

/** Takes the goroutine that could run first, or null. */
export function nextReady(): Goroutine | null {
  const g = first;
  if (g === null) return null;
  const next = g.next;
  first = next;
  if (next === null) last = null;
  else g.next = null;
  return g;
}

/** Tells whether a goroutine can run. */
export function isAnyReady(): bool {
  return first !== null;
}
