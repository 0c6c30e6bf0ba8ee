import { exitNow } from "../runtime/exit.js";

/**
 * Ends the process with `code`, now.
 *
 * Node's own way out waits for its threads and takes everything apart, which
 * takes as long as all that the command does before a guest runs. It is left to
 * those who listen for the end, or asked Node to write something then.
 */
export function leave(code: number): never {
  const { execArgv, env } = process;
  const isAwaited = process.listenerCount("exit") > 0 || execArgv.length > 0;
  if (isAwaited || "NODE_OPTIONS" in env || "NODE_V8_COVERAGE" in env) process.exit(code);
  return exitNow(code);
}
