import type { Writable } from "node:stream";

/**
 * Keeps Node from making `process.stdout` and `process.stderr`.
 *
 * Node makes them when they are first looked at, as the compiler does while it
 * loads, and sets a pipe to non-blocking for it. The program shares these
 * descriptors, and would meet EAGAIN where it has to wait.
 */
export function hideStandardStreams(): void {
  let inert: Writable | undefined;
  const get = (): Writable => {
    inert ??= makeInert();
    return inert;
  };
  for (const name of ["stdout", "stderr"]) Object.defineProperty(process, name, { get, configurable: true });
}

/** A stream like any other, since Node itself writes warnings to it. Loading node:stream takes 4 ms, and few runs need it. */
function makeInert(): Writable {
  const stream = process.getBuiltinModule("node:stream");
  return Object.assign(new stream.Writable({ write: (_chunk, _encoding, done) => done() }), { isTTY: false });
}
