// sockyard run --allow-net-listen=0.0.0.0:12345 examples/berkeley/tcp-server.ts
//
// A TCP server: prints who connects and what they send, and answers.
// Arguments: [port] [address]

import { ntohs } from "sockyard/byteorder";
import { perror } from "sockyard/errno";
import { inet_ntoa } from "sockyard/inet";
import { argv, exit, STDOUT_FILENO, stderr, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept,
  bind,
  close,
  getsockname,
  listen,
  Ref,
  read,
  SIZEOF_SOCKADDR_IN,
  SO_REUSEADDR,
  SOCK_STREAM,
  SOL_SOCKET,
  setsockopt,
  socket,
  write,
} from "sockyard/socket";

function main(): i32 {
  const port = argv.length > 1 ? argv[1] : "12345";
  const host = argv.length > 2 ? argv[2] : "0.0.0.0"; // all interfaces of this machine
  const address = SockaddrIn.from(host, port);
  if (address === null) return failure(`${host}:${port}`);

  // A new socket belongs to a family, but it has no address and no peer yet.
  const listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) return failure("socket");

  // Connections of an earlier run linger in TIME_WAIT and would keep the port
  // busy for a minute: a server says that it does not mind.
  const on = new Ref<i32>(1);
  if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, on, sizeof<i32>()) < 0) return failure("setsockopt");

  if (bind(listener, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");

  // Up to five clients may wait, already connected, until accept takes them.
  if (listen(listener, 5) < 0) return failure("listen");

  // With port 0 the kernel has chosen one: ask which.
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  if (getsockname(listener, address, length) < 0) return failure("getsockname");
  stderr.write(`listening on ${address.toString()}\n`);

  while (true) serve(listener);
}

/** Serves one client. Its failure is no reason to stop serving others. */
function serve(listener: i32): void {
  const peer = new SockaddrIn();
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);

  // The listener only listens: each client gets a descriptor of its own.
  const client = accept(listener, peer, length);
  if (client < 0) {
    perror("accept");
    return;
  }

  // Addresses and ports travel in network byte order.
  stdout.write(`Get client: ${inet_ntoa(peer.sin_addr)}:${ntohs(peer.sin_port)}\n`);

  // TCP is a stream: one read gives what has arrived so far, at most 32 bytes.
  const buffer = new StaticArray<u8>(32);
  const size = read(client, buffer, buffer.length);
  if (size < 0) {
    perror("read");
    close(client);
    return;
  }
  write(STDOUT_FILENO, buffer, size);

  const reply = String.UTF8.encode("I got your message!\n");
  if (write(client, reply, reply.byteLength) < 0) perror("write");
  close(client);
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
