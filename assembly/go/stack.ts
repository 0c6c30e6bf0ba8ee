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
// Three functions keep their identity, because asyncify knows them by what they
// call: suspend, enter and resume. The compiler's transform sees to it.

// @ts-ignore: in asc's own library
import * as asyncify from "bindings/asyncify";
import { Goroutine, oldestGoroutine, self, Wait } from "./goroutine";

/** The program's top level, which the transform puts here. */
// @ts-ignore: decorator
@external("sockyard", "program")
declare function program(): void;

/** Bytes for the frames of the one goroutine that is just being switched: some thousand calls deep. */
// @ts-ignore: decorator
@inline
const SPILL_SIZE: usize = 256 * 1024;

// @ts-ignore: decorator
@inline
const FRAMES_OFFSET: usize = offsetof<asyncify.StackDescriptor>();

let spill: usize = 0;
let isUnwinding: bool = false;
let isRewinding: bool = false;
let isShowing: bool = false;
/** The slots of the goroutine that comes back. */
let returning: usize = 0;

/**
 * Shows the collector what parked goroutines refer to.
 *
 * A pinned object is visited at the start of each collection and again at its
 * end, atomically, as the real stack is. So nothing needs to be told when a
 * stack is saved.
 */
@final
class SavedStacks {
  // @ts-ignore: called by the collector
  @unsafe private __visit(cookie: u32): void {
    // @ts-ignore: a constant of --use, for the test that has to fail without this
    if (isDefined(SOCKYARD_NO_ROOTS)) return;
    let g = oldestGoroutine();
    while (g !== null) {
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

/** Stops the goroutine that runs, until it is resumed. */
export function suspend(): void {
  if (isRewinding) {
    isRewinding = false;
    asyncify.stop_rewind();
    if (isShowing) unreachable();
    return;
  }
  if (spill == 0) prepare();
  isUnwinding = true;
  const descriptor = changetype<asyncify.StackDescriptor>(spill);
  descriptor.stackStart = spill + FRAMES_OFFSET;
  descriptor.stackEnd = spill + SPILL_SIZE;
  asyncify.start_unwind(descriptor);
}

/** Stops the goroutine that runs, which is `g`, until somebody calls ready() for it. */
export function park(g: Goroutine, wait: Wait): void {
  g.wait = wait;
  suspend();
}

/** Traps where `g` waits, so that the host sees the stack. The program has ended then; only this may follow. */
export function show(g: Goroutine): void {
  isShowing = true;
  resume(changetype<usize>(g));
}

function prepare(): void {
  spill = heap.alloc(SPILL_SIZE);
  // @ts-ignore: runtime function
  __pin(changetype<usize>(new SavedStacks()));
}

/** Calls what the goroutine does. When it is resumed, asyncify calls this again. */
function enter(address: usize): void {
  if (address == 0) program();
  else changetype<Goroutine>(address).run();
}

/**
 * Runs the goroutine at `address`, or the program for 0, until it stops or ends; tells whether it ended.
 *
 * By address, because an operand that is managed would take a slot of a stack
 * whose pointer moves in here.
 */
export function resume(address: usize): bool {
  const base = __stack_pointer;
  const depth: usize = address == 0 ? 0 : bringBack(address);
  if (depth != 0) {
    const top = base - depth;
    __stack_pointer = top;
    memory.copy(top, returning, depth);
  }
  if (isRewinding) asyncify.start_rewind(changetype<asyncify.StackDescriptor>(spill));
  enter(address);
  const hasEnded = !isUnwinding;
  if (isUnwinding) {
    isUnwinding = false;
    checkDepth();
    asyncify.stop_unwind();
    // The prologues' counterparts did not run: the pointer is still where it was at suspend().
    takeAway(__stack_pointer, base);
  }
  __stack_pointer = base;
  return hasEnded;
}

/** Readies asyncify for the goroutine's frames; how many bytes of slots it has. One that never ran has none of both. */
function bringBack(address: usize): usize {
  const g = changetype<Goroutine>(address);
  if (g.frames == 0) return 0;
  const start = spill + FRAMES_OFFSET;
  memory.copy(start, g.image, g.frames);
  const descriptor = changetype<asyncify.StackDescriptor>(spill);
  descriptor.stackStart = start + g.frames;
  descriptor.stackEnd = spill + SPILL_SIZE;
  isRewinding = true;
  // Not copied from here: this function's own slots are where they go.
  returning = g.image + g.frames;
  const depth = g.slots;
  g.frames = 0;
  g.slots = 0;
  return depth;
}

/** asyncify itself would only trap: it looks at the end, when it has written past it. Nothing runs on after that. */
function checkDepth(): void {
  const descriptor = changetype<asyncify.StackDescriptor>(spill);
  if (descriptor.stackStart > descriptor.stackEnd) throw new Error("goroutine stack exceeds 262144-byte limit");
}

/** Saves frames and slots of the goroutine that has just stopped. */
function takeAway(top: usize, base: usize): void {
  const g = self();
  const start = spill + FRAMES_OFFSET;
  const frames = <u32>(changetype<asyncify.StackDescriptor>(spill).stackStart - start);
  const slots = <u32>(base - top);
  if (g.capacity < frames + slots) enlarge(g, frames + slots);
  memory.copy(g.image, start, frames);
  memory.copy(g.image + frames, top, slots);
  g.frames = frames;
  g.slots = slots;
}

function enlarge(g: Goroutine, size: u32): void {
  if (g.image != 0) heap.free(g.image);
  g.image = heap.alloc(size);
  g.capacity = size;
}

/** Gives back the memory of a goroutine that has ended. */
export function discard(g: Goroutine): void {
  if (g.image != 0) heap.free(g.image);
  g.image = 0;
  g.capacity = 0;
}
