// The guest of the call cases: the loops of calls.c, one for one.

import { EAGAIN, errno, perror } from "sockyard/errno";
import { exit, STDIN_FILENO, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  AF_UNIX,
  accept,
  bind,
  CMSG_DATA,
  CMSG_LEN,
  CMSG_SPACE,
  Cmsghdr,
  close,
  connect,
  getsockname,
  Iovec,
  listen,
  MSG_DONTWAIT,
  Msghdr,
  NULL,
  pointer,
  Ref,
  read,
  recv,
  recvmsg,
  SCM_RIGHTS,
  SIZEOF_SOCKADDR_IN,
  SOCK_STREAM,
  SOL_SOCKET,
  StructArray,
  sendmsg,
  socket,
  socketpair,
  write,
} from "sockyard/socket";

const EMPTY_CALLS = 100000;
const PAIRS = 20000;
const PASSES = 20000;

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

/** One byte and one descriptor, through a pair of Unix sockets. */
function passDescriptors(): i32 {
  const pair = new StaticArray<i32>(2);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) fail("socketpair");
  const iovec = new StructArray<Iovec>(1);
  iovec[0].iov_base = pointer(buffer);
  iovec[0].iov_len = 1;
  const control = new StaticArray<u8>(CMSG_SPACE(sizeof<i32>()));
  const message = new Msghdr();
  message.msg_iov = pointer(iovec);
  message.msg_iovlen = 1;
  message.msg_control = pointer(control);
  const header = changetype<Cmsghdr>(pointer(control));
  for (let i = 0; i < PASSES; i++) {
    message.msg_controllen = control.length;
    header.cmsg_len = CMSG_LEN(sizeof<i32>());
    header.cmsg_level = SOL_SOCKET;
    header.cmsg_type = SCM_RIGHTS;
    store<i32>(CMSG_DATA(header), near);
    if (sendmsg(pair[0], message, 0) != 1) fail("sendmsg");
    if (recvmsg(pair[1], message, 0) != 1 || header.cmsg_type != SCM_RIGHTS) fail("recvmsg");
    if (close(load<i32>(CMSG_DATA(header))) < 0) fail("close");
  }
  close(pair[0]);
  close(pair[1]);
  return PASSES;
}

function run(letter: u8): i32 {
  switch (letter) {
    case 0x65:
      return receiveNothing();
    case 0x64:
      return passDescriptors();
    default:
      return passBytes();
  }
}

function fail(what: string): void {
  perror(what);
  exit(1);
}

openPair();
const letter = new Ref<u8>(0);
while (read(STDIN_FILENO, letter, 1) == 1) {
  stdout.write(`${run(letter.value)}\n`);
}
exit(0);
