// How a goroutine's stack leaves and comes back.
//
// A WebAssembly program cannot exchange its stack. Binaryen's asyncify pass
// rewrites the functions that may stop, so that they can store their locals in
// memory and return ("unwind"), and be called again to go on where they were
// ("rewind"). AssemblyScript has a stack of its own besides, on which the
// collector finds the objects that locals refer to: of that each goroutine's
// part is copied out and in.
//
//   memory            0 …  __stack_pointer ……… base ……… __heap_base
//   AssemblyScript's           [ slots of the goroutine ][ scheduler ]
//   image of a parked one      [ frames, by asyncify ][ slots ]
//
// Two functions keep their identity, because asyncify knows them by what they
// call: suspend and resume. The compiler's transform sees to it.

// @ts-ignore: in asc's own library
import * as asyncify from "bindings/asyncify";
import { Goroutine, PROGRAM, self, Wait } from "./goroutine";
import { start } from "./scheduler";

/** The program's top level, which the transform puts here. */
// @ts-ignore: decorator
@external("sockyard", "program")
declare function program(): void;

/** Bytes for the frames of the one goroutine that just stops: some thousand calls deep. */
// @ts-ignore: decorator
@inline
const SPILL_SIZE: usize = 256 * 1024;

// @ts-ignore: decorator
@inline
const FRAMES_OFFSET: usize = offsetof<asyncify.StackDescriptor>();

/** Up to so many bytes a loop is faster than memory.copy, for which V8 leaves its code. */
// @ts-ignore: decorator
@inline
const FEW: u32 = 256;

/** Nothing calls start(): the transform exports it as `_start`, in programs where something may stop. */
// @ts-ignore: decorator
@lazy const entry: () => void = start;

let spill: usize = 0;
let isUnwinding: bool = false;
let isRewinding: bool = false;
let isShowing: bool = false;

/**
 * Shows the collector what goroutines refer to.
 *
 * A pinned object is visited at the start of each collection and again at its
 * end, atomically, as the real stack is. So nothing needs to be told when a
 * stack is saved, or a value handed over.
 */
@final
class SavedStacks {
  // @ts-ignore: called by the collector
  @unsafe private __visit(cookie: u32): void {
    // @ts-ignore: a constant of --use, for the test that has to fail without this
    if (isDefined(SOCKYARD_NO_ROOTS)) return;
    let g: Goroutine | null = PROGRAM;
    while (g !== null) {
      // @ts-ignore: runtime function
      if (g.holdsArgument) __visit(g.argument, cookie);
      // @ts-ignore: runtime function
      if (g.holdsValue) __visit(<usize>g.value, cookie);
      let slot = g.image + g.frames;
      const end = slot + g.slots;
      for (; slot < end; slot += sizeof<usize>()) {
        const object = load<usize>(slot);
        // @ts-ignore: runtime function
        if (object != 0) __visit(object, cookie);
      }
      g = g.newer;
    }
  }
}

/** Makes what goroutines need, before the first of them starts or stops. */
export function prepare(): void {
  if (spill != 0) return;
  entry; // has it compiled
  spill = heap.alloc(SPILL_SIZE);
  // @ts-ignore: runtime function
  __pin(changetype<usize>(new SavedStacks()));
}

/** Stops the goroutine that runs, until it is resumed. */
export function suspend(): void {
  if (isRewinding) {
    isRewinding = false;
    asyncify.stop_rewind();
    if (isShowing) unreachable();
    return;
  }
  prepare();
  isUnwinding = true;
  const descriptor = changetype<asyncify.StackDescriptor>(spill);
  descriptor.stackStart = spill + FRAMES_OFFSET;
  descriptor.stackEnd = spill + SPILL_SIZE;
  asyncify.start_unwind(descriptor);
}

/** Stops the goroutine that runs, which is `g`, until somebody calls ready() for it. */
// @ts-ignore: decorator
@inline
export function park(g: Goroutine, wait: Wait): void {
  g.wait = wait;
  suspend();
}

/** Traps where `g` waits, so that the host sees the stack. The program has ended then; only this may follow. */
export function show(g: Goroutine): void {
  isShowing = true;
  resume(g);
}

/**
 * Runs `g` until it stops or ends; tells whether it ended.
 *
 * The stack's pointer moves in here. So nothing in here may be an object: it
 * would take a slot of that stack.
 */
export function resume(g: Goroutine): bool {
  const base = __stack_pointer;
  if (g.frames != 0) {
    bringBack(g, base);
    asyncify.start_rewind(changetype<asyncify.StackDescriptor>(spill));
  }
  // When it is resumed, asyncify makes the same call again.
  if (g === PROGRAM) program();
  else call_indirect<void>(g.fn, g.argument);
  const hasEnded = !isUnwinding;
  if (isUnwinding) {
    isUnwinding = false;
    checkDepth();
    asyncify.stop_unwind();
    // The prologues' counterparts did not run: the pointer is still where it was at suspend().
    takeAway(g, __stack_pointer, base);
  }
  __stack_pointer = base;
  return hasEnded;
}

/** Puts the slots back, and has asyncify read the frames where they are. */
// @ts-ignore: decorator
@inline
function bringBack(g: Goroutine, base: usize): void {
  const frames = g.image + g.frames;
  const descriptor = changetype<asyncify.StackDescriptor>(spill);
  descriptor.stackStart = frames;
  descriptor.stackEnd = frames;
  isRewinding = true;
  const slots = g.slots;
  const top = base - slots;
  __stack_pointer = top;
  copy(top, frames, slots);
  g.frames = 0;
  g.slots = 0;
}

/** asyncify itself would only trap: it looks at the end, when it has written past it. Nothing runs on after that. */
function checkDepth(): void {
  const descriptor = changetype<asyncify.StackDescriptor>(spill);
  if (descriptor.stackStart > descriptor.stackEnd) throw new Error("goroutine stack exceeds 262144-byte limit");
}

/** Saves frames and slots of the goroutine that has just stopped. */
// @ts-ignore: decorator
@inline
function takeAway(g: Goroutine, top: usize, base: usize): void {
  const start = spill + FRAMES_OFFSET;
  const frames = <u32>(changetype<asyncify.StackDescriptor>(spill).stackStart - start);
  const slots = <u32>(base - top);
  if (g.capacity < frames + slots) enlarge(g, frames + slots);
  const image = g.image;
  copy(image, start, frames);
  copy(image + frames, top, slots);
  g.frames = frames;
  g.slots = slots;
}

function enlarge(g: Goroutine, size: u32): void {
  if (g.image != 0) heap.free(g.image);
  g.image = heap.alloc(size);
  g.capacity = size;
}

/** Copies `size` bytes, a multiple of four. */
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, size: u32): void {
  if (size > FEW) {
    memory.copy(to, from, size);
    return;
  }
  const end = from + size;
  for (; from + 8 <= end; from += 8, to += 8) store<u64>(to, load<u64>(from));
  if (from < end) store<u32>(to, load<u32>(from));
}
