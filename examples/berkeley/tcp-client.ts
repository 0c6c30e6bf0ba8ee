// sockyard run --allow-net-connect=127.0.0.1:12345 examples/berkeley/tcp-client.ts
//
// A TCP client: sends up to 32 bytes of its input, and prints the answer.
// Arguments: [address] [port]

import { perror } from "sockyard/errno";
import { argv, exit, STDIN_FILENO, STDOUT_FILENO } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import { AF_INET, close, connect, read, SIZEOF_SOCKADDR_IN, SOCK_STREAM, socket, write } from "sockyard/socket";

function main(): i32 {
  const host = argv.length > 1 ? argv[1] : "127.0.0.1";
  const port = argv.length > 2 ? argv[2] : "12345";
  const server = SockaddrIn.from(host, port);
  if (server === null) return failure(`${host}:${port}`);

  const fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return failure("socket");

  // A client needs no bind: the kernel chooses its address and port here.
  if (connect(fd, server, SIZEOF_SOCKADDR_IN) < 0) return failure("connect");

  // A socket is a file: the calls that read the terminal read the network, too.
  const buffer = new StaticArray<u8>(32);
  const sent = read(STDIN_FILENO, buffer, buffer.length);
  if (sent < 0) return failure("read");
  if (write(fd, buffer, sent) < 0) return failure("write");

  // The answer may come in pieces. The server closes after it: 0, the end.
  let received = read(fd, buffer, buffer.length);
  while (received > 0) {
    write(STDOUT_FILENO, buffer, received);
    received = read(fd, buffer, buffer.length);
  }
  if (received < 0) return failure("read");

  close(fd);
  return 0;
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
