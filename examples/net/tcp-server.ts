// sockyard run --allow-net-listen=0.0.0.0:12345 examples/net/tcp-server.ts
//
// A TCP server, in Go's way: prints who connects and what they send, and answers.
// Arguments: [port] [address]

import { fprintf, printf } from "sockyard/fmt";
import { Failure, writeString } from "sockyard/io";
import { joinHostPort, listenTCP, resolveTCPAddr, TCPConn } from "sockyard/net";
import { args, exit, stderr } from "sockyard/os";

function main(): i32 {
  const port = args.length > 1 ? args[1] : "12345";
  const host = args.length > 2 ? args[2] : "0.0.0.0"; // all interfaces of this machine
  const resolved = resolveTCPAddr("tcp", joinHostPort(host, port));
  if (!resolved.ok) return failure(resolved.err);

  // socket, setsockopt(SO_REUSEADDR), bind and listen in one.
  const listening = listenTCP("tcp", resolved.value);
  if (!listening.ok) return failure(listening.err);
  const listener = listening.value;
  // With port 0 the kernel has chosen one: addr() tells which.
  fprintf(stderr, "listening on %v\n", listener.addr());

  while (true) {
    const accepted = listener.acceptTCP();
    if (!accepted.ok) return failure(accepted.err);
    const conn = accepted.value;
    const err = serve(conn);
    if (err !== null) failure(err);
    conn.close();
  }
}

/** Null, or what went wrong with this client: no reason to end the server. */
function serve(conn: TCPConn): Failure | null {
  printf("Get client: %v\n", conn.remoteAddr());
  const buffer = new Uint8Array(32);
  // A stream has no messages: a read brings what has come so far, up to 32 bytes.
  const size = conn.read(buffer);
  if (size == 0) return conn.err;
  printf("%s", buffer.subarray(0, size));
  writeString(conn, "I got your message!\n");
  return conn.err;
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
