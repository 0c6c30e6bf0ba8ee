/** What a program with goroutines exports for its host's messages (host/compiler/goroutines.ts). */
export interface Goroutines {
  /** The number of the one that runs; 0 while none can. */
  readonly running: WebAssembly.Global;
  /** 1: the program names those that wait in a deadlock. `ENDED`: the host does, after it has ended the program. */
  readonly isShowing: WebAssembly.Global;
  /** Names the next one that waits, and traps where it does; returns once there are no more. */
  readonly showNext: () => void;
  /** How many there are, and what the one that is shown waits for, as the address of a string; null in older programs. */
  readonly count: WebAssembly.Global | null;
  readonly shownWait: WebAssembly.Global | null;
}

/** Of `isShowing`. */
export const ENDED = 2;

/** A program's goroutines, or null. The program is told that its host can show their stacks. */
export function goroutinesOf(exports: WebAssembly.Exports): Goroutines | null {
  const { sockyard_goroutine: running, sockyard_is_showing: isShowing, sockyard_show_next: showNext } = exports;
  if (!isNumber(running) || !isNumber(isShowing) || typeof showNext !== "function") return null;
  try {
    isShowing.value = 1;
  } catch {
    return null; // it cannot be set: not ours
  }
  const { sockyard_goroutines: count, sockyard_shown_wait: shownWait } = exports;
  return {
    running,
    isShowing,
    showNext: showNext as () => void,
    count: isNumber(count) ? count : null,
    shownWait: isNumber(shownWait) ? shownWait : null,
  };
}

function isNumber(value: WebAssembly.ExportValue | undefined): value is WebAssembly.Global {
  return value instanceof WebAssembly.Global && typeof value.value === "number";
}

/** A text of AssemblyScript's: UTF-16, its size in bytes in front of it. Of one that cannot be ours nothing is read. */
export function textAt(memory: WebAssembly.Memory, pointer: number): string {
  const start = pointer >>> 0;
  const { byteLength } = memory.buffer;
  if (start < 4 || start > byteLength) return "";
  const size = new DataView(memory.buffer).getUint32(start - 4, true);
  if (size > LONGEST_TEXT || start + size > byteLength) return "";
  return new TextDecoder("utf-16le").decode(new Uint8Array(memory.buffer, start, size));
}

const LONGEST_TEXT = 100;
