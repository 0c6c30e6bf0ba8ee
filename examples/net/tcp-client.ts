// sockyard run --allow-net-connect=127.0.0.1:12345 examples/net/tcp-client.ts
//
// Sends its input to a TCP server, and prints what comes from there at the same time.
// Arguments: [host] [port]. A host's name takes a right, too: --allow-net=example.com:80

import { fprintf } from "sockyard/fmt";
import { go } from "sockyard/go";
import { copy, Failure } from "sockyard/io";
import { dial, joinHostPort, TCPConn } from "sockyard/net";
import { args, exit, stderr, stdin, stdout } from "sockyard/os";

function main(): i32 {
  const host = args.length > 1 ? args[1] : "127.0.0.1";
  const port = args.length > 2 ? args[2] : "12345";

  // Looks the name up, and tries one address after the other.
  const dialed = dial("tcp", joinHostPort(host, port));
  if (!dialed.ok) return failure(dialed.err);
  const conn = dialed.value as TCPConn;

  // A goroutine for each direction: while one waits for the keyboard, the other prints.
  go(send, conn);
  const received = copy(stdout, conn);
  conn.close();
  // The program ends with the server's end, whether there is more input or not.
  return received.err === null ? 0 : failure(received.err);
}

function send(conn: TCPConn): void {
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
