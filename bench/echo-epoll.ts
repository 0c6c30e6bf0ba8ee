// The guest of the case `many`: the calls of echo-epoll.c, one for one.

import { EAGAIN, errno, perror } from "sockyard/errno";
import { exit, stderr } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept4,
  bind,
  close,
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLLIN,
  EpollEvent,
  epoll_create1,
  epoll_ctl,
  epoll_wait,
  getsockname,
  listen,
  NULL,
  Ref,
  read,
  SIZEOF_SOCKADDR_IN,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  StructArray,
  socket,
  write,
} from "sockyard/socket";

const EVENTS = 256;
const BUFFER_SIZE = 65536;
const buffer: usize = memory.data(BUFFER_SIZE, 64);
const event = new StructArray<EpollEvent>(1);
let set: i32 = -1;

function main(): i32 {
  const address = SockaddrIn.from("127.0.0.1", "0");
  if (address === null) return failure("address");
  const listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (listener < 0) return failure("socket");
  if (bind(listener, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");
  if (listen(listener, 4096) < 0) return failure("listen");
  if (getsockname(listener, address, new Ref<u32>(SIZEOF_SOCKADDR_IN)) < 0) return failure("getsockname");
  set = epoll_create1(EPOLL_CLOEXEC);
  if (set < 0 || watch(listener) < 0) return failure("epoll");
  stderr.write(`listening on ${address.toString()}\n`);

  const events = new StructArray<EpollEvent>(EVENTS);
  while (true) {
    const ready = epoll_wait(set, events, EVENTS, -1);
    if (ready < 0) return failure("epoll_wait");
    for (let i = 0; i < ready; i++) {
      const fd = events[i].fd;
      if (fd != listener) {
        serve(fd);
        continue;
      }
      const client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
      if (client >= 0 && watch(client) < 0) return failure("epoll_ctl");
    }
  }
}

function watch(fd: i32): i32 {
  event[0].events = EPOLLIN;
  event[0].fd = fd;
  return epoll_ctl(set, EPOLL_CTL_ADD, fd, event[0]);
}

function serve(client: i32): void {
  const size = read(client, buffer, BUFFER_SIZE);
  if (size < 0 && errno == EAGAIN) return;
  // A message of this benchmark fits into any socket's buffer.
  if (size <= 0 || write(client, buffer, size) != size) close(client);
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
