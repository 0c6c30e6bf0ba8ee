// The guest of the call cases: the loops of calls.c, one for one.

import { EAGAIN, errno, perror } from "sockyard/errno";
import { exit, STDIN_FILENO, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept,
  bind,
  connect,
  getsockname,
  listen,
  MSG_DONTWAIT,
  NULL,
  Ref,
  read,
  recv,
  SIZEOF_SOCKADDR_IN,
  SOCK_STREAM,
  socket,
  write,
} from "sockyard/socket";

const EMPTY_CALLS = 100000;
const PAIRS = 20000;

const buffer = new StaticArray<u8>(64);
let near = -1;
let far = -1;

function openPair(): void {
  const address = SockaddrIn.from("127.0.0.1", "0")!;
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  const listener = socket(AF_INET, SOCK_STREAM, 0);
  near = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, address, SIZEOF_SOCKADDR_IN) < 0 || listen(listener, 1) < 0) fail("listen");
  if (getsockname(listener, address, length) < 0) fail("getsockname");
  if (connect(near, address, SIZEOF_SOCKADDR_IN) < 0) fail("connect");
  far = accept(listener, NULL, NULL);
  if (far < 0) fail("accept");
}

function receiveNothing(): i32 {
  for (let i = 0; i < EMPTY_CALLS; i++) {
    if (recv(near, buffer, 64, MSG_DONTWAIT) != -1 || errno != EAGAIN) fail("recv");
  }
  return EMPTY_CALLS;
}

function passBytes(): i32 {
  for (let i = 0; i < PAIRS; i++) {
    buffer[i % 64] = <u8>i;
    if (write(near, buffer, 64) != 64) fail("write");
    buffer[i % 64] = <u8>~i;
    if (read(far, buffer, 64) != 64 || buffer[i % 64] != <u8>i) fail("read");
  }
  return PAIRS;
}

function fail(what: string): void {
  perror(what);
  exit(1);
}

openPair();
const letter = new Ref<u8>(0);
while (read(STDIN_FILENO, letter, 1) == 1) {
  stdout.write(`${letter.value == 0x65 ? receiveNothing() : passBytes()}\n`);
}
exit(0);
