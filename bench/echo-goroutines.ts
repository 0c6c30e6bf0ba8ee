// The guest of the case `many-goroutines`: a goroutine for each client. At 10,000 clients it tells what they take.

import { fprintf } from "sockyard/fmt";
import { go } from "sockyard/go";
import { copyBuffer, Failure } from "sockyard/io";
import { Conn, Listener, listen } from "sockyard/net";
import { exit, stderr } from "sockyard/os";

const BUFFER_SIZE = 4096;
const MANY = 10_000;

function main(): i32 {
  const listening = listen("tcp", "127.0.0.1:0");
  if (!listening.ok) return failure(listening.err);
  fprintf(stderr, "listening on %v\n", listening.value.addr());
  return failure(acceptAll(listening.value));
}

function acceptAll(listener: Listener): Failure | null {
  const before = memory.size();
  let accepted = 0;
  while (true) {
    const client = listener.accept();
    if (!client.ok) return client.err;
    go(serve, client.value);
    if (++accepted == MANY) go(tellMemory, before);
  }
}

function serve(conn: Conn): void {
  copyBuffer(conn, conn, new Uint8Array(BUFFER_SIZE));
  conn.close();
}

/** Runs when the last client's goroutine waits for the first message. */
function tellMemory(before: i32): void {
  const bytes = (memory.size() - before) * 65536;
  fprintf(stderr, "%v\n", bytes / MANY - BUFFER_SIZE);
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
