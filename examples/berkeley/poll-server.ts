// sockyard run --allow-net-listen=0.0.0.0:12345 examples/berkeley/poll-server.ts
//
// An echo server for many clients at once, in one thread: poll tells who is ready.
// Arguments: [port] [address]

import { EAGAIN, errno, perror } from "sockyard/errno";
import { argv, exit, stderr, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept4,
  bind,
  close,
  getsockname,
  listen,
  MSG_NOSIGNAL,
  POLLIN,
  POLLOUT,
  Pollfd,
  poll,
  Ref,
  recv,
  SIZEOF_SOCKADDR_IN,
  SO_REUSEADDR,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  StructArray,
  send,
  setsockopt,
  socket,
} from "sockyard/socket";

/** A client, and what it has sent but not yet got back. */
class Client {
  private buffer: StaticArray<u8> = new StaticArray<u8>(4096);
  private start: i32 = 0;
  private end: i32 = 0;

  constructor(
    readonly fd: i32,
    readonly name: string,
  ) {}

  /** Who does not read its answers is not listened to, either: nothing piles up. */
  get events(): i32 {
    return this.start < this.end ? POLLOUT : POLLIN;
  }

  /** Goes one step on, without waiting; false if the client is gone. */
  step(): bool {
    if (this.start == this.end && !this.receive()) return false;
    return this.answer();
  }

  private receive(): bool {
    this.start = 0;
    this.end = 0;
    const size = recv(this.fd, this.buffer, this.buffer.length, 0);
    if (size > 0) this.end = size;
    return size > 0 || (size < 0 && errno == EAGAIN);
  }

  private answer(): bool {
    const rest = changetype<usize>(this.buffer) + <usize>this.start;
    if (this.start == this.end) return true;
    const size = send(this.fd, rest, this.end - this.start, MSG_NOSIGNAL);
    if (size > 0) this.start += size;
    return size > 0 || errno == EAGAIN;
  }
}

const clients: Client[] = [];
let set = new StructArray<Pollfd>(16);

function main(): i32 {
  const port = argv.length > 1 ? argv[1] : "12345";
  const host = argv.length > 2 ? argv[2] : "0.0.0.0";
  const address = SockaddrIn.from(host, port);
  if (address === null) return failure(`${host}:${port}`);

  // No call of this server may wait but poll, so its sockets do not block.
  const listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (listener < 0) return failure("socket");
  const on = new Ref<i32>(1);
  if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, on, sizeof<i32>()) < 0) return failure("setsockopt");
  if (bind(listener, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");
  if (listen(listener, 128) < 0) return failure("listen");
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  if (getsockname(listener, address, length) < 0) return failure("getsockname");
  stderr.write(`listening on ${address.toString()}\n`);

  while (true) {
    const count = prepare(listener);
    if (poll(set, count, -1) < 0) return failure("poll");
    // From the end, since a client that has gone leaves its place to the last.
    for (let i = count - 1; i > 0; i--) if (set[i].revents != 0) serve(i - 1);
    if (set[0].revents != 0) welcome(listener);
  }
}

/** Says whom to wait for, and for what: the listener first, then the clients in their order. */
function prepare(listener: i32): i32 {
  const count = clients.length + 1;
  if (count > set.length) set = new StructArray<Pollfd>(count * 2);
  set[0].fd = listener;
  set[0].events = POLLIN;
  for (let i = 1; i < count; i++) {
    const client = clients[i - 1];
    set[i].fd = client.fd;
    set[i].events = client.events;
  }
  return count;
}

function serve(index: i32): void {
  const client = clients[index];
  if (client.step()) return;
  stdout.write(`Lost client: ${client.name}\n`);
  close(client.fd);
  const last = clients.pop();
  if (index < clients.length) clients[index] = last;
}

/** Takes everybody who waits. */
function welcome(listener: i32): void {
  const peer = new SockaddrIn();
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  let fd: i32;
  while ((fd = accept4(listener, peer, length, SOCK_NONBLOCK)) >= 0) {
    const client = new Client(fd, peer.toString());
    stdout.write(`Get client: ${client.name}\n`);
    clients.push(client);
  }
  if (errno != EAGAIN) perror("accept4");
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
