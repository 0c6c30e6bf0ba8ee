const INERT = { isTTY: false, write: () => true };

/**
 * Keeps Node from making `process.stdout` and `process.stderr`.
 *
 * Node makes them when they are first looked at, as the compiler does while it
 * loads, and sets a pipe to non-blocking for it. The program shares these
 * descriptors, and would meet EAGAIN where it has to wait.
 */
export function hideStandardStreams(): void {
  for (const name of ["stdout", "stderr"]) Object.defineProperty(process, name, { value: INERT });
}
