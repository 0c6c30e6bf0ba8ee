// sockyard run --allow-net-connect=udp:127.0.0.1:12345 examples/berkeley/udp-client.ts
//
// A UDP client: sends its input as one datagram, and prints the answer.
// Arguments: [address] [port]

import { perror } from "sockyard/errno";
import { argv, exit, STDIN_FILENO, stderr, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  connect,
  POLLIN,
  Pollfd,
  poll,
  read,
  recv,
  SIZEOF_SOCKADDR_IN,
  SOCK_DGRAM,
  StructArray,
  send,
  socket,
} from "sockyard/socket";

const MAX_DATAGRAM = 65507;
const ATTEMPTS = 3;
const PATIENCE = 1000; // milliseconds

function main(): i32 {
  const host = argv.length > 1 ? argv[1] : "127.0.0.1";
  const port = argv.length > 2 ? argv[2] : "12345";
  const server = SockaddrIn.from(host, port);
  if (server === null) return failure(`${host}:${port}`);

  const fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return failure("socket");

  // Nothing is sent yet: from here on send() goes to the server, only its
  // answers are heard, and an error that its machine reports is ours to see.
  if (connect(fd, server, SIZEOF_SOCKADDR_IN) < 0) return failure("connect");

  const message = new StaticArray<u8>(MAX_DATAGRAM);
  const size = readAll(message);
  if (size < 0) return failure("read");

  // Datagrams get lost, on either way. Who wants an answer asks again.
  const answer = new StaticArray<u8>(MAX_DATAGRAM);
  for (let i = 0; i < ATTEMPTS; i++) {
    if (send(fd, message, size, 0) < 0) return failure("send");
    if (!isReadable(fd)) continue;
    const received = recv(fd, answer, answer.length, 0);
    if (received < 0) return failure("recv");
    return stdout.writeBytes(answer, received) < 0 ? failure("write") : 0;
  }
  stderr.write("no answer\n");
  return 1;
}

/** Reads the input to its end, as far as there is room. */
function readAll(buffer: StaticArray<u8>): i32 {
  let size = 0;
  while (size < buffer.length) {
    const start = changetype<usize>(buffer) + <usize>size;
    const count = read(STDIN_FILENO, start, buffer.length - size);
    if (count <= 0) return count < 0 ? -1 : size;
    size += count;
  }
  return size;
}

function isReadable(fd: i32): bool {
  const set = new StructArray<Pollfd>(1);
  set[0].fd = fd;
  set[0].events = POLLIN;
  return poll(set, 1, PATIENCE) > 0;
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
