// sockyard run --allow-net-connect=unix:$PWD/sample-socket examples/berkeley/unix-client.ts
//
// A client on a Unix socket: sends up to 32 bytes of its input.
// Arguments: [path]. To send the beginning of a file: … unix-client.ts < FILE

import { perror } from "sockyard/errno";
import { argv, exit, STDIN_FILENO } from "sockyard/process";
import { SockaddrUn } from "sockyard/sockaddr";
import { AF_UNIX, close, connect, read, SIZEOF_SOCKADDR_UN, SOCK_STREAM, socket, write } from "sockyard/socket";

function main(): i32 {
  const path = argv.length > 1 ? argv[1] : "./sample-socket";
  const server = SockaddrUn.from(path);
  if (server === null) return failure(path);

  const fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) return failure("socket");

  // Whoever may write to the socket file may connect: EACCES for others.
  if (connect(fd, server, SIZEOF_SOCKADDR_UN) < 0) return failure("connect");

  // A socket is a file: the calls that read a file write to a socket, too.
  const buffer = new StaticArray<u8>(32);
  const size = read(STDIN_FILENO, buffer, buffer.length);
  if (size < 0) return failure("read");
  if (write(fd, buffer, size) < 0) return failure("write");

  close(fd);
  return 0;
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
