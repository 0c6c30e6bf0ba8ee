import { ProcessExit } from "../abi/preview1/environment.js";
import type { FdTable } from "../core/fd-table.js";
import { doing } from "./doing.js";
import { type StopReason, stopOf } from "./stop.js";

/** How a guest ended. */
export type Ending =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "trap"; readonly message: string; readonly stack: string }
  /** `doing` is what it was doing, in words; `reason` is why it had to end. */
  | { readonly kind: "stopped"; readonly reason: StopReason; readonly doing: string; readonly stack: string };

/** Runs the guest from `start` until it ends. */
export function untilEnd(fds: FdTable, start: () => void): Ending {
  try {
    start();
    return { kind: "exit", code: 0 };
  } catch (error) {
    if (error instanceof ProcessExit) return { kind: "exit", code: error.code };
    const stopped = stopOf(error);
    if (stopped) return { kind: "stopped", reason: stopped.reason, doing: doing(stopped, fds), stack: stopped.stack };
    if (isTrap(error)) return { kind: "trap", message: error.message, stack: error.stack ?? "" };
    if (isGuestException(error)) return { kind: "trap", message: "uncaught exception", stack: "" };
    throw error;
  }
}

/** What a guest's own `throw` instruction leaves, where the engine has them (Node's types do not name it). */
function isGuestException(error: unknown): boolean {
  const { Exception } = WebAssembly as unknown as { readonly Exception?: new () => unknown };
  return Exception !== undefined && error instanceof Exception;
}

/** V8 reports a guest's stack overflow as a RangeError. */
function isTrap(error: unknown): error is Error {
  return error instanceof WebAssembly.RuntimeError || (error instanceof RangeError && /call stack/.test(error.message));
}
