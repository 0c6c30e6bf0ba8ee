import { Writable } from "node:stream";

/** A stream like any other, since Node itself writes warnings to it. */
const INERT = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), { isTTY: false });

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
