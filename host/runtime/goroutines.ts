/** What a program with goroutines exports for its host's messages (host/compiler/goroutines.ts). */
export interface Goroutines {
  /** The number of the one that runs. */
  readonly running: WebAssembly.Global;
  /** Names the next one that waits, and traps where it does; returns once there are no more. */
  readonly showNext: () => void;
}

/** A program's goroutines, or null. The program is told that its host can show their stacks. */
export function goroutinesOf(exports: WebAssembly.Exports): Goroutines | null {
  const { sockyard_goroutine: running, sockyard_is_showing: isShowing, sockyard_show_next: showNext } = exports;
  if (!isNumber(running) || !isNumber(isShowing) || typeof showNext !== "function") return null;
  try {
    isShowing.value = 1;
  } catch {
    return null; // it cannot be set: not ours
  }
  return { running, showNext: showNext as () => void };
}

function isNumber(value: WebAssembly.ExportValue | undefined): value is WebAssembly.Global {
  return value instanceof WebAssembly.Global && typeof value.value === "number";
}
