// sockyard run --allow-net-connect=127.0.0.1:12345 examples/berkeley/tcp-client.ts
//
// A TCP client: sends up to 32 bytes of its input, and prints the answer.
// Arguments: [host] [port]. A host's name takes a right, too: --allow-net=example.com:80

import { errno, perror, strerror } from "sockyard/errno";
import { Addrinfo, EAI_SYSTEM, gai_strerror, getaddrinfo } from "sockyard/netdb";
import { argv, exit, STDIN_FILENO, STDOUT_FILENO, stderr } from "sockyard/process";
import { AF_UNSPEC, close, connect, Ref, read, SOCK_STREAM, socket, write } from "sockyard/socket";

function main(): i32 {
  const host = argv.length > 1 ? argv[1] : "127.0.0.1";
  const port = argv.length > 2 ? argv[2] : "12345";

  const fd = connectTo(host, port);
  if (fd < 0) return 1;

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

/** Connects to the first of the host's addresses that answers. */
function connectTo(host: string, port: string): i32 {
  // Of whatever family: a host may have addresses of both.
  const hints = new Addrinfo(0, AF_UNSPEC, SOCK_STREAM);
  const list = new Ref<Addrinfo | null>(null);
  const error = getaddrinfo(host, port, hints, list);
  if (error != 0) {
    stderr.write(`${host}:${port}: ${error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error)}\n`);
    return -1;
  }

  let server = list.value;
  while (server !== null) {
    const fd = socket(server.ai_family, server.ai_socktype, server.ai_protocol);
    // A client needs no bind: the kernel chooses its address and port here.
    if (fd >= 0 && connect(fd, server.ai_addr, server.ai_addrlen) == 0) return fd;
    perror("connect");
    if (fd >= 0) close(fd);
    server = server.ai_next;
  }
  return -1;
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
