// What goroutines that wait for descriptors do: a line for each, `ok …` if it is as it should be.

import { errno } from "sockyard/errno";
import { Chan, cancelWaits, go, gosched, numGoroutine, setReadDeadline, waitReadable, waitWritable } from "sockyard/go";
import { exit, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept4,
  bind,
  close,
  connect,
  EAGAIN,
  EBADF,
  ECANCELED,
  ECONNREFUSED,
  EINPROGRESS,
  ETIMEDOUT,
  getsockname,
  getsockopt,
  listen,
  NULL,
  Ref,
  read,
  SIZEOF_SOCKADDR_IN,
  SO_ERROR,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  socket,
  write,
} from "sockyard/socket";
import { WaitGroup } from "sockyard/sync";
import { MILLISECOND, now, SECOND, since, sleep } from "sockyard/time";

let failures = 0;

function ok(isRight: bool, what: string): void {
  if (!isRight) failures++;
  stdout.write(`${isRight ? "ok" : "FAILED"} ${what}\n`);
}

function listener(): i32 {
  const fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  bind(fd, SockaddrIn.from("127.0.0.1", "0")!, SIZEOF_SOCKADDR_IN);
  listen(fd, 128);
  return fd;
}

function nameOf(fd: i32): SockaddrIn {
  const name = new SockaddrIn();
  getsockname(fd, name, new Ref<u32>(SIZEOF_SOCKADDR_IN));
  return name;
}

function accepted(server: i32): i32 {
  while (true) {
    const fd = accept4(server, NULL, NULL, SOCK_NONBLOCK);
    if (fd >= 0 || errno != EAGAIN || waitReadable(server) < 0) return fd;
  }
}

/** The number of the error with which a connection ends. */
function connected(fd: i32, to: SockaddrIn): i32 {
  if (connect(fd, to, SIZEOF_SOCKADDR_IN) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  const waited = waitWritable(fd);
  if (waited < 0) return -waited;
  const error = new Ref<i32>(0);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, error, new Ref<u32>(4));
  return error.value;
}

function client(to: SockaddrIn): i32 {
  const fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  return connected(fd, to) == 0 ? fd : -1;
}

function readSome(fd: i32, buffer: StaticArray<u8>, count: i32): i32 {
  while (true) {
    const size = read(fd, buffer, count);
    if (size >= 0 || errno != EAGAIN) return size;
    const waited = waitReadable(fd);
    if (waited < 0) return waited;
  }
}

const group = new WaitGroup();

function serve(server: i32): void {
  while (true) {
    const fd = accepted(server);
    if (fd < 0) break;
    go(echo, fd);
  }
  group.done();
}

function echo(fd: i32): void {
  const buffer = new StaticArray<u8>(64);
  let size = readSome(fd, buffer, 64);
  while (size > 0) {
    write(fd, buffer, size);
    size = readSome(fd, buffer, 64);
  }
  close(fd);
}

class Visit {
  constructor(
    public to: SockaddrIn,
    public rounds: i32,
    public number: i32,
  ) {}
}

let rightBytes = 0;

function visit(v: Visit): void {
  const fd = client(v.to);
  const buffer = new StaticArray<u8>(64);
  for (let i = 0; i < v.rounds; i++) {
    store<i32>(changetype<usize>(buffer), v.number * 1000 + i);
    write(fd, buffer, 4);
    store<i32>(changetype<usize>(buffer), -1);
    if (readSome(fd, buffer, 64) == 4 && load<i32>(changetype<usize>(buffer)) == v.number * 1000 + i) rightBytes++;
  }
  close(fd);
  group.done();
}

function echoServer(): void {
  const server = listener();
  const name = nameOf(server);
  group.add(51);
  go(serve, server);
  for (let i = 0; i < 50; i++) go(visit, new Visit(name, 20, i));
  while (rightBytes < 1000) sleep(MILLISECOND);
  ok(true, "50 clients and a goroutine for each, 20 times there and back");
  cancelWaits(server);
  close(server);
  group.wait();
  while (numGoroutine() > 1) sleep(MILLISECOND);
  ok(true, "who waits for a descriptor that is closed is told, and all end");
}

function waiter(c: Chan<i32>): void {
  const fd = c.recv();
  c.send(waitReadable(fd));
}

function ends(): void {
  const server = listener();
  const fd = client(nameOf(server));
  const peer = accepted(server);
  const buffer = new StaticArray<u8>(64);

  setReadDeadline(fd, now() + 5 * MILLISECOND);
  const start = now();
  ok(waitReadable(fd) == -ETIMEDOUT && since(start) >= 5 * MILLISECOND, "a deadline ends a wait");
  ok(waitReadable(fd) == -ETIMEDOUT, "and all later ones");
  ok(waitWritable(fd) == 0, "but not those for writing");
  setReadDeadline(fd, 0);
  const c = new Chan<i32>();
  go(waiter, c);
  c.send(fd);
  gosched();
  setReadDeadline(fd, now() - SECOND);
  ok(c.recv() == -ETIMEDOUT, "a deadline in the past ends the wait of another goroutine");
  setReadDeadline(fd, 0);

  go(waiter, c);
  go(waiter, c);
  c.send(fd);
  c.send(fd);
  gosched();
  write(peer, buffer, 10);
  ok(c.recv() == 0 && c.recv() == 0, "all who wait are woken");
  ok(read(fd, buffer, 4) == 4 && waitReadable(fd) == 0, "what is left to read ends a wait, too");
  ok(read(fd, buffer, 64) == 6 && read(fd, buffer, 64) == -1 && errno == EAGAIN, "until all is read");

  go(waiter, c);
  c.send(fd);
  gosched();
  close(peer);
  ok(c.recv() == 0 && read(fd, buffer, 64) == 0, "the peer's end ends a wait");

  go(waiter, c);
  const second = client(nameOf(server));
  c.send(second);
  gosched();
  cancelWaits(second);
  ok(c.recv() == -ECANCELED, "cancelWaits ends a wait");
  close(second);
  ok(waitReadable(second) == -EBADF && waitReadable(-1) == -EBADF, "EBADF for what is not open");

  // Closed behind the poller's back, and its number given to another.
  close(fd);
  close(accepted(server));
  const third = client(nameOf(server));
  const thirdPeer = accepted(server);
  go(waiter, c);
  c.send(third);
  gosched();
  write(thirdPeer, buffer, 1);
  ok(c.recv() == 0, "a new descriptor with an old number is waited for");
  close(third);
  close(thirdPeer);
  const name = nameOf(server);
  close(server);
  const refused = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  ok(connected(refused, name) == ECONNREFUSED, "a refused connection ends a wait for writing");
  close(refused);
}

function busy(isOver: StaticArray<bool>): void {
  while (!isOver[0]) gosched();
}

function fairness(): void {
  const server = listener();
  const isOver = new StaticArray<bool>(1);
  go(busy, isOver);
  go(busy, isOver);
  const fd = client(nameOf(server));
  ok(fd >= 0 && accepted(server) >= 0, "descriptors get their turn while others are always ready to run");
  const start = now();
  sleep(MILLISECOND);
  ok(since(start) < SECOND, "and so do timers");
  isOver[0] = true;
}

echoServer();
ends();
fairness();
exit(failures);
