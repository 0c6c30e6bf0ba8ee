// What a goroutine is, which one runs, and the queues that they stand in.
//
// Goroutines are memory of their own that the collector knows nothing of: to
// make one, to queue it and to forget it then takes a few stores, and no
// bookkeeping. What they hold for the program is shown to the collector in
// stack.ts. Nobody may keep a goroutine that does not wait: it may have ended,
// and be another by now.

/** What a goroutine waits for, for whoever asks: see deadlock.ts. */
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

/** Who stands in a queue: a goroutine, or one of the cases of its select. */
@unmanaged
export class Waiter {
  next: Waiter | null = null;
  /** Kept by the queues of channels only, which a case may leave before its turn. */
  previous: Waiter | null = null;
  g: Goroutine = changetype<Goroutine>(this);
  /** Its number among those that the goroutine waits for. */
  index: i32 = 0;
  /** What it sends; of a goroutine that receives, what it was given. See `put` and `get`. */
  value: u64 = 0;
  isQueued: bool = false;
}

/**
 * A function call that can stop in the middle and go on later.
 *
 * While it does not run, its stack is a block of memory (`image`, see stack.ts).
 */
@unmanaged
export class Goroutine extends Waiter {
  /** Whether `value` is an object that it was given and has not taken yet. */
  holdsValue: bool = false;
  /** Whether `argument` is an object. */
  holdsArgument: bool = false;
  /** Whether a value went from one goroutine to another; false: the channel was closed. */
  ok: bool = false;
  /** What it waits for, for whoever asks. */
  wait: Wait = Wait.NOTHING;
  /** Which of those that it waits with has had its turn; see `PENDING`. */
  fired: i32 = 0;
  id: i32 = 0;
  /** What it does: the function with that number in the table, called with `argument`. */
  fn: u32 = 0;
  argument: usize = 0;
  /** The neighbors in the list of all. */
  older: Goroutine | null = null;
  newer: Goroutine | null = null;
  /** The saved stack: `frames` bytes of asyncify's, then `slots` bytes of AssemblyScript's shadow stack. */
  image: usize = 0;
  capacity: u32 = 0;
  frames: u32 = 0;
  slots: u32 = 0;
}

/** `fired` of a goroutine of whose waiters none has had its turn. */
// @ts-ignore: decorator
@inline
export const PENDING: i32 = -1;

/** Leaves `value` with `w`. */
// @ts-ignore: decorator
@inline
export function put<T>(w: Waiter, value: T): void {
  store<T>(changetype<usize>(w), value, offsetof<Waiter>("value"));
}

/** What was left with `w`. */
// @ts-ignore: decorator
@inline
export function get<T>(w: Waiter): T {
  return load<T>(changetype<usize>(w), offsetof<Waiter>("value"));
}

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
    const next = changetype<Goroutine | null>(g.next);
    this.head = next;
    if (next === null) this.tail = null;
    g.next = null;
    return g;
  }
}

/** The program itself: goroutine 1. It is there before anything can be allocated. */
export const PROGRAM: Goroutine = changetype<Goroutine>(memory.data(offsetof<Goroutine>(), 8));

/** How many that have ended are kept, to be made into new ones, and how large their images may be. */
// @ts-ignore: decorator
@inline
const SPARES: i32 = 1024;
// @ts-ignore: decorator
@inline
const SPARE_CAPACITY: u32 = 1024;

// The goroutines that can run.
let first: Goroutine | null = null;
let last: Goroutine | null = null;
// Those that live.
let current: Goroutine = PROGRAM;
let newest: Goroutine = PROGRAM;
let lastId: i32 = 1;
/** For the host, too, when it has ended the program. */
export let living: i32 = 1;
// Those that have ended, linked by `next`.
let spare: Waiter | null = null;
let spares: i32 = 0;

/** The number of the goroutine that runs, 0 while none can: the host shows it beside a trap. */
export let running: i32 = 1;

/** The goroutine that runs. */
// @ts-ignore: decorator
@inline
export function self(): Goroutine {
  return current;
}

/** Makes the program a goroutine. */
export function adoptProgram(): Goroutine {
  PROGRAM.g = PROGRAM;
  PROGRAM.id = running;
  return PROGRAM;
}

/** Makes `g` the goroutine that runs. */
// @ts-ignore: decorator
@inline
export function setCurrent(g: Goroutine): void {
  current = g;
  running = g.id;
}

/** Says that none runs, until the next does. */
// @ts-ignore: decorator
@inline
export function noneRuns(): void {
  running = 0;
}

/** A new goroutine among the living, to call `fn` of the table with `argument`. */
export function create(fn: u32, argument: usize, holdsArgument: bool): Goroutine {
  const g = takeSpare();
  g.fn = fn;
  g.argument = argument;
  g.holdsArgument = holdsArgument;
  g.id = ++lastId;
  ++living;
  const older = newest;
  older.newer = g;
  g.older = older;
  newest = g;
  return g;
}

function takeSpare(): Goroutine {
  const g = spare;
  if (g === null) return new Goroutine();
  spare = g.next;
  --spares;
  g.next = null;
  return changetype<Goroutine>(g);
}

/** Strikes one that has ended off the list, and gives back its memory. It is not the oldest: that is the program. */
export function retire(g: Goroutine): void {
  --living;
  const older = g.older!;
  const newer = g.newer;
  older.newer = newer;
  if (newer !== null) newer.older = older;
  else newest = older;
  g.newer = null;
  if (spares < SPARES && g.capacity <= SPARE_CAPACITY) {
    g.next = spare;
    spare = g;
    ++spares;
    return;
  }
  if (g.image != 0) heap.free(g.image);
  heap.free(changetype<usize>(g));
}

/** How many goroutines live, the program's own among them. */
export function numGoroutine(): i32 {
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
// @ts-ignore: decorator
@inline
export function nextReady(): Goroutine | null {
  const g = first;
  if (g === null) return null;
  const next = changetype<Goroutine | null>(g.next);
  first = next;
  if (next === null) last = null;
  g.next = null;
  return g;
}

/** Tells whether a goroutine can run. */
export function isAnyReady(): bool {
  return first !== null;
}
