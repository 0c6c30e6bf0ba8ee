// sockyard run --allow-net-listen=unix:$PWD/sample-socket examples/net/unix-server.ts
//
// A server at a Unix socket, in Go's way: prints what each client sends, and says that it came.
// Arguments: [path]

import { fprintf, printf } from "sockyard/fmt";
import { Failure, writeString } from "sockyard/io";
import { listenUnix, resolveUnixAddr, UnixConn } from "sockyard/net";
import { args, exit, isNotExist, remove, stderr } from "sockyard/os";

function main(): i32 {
  const resolved = resolveUnixAddr("unix", args.length > 1 ? args[1] : "./sample-socket");
  if (!resolved.ok) return failure(resolved.err);
  const addr = resolved.value;
  printf("UnixAddr.Network = %s\n", addr.network());
  printf("UnixAddr.String = %s\n", addr);

  // A server that was killed leaves its socket file behind, and nobody can bind a path that exists.
  const refusal = remove(addr.name);
  if (refusal !== null && !isNotExist(refusal)) return failure(refusal);
  const listening = listenUnix("unix", addr);
  if (!listening.ok) return failure(listening.err);
  const listener = listening.value;
  fprintf(stderr, "listening on %v\n", listener.addr());

  while (true) {
    const accepted = listener.acceptUnix();
    if (!accepted.ok) return failure(accepted.err);
    // One after the other: the next client waits in the listener's queue.
    const conn = accepted.value;
    const err = serve(conn);
    if (err !== null) failure(err);
    conn.close();
  }
}

/** Null, or what went wrong with this client: no reason to end the server. */
function serve(conn: UnixConn): Failure | null {
  const buffer = new Uint8Array(32);
  const size = conn.read(buffer);
  if (size == 0) return conn.err;
  printf("%s", buffer.subarray(0, size));
  writeString(conn, "I have received your message!\n");
  return conn.err;
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
