// sockyard run --allow-net-listen=0.0.0.0:12345 examples/net/echo-server.ts
//
// A TCP server for any number of clients at once: sends back what each of them sends, until it ends.
// Arguments: [port] [address]

import { fprintf } from "sockyard/fmt";
import { go } from "sockyard/go";
import { copy, Failure } from "sockyard/io";
import { Conn, joinHostPort, listen } from "sockyard/net";
import { args, exit, stderr } from "sockyard/os";
import { MILLISECOND, sleep } from "sockyard/time";

function main(): i32 {
  const port = args.length > 1 ? args[1] : "12345";
  const host = args.length > 2 ? args[2] : "0.0.0.0"; // all interfaces of this machine
  const listening = listen("tcp", joinHostPort(host, port));
  if (!listening.ok) return failure(listening.err);
  const listener = listening.value;
  fprintf(stderr, "listening on %v\n", listener.addr());

  while (true) {
    const accepted = listener.accept();
    const err = accepted.err;
    if (err === null) {
      // From here on the client has a goroutine of its own.
      go(serve, accepted.value);
    } else if (err.temporary()) {
      // Too many descriptors are open: others will be closed.
      sleep(10 * MILLISECOND);
    } else {
      return failure(err);
    }
  }
}

/** A client that does not read holds up its own goroutine, and no other. */
function serve(conn: Conn): void {
  copy(conn, conn);
  conn.close();
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
