import { setEngineFlags } from "../kernel/engine-flags.js";

/**
 * Has V8 wait longer before it optimizes a function of the module that `compile` makes (docs/rationale.md).
 *
 * V8 gives a module's functions their budgets when it compiles the module, so the flag need not stay.
 */
export function withPatience<T>(compile: () => T): T {
  if (!process.versions.v8?.startsWith("11.")) return compile();
  return withFlag("wasm-tiering-budget", 13_000_000, 1_800_000, compile);
}

/**
 * Has V8 put as much into one function as it ever does, of all that this calls, for as long as `run` runs
 * (docs/rationale.md). By default it ends where the way of a received descriptor begins.
 */
export function withLargeFunctions<T>(run: () => T): T {
  return withFlag("max-inlined-bytecode-size-cumulative", 4600, 920, run);
}

/** Flags do not stay: V8 takes code that was kept only under the flags that it was made with. */
function withFlag<T>(name: string, value: number, usual: number, run: () => T): T {
  setEngineFlags(`--${name}=${value}`);
  try {
    return run();
  } finally {
    setEngineFlags(`--${name}=${usual}`);
  }
}
