// The guest of the case `many-goroutines`: a goroutine for each client. At 10,000 clients it tells what they take.

import { EAGAIN, errno, perror } from "sockyard/errno";
import { go } from "sockyard/go";
import { Watch } from "sockyard/go/poller";
import { exit, stderr } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept4,
  bind,
  close,
  getsockname,
  listen,
  NULL,
  Ref,
  read,
  SIZEOF_SOCKADDR_IN,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  socket,
  write,
} from "sockyard/socket";

const BUFFER_SIZE = 4096;
const MANY = 10_000;

function main(): i32 {
  const address = SockaddrIn.from("127.0.0.1", "0");
  if (address === null) return failure("address");
  const listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (listener < 0) return failure("socket");
  if (bind(listener, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");
  if (listen(listener, 4096) < 0) return failure("listen");
  if (getsockname(listener, address, new Ref<u32>(SIZEOF_SOCKADDR_IN)) < 0) return failure("getsockname");
  const watch = new Watch(listener);
  if (watch.arm() < 0) return failure("epoll");
  stderr.write(`listening on ${address.toString()}\n`);
  return acceptAll(watch);
}

function acceptAll(listener: Watch): i32 {
  const before = memory.size();
  let accepted = 0;
  while (listener.waitRead() == 0) {
    const client = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK);
    if (client < 0) {
      if (errno != EAGAIN) return failure("accept");
      listener.reading.isReady = false;
    } else {
      go(serve, client);
      if (++accepted == MANY) go(tellMemory, before);
    }
  }
  return 1;
}

function serve(client: i32): void {
  const watch = new Watch(client);
  const buffer = new StaticArray<u8>(BUFFER_SIZE);
  if (watch.arm() == 0) echo(watch, buffer);
  watch.close();
  close(client);
}

function echo(client: Watch, buffer: StaticArray<u8>): void {
  while (client.waitRead() == 0) {
    const size = read(client.fd, buffer, BUFFER_SIZE);
    if (size < 0 && errno == EAGAIN) {
      client.reading.isReady = false;
    } else {
      // A message of this benchmark fits into any socket's buffer.
      if (size <= 0 || write(client.fd, buffer, size) != size) return;
      // It was all there is. The kernel tells when more has come, which saves a call that finds nothing.
      if (size < BUFFER_SIZE && !client.isLast) client.reading.isReady = false;
    }
  }
}

/** Runs when the last client's goroutine waits for the first message. */
function tellMemory(before: i32): void {
  const bytes = (memory.size() - before) * 65536;
  stderr.write(`${bytes / MANY - BUFFER_SIZE}\n`);
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
