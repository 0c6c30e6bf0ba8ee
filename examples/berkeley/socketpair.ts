// sockyard run examples/berkeley/socketpair.ts
//
// Two sockets that are connected from the start, and talk both ways. They reach
// nobody else, so that no grant is needed.

import { perror } from "sockyard/errno";
import { exit, stdout } from "sockyard/process";
import { AF_UNIX, close, read, SOCK_STREAM, socketpair, write } from "sockyard/socket";

function main(): i32 {
  const ends = new StaticArray<i32>(2);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return failure("socketpair");

  // A pipe goes one way; both ends of a pair read and write.
  if (!say(ends[0], "How are you?") || !hear(ends[1])) return 1;
  if (!say(ends[1], "Connected, thank you.") || !hear(ends[0])) return 1;

  // Once an end is closed, the other reads the end of the stream: 0.
  close(ends[0]);
  const buffer = new StaticArray<u8>(1);
  stdout.write(`read after close: ${read(ends[1], buffer, 1)}\n`);
  close(ends[1]);
  return 0;
}

function say(fd: i32, text: string): bool {
  const bytes = String.UTF8.encode(text);
  return write(fd, bytes, bytes.byteLength) >= 0 || failure("write") == 0;
}

function hear(fd: i32): bool {
  const buffer = new ArrayBuffer(64);
  const size = read(fd, buffer, buffer.byteLength);
  if (size < 0) return failure("read") == 0;
  return stdout.write(`${fd} heard: ${String.UTF8.decode(buffer.slice(0, size))}\n`) == 0;
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
