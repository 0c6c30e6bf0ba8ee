// Waits for ever, in the way that its argument says, after a line on standard error.

import { argv, exit, STDIN_FILENO, stderr } from "sockyard/process";
import { SockaddrIn, SockaddrUn, SUN_LEN } from "sockyard/sockaddr";
import {
  AF_INET,
  AF_UNIX,
  accept,
  bind,
  connect,
  EpollEvent,
  epoll_create1,
  epoll_wait,
  listen,
  NULL,
  Pollfd,
  poll,
  read,
  recv,
  SIZEOF_SOCKADDR_IN,
  SOCK_DGRAM,
  SOCK_STREAM,
  StructArray,
  socket,
  write,
} from "sockyard/socket";

const buffer = new StaticArray<u8>(65536);

function boundTo(type: i32): i32 {
  const fd = socket(AF_INET, type, 0);
  bind(fd, SockaddrIn.from("127.0.0.1", "0")!, SIZEOF_SOCKADDR_IN);
  if (type == SOCK_STREAM) listen(fd, 1);
  return fd;
}

/** A path, or an abstract name. */
function nameGiven(): SockaddrUn {
  return SockaddrUn.from(argv[2].startsWith("@") ? "\0" + argv[2].substring(1) : argv[2])!;
}

/** A Unix listener that nobody accepts from: one client more than its backlog waits for ever. */
function fillBacklog(): void {
  const address = nameGiven();
  const listener = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(listener, address, SUN_LEN(address));
  listen(listener, 0);
  while (connect(socket(AF_UNIX, SOCK_STREAM, 0), address, SUN_LEN(address)) == 0) {}
}

/** A client of itself that writes until nothing fits any more. */
function fillBuffers(): void {
  const address = nameGiven();
  const listener = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(listener, address, SUN_LEN(address));
  listen(listener, 1);
  const client = socket(AF_UNIX, SOCK_STREAM, 0);
  connect(client, address, SUN_LEN(address));
  while (write(client, buffer, buffer.length) > 0) {}
}

function compute(): void {
  let spins = 0;
  while (spins >= 0) spins = (spins + 1) & 0xffff;
}

function wait(how: string): void {
  if (how == "compute") compute();
  if (how == "accept") accept(boundTo(SOCK_STREAM), NULL, NULL);
  if (how == "recv") recv(boundTo(SOCK_DGRAM), buffer, 1, 0);
  if (how == "read") read(STDIN_FILENO, buffer, 1);
  if (how == "poll") poll(new StructArray<Pollfd>(0), 0, -1);
  if (how == "epoll_wait") epoll_wait(epoll_create1(0), new StructArray<EpollEvent>(1), 1, -1);
  if (how.startsWith("connect")) fillBacklog();
  if (how == "write") fillBuffers();
}

stderr.write("waiting\n");
wait(argv[1]);
exit(9);
