// sockyard run --allow-net-connect=unix:$PWD/sample-socket examples/net/unix-client.ts
//
// Sends its input to a Unix socket, and prints what comes from there at the same time.
// Arguments: [path]

import { fprintf } from "sockyard/fmt";
import { go } from "sockyard/go";
import { copy, Failure } from "sockyard/io";
import { dialUnix, resolveUnixAddr, UnixConn } from "sockyard/net";
import { args, exit, stderr, stdin, stdout } from "sockyard/os";

function main(): i32 {
  const resolved = resolveUnixAddr("unix", args.length > 1 ? args[1] : "./sample-socket");
  if (!resolved.ok) return failure(resolved.err);
  const dialed = dialUnix("unix", null, resolved.value);
  if (!dialed.ok) return failure(dialed.err);
  const conn = dialed.value;

  // A goroutine for each direction: while one waits for the keyboard, the other prints.
  go(send, conn);
  const received = copy(stdout, conn);
  conn.close();
  // The program ends with the server's end, whether there is more input or not.
  return received.err === null ? 0 : failure(received.err);
}

function send(conn: UnixConn): void {
  const sent = copy(conn, stdin);
  if (sent.err !== null) failure(sent.err);
  // The end of the input is the end of this direction only. The answer still comes.
  conn.closeWrite();
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
