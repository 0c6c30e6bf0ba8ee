// sockyard run --allow-net=127.0.0.1,unix:$PWD/sample-socket examples/berkeley/unix-vs-tcp.ts
//
// Measures how much faster a Unix socket is than TCP on the same machine.
// Arguments: [round trips] [path]

import { perror } from "sockyard/errno";
import { argv, exit, stdout } from "sockyard/process";
import { SockaddrIn, SockaddrUn } from "sockyard/sockaddr";
import {
  AF_INET,
  AF_UNIX,
  accept,
  bind,
  CLOCK_MONOTONIC,
  clock_gettime,
  close,
  connect,
  getsockname,
  IPPROTO_TCP,
  listen,
  MSG_WAITALL,
  NULL,
  Ref,
  recv,
  SIZEOF_SOCKADDR_IN,
  SIZEOF_SOCKADDR_UN,
  SOCK_STREAM,
  send,
  setsockopt,
  socket,
  TCP_NODELAY,
  Timespec,
  unlink,
} from "sockyard/socket";

/** A message that a button press might send, and a block that fits into every socket's buffer. */
const MESSAGE = 64;
const BLOCK = 32768;
const buffer = new StaticArray<u8>(BLOCK);

/** Both ends of a connection: a program can talk to itself as long as the buffers hold what it says. */
class Connection {
  constructor(
    readonly client: i32,
    readonly server: i32,
  ) {}

  close(): void {
    close(this.client);
    close(this.server);
  }
}

function main(): i32 {
  const rounds = argv.length > 1 ? I32.parseInt(argv[1]) : 20000;
  const path = argv.length > 2 ? argv[2] : "./sample-socket";
  if (rounds <= 0) return usage();
  const unix = connectUnix(path);
  if (unix === null) return 1;
  const tcp = connectTcp();
  if (tcp === null) return 1;

  stdout.write("               64-byte round trip   throughput\n");
  const ok = measure("Unix socket", unix, rounds) && measure("TCP, loopback", tcp, rounds);
  unix.close();
  tcp.close();
  unlink(path);
  return ok ? 0 : 1;
}

function measure(name: string, connection: Connection, rounds: i32): bool {
  // The first rounds warm everything up: caches, and TCP's window.
  if (roundTrips(connection, rounds / 10 + 1) < 0) return false;
  const time = roundTrips(connection, rounds);
  const bulk = transfer(connection, rounds / 10 + 1);
  if (time < 0 || bulk < 0) return false;
  const microseconds = time / <f64>rounds / 1000;
  const gigabytes = (<f64>(rounds / 10 + 1) * BLOCK) / bulk;
  stdout.write(
    `${name.padEnd(14)} ${fixed(microseconds, 2).padStart(15)} us ${fixed(gigabytes, 2).padStart(9)} GB/s\n`,
  );
  return true;
}

/** The nanoseconds that `count` messages take there and back, or -1. */
function roundTrips(connection: Connection, count: i32): f64 {
  const start = now();
  for (let i = 0; i < count; i++) {
    if (!pass(connection.client, connection.server, MESSAGE)) return -1;
    if (!pass(connection.server, connection.client, MESSAGE)) return -1;
  }
  return now() - start;
}

/** The nanoseconds that `count` blocks take in one direction, or -1. */
function transfer(connection: Connection, count: i32): f64 {
  const start = now();
  for (let i = 0; i < count; i++) if (!pass(connection.client, connection.server, BLOCK)) return -1;
  return now() - start;
}

function pass(from: i32, to: i32, size: i32): bool {
  if (send(from, buffer, size, 0) == size && recv(to, buffer, size, MSG_WAITALL) == size) return true;
  perror("pass");
  return false;
}

function connectUnix(path: string): Connection | null {
  const address = SockaddrUn.from(path);
  if (address === null) return failure(path);
  const listener = socket(AF_UNIX, SOCK_STREAM, 0);
  unlink(path);
  if (bind(listener, address, SIZEOF_SOCKADDR_UN) < 0) return failure("bind");
  if (listen(listener, 1) < 0) return failure("listen");
  const client = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(client, address, SIZEOF_SOCKADDR_UN) < 0) return failure("connect");
  const server = accept(listener, NULL, NULL);
  close(listener);
  return new Connection(client, server);
}

function connectTcp(): Connection | null {
  const address = SockaddrIn.from("127.0.0.1", "0")!;
  const listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");
  if (listen(listener, 1) < 0) return failure("listen");
  getsockname(listener, address, new Ref<u32>(SIZEOF_SOCKADDR_IN));
  const client = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(client, address, SIZEOF_SOCKADDR_IN) < 0) return failure("connect");
  const server = accept(listener, NULL, NULL);
  close(listener);

  // Small messages would wait for each other (Nagle's algorithm).
  const on = new Ref<i32>(1);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, on, sizeof<i32>());
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, on, sizeof<i32>());
  return new Connection(client, server);
}

/** Nanoseconds of a clock that nobody sets. */
function now(): f64 {
  const time = new Timespec();
  clock_gettime(CLOCK_MONOTONIC, time);
  return <f64>time.tv_sec * 1e9 + <f64>time.tv_nsec;
}

function fixed(value: f64, digits: i32): string {
  const scale = 10 ** digits;
  const scaled = <i64>Math.round(value * scale);
  return `${scaled / <i64>scale}.${`${scaled % <i64>scale}`.padStart(digits, "0")}`;
}

function failure(what: string): Connection | null {
  perror(what);
  return null;
}

function usage(): i32 {
  stdout.write("usage: unix-vs-tcp.ts [round trips] [path]\n");
  return 2;
}

exit(main());
