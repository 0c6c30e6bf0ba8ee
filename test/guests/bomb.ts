// Wants more and more of what its argument says, and counts on standard error what it got.

import { perror } from "sockyard/errno";
import { argv, exit, STDERR_FILENO, STDOUT_FILENO, stderr } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import * as s from "sockyard/socket";
import { fd_write, sock_recv, sock_send } from "./imports/wasi_snapshot_preview1";

const buffer = new StaticArray<u8>(1000).fill(0x78);
const vector = new s.StructArray<s.Iovec>(2);
vector[0].iov_base = s.pointer(buffer);
vector[0].iov_len = 300;
vector[1].iov_base = s.pointer(buffer);
vector[1].iov_len = 700;
const pair = new StaticArray<i32>(2);
const result: usize = memory.data(8, 8);
const flags: usize = memory.data(8, 8);

const LIMIT: i32 = 10_000;

/** A message that carries `fd`, or has room for one if it is negative. */
function messageWith(fd: i32): s.Msghdr {
  const control = new StaticArray<u8>(s.CMSG_SPACE(4));
  const message = new s.Msghdr();
  message.msg_iov = s.pointer(vector);
  message.msg_iovlen = 1;
  message.msg_control = s.pointer(control);
  message.msg_controllen = control.length;
  if (fd < 0) return message;
  const rights = s.CMSG_FIRSTHDR(message)!;
  rights.cmsg_len = s.CMSG_LEN(4);
  rights.cmsg_level = s.SOL_SOCKET;
  rights.cmsg_type = s.SCM_RIGHTS;
  store<i32>(s.CMSG_DATA(rights), fd);
  return message;
}

/** `fd` as it comes back through a pair of sockets; -1 if there is no room for it. */
function passed(fd: i32): i32 {
  if (s.sendmsg(pair[0], messageWith(fd), 0) < 0) return -1;
  const received = messageWith(-1);
  if (s.recvmsg(pair[1], received, 0) < 0) return -1;
  const rights = s.CMSG_FIRSTHDR(received);
  return rights === null ? -1 : load<i32>(s.CMSG_DATA(rights));
}

function listening(): SockaddrIn {
  const listener = s.socket(s.AF_INET, s.SOCK_STREAM, 0);
  const address = SockaddrIn.from("127.0.0.1", "0")!;
  s.bind(listener, address, s.SIZEOF_SOCKADDR_IN);
  s.listen(listener, 100);
  s.getsockname(listener, address, new s.Ref<u32>(s.SIZEOF_SOCKADDR_IN));
  return address;
}

/** The number of the last descriptor that one more of the kind takes; negative if there is none. */
function another(kind: string, address: SockaddrIn | null): i32 {
  if (kind == "socket") return s.socket(s.AF_INET, s.SOCK_DGRAM, 0);
  if (kind == "dup") return s.dup(0);
  if (kind == "pipe") return s.pipe(pair) < 0 ? -1 : pair[1];
  if (kind == "socketpair") return s.socketpair(s.AF_UNIX, s.SOCK_STREAM, 0, pair) < 0 ? -1 : pair[1];
  if (kind == "epoll") return s.epoll_create1(0);
  if (kind == "received") return passed(0);
  const client = s.socket(s.AF_INET, s.SOCK_STREAM, 0);
  if (client < 0 || s.connect(client, address, s.SIZEOF_SOCKADDR_IN) < 0) return -1;
  return s.accept(3, s.NULL, s.NULL);
}

function descriptors(kind: string): i32 {
  const address = kind == "accepted" ? listening() : null;
  if (kind == "received") s.socketpair(s.AF_UNIX, s.SOCK_DGRAM, 0, pair);
  let count = 0;
  while (count < LIMIT && another(kind, address) >= 0) ++count;
  if (count == LIMIT) return 0;
  perror(kind);
  stderr.write(`${count}\n`);
  return 3;
}

function outputs(kind: string): void {
  let fd = kind == "stderr" ? STDERR_FILENO : STDOUT_FILENO;
  if (kind == "dup") fd = s.dup(fd);
  if (kind == "dup2") fd = s.dup2(fd, 40);
  if (kind == "passed") {
    s.socketpair(s.AF_UNIX, s.SOCK_DGRAM, 0, pair);
    fd = passed(fd);
  }
  if (kind == "writev") while (s.writev(fd, vector, 2) > 0) {}
  else if (kind == "sendmsg") while (s.sendmsg(fd, messageOf(2), 0) > 0) {}
  else if (kind == "send") while (s.send(fd, buffer, buffer.length, 0) > 0) {}
  else if (kind == "fd_write") while (fd_write(fd, s.pointer(vector), 2, result) == 0) {}
  else while (s.write(fd, buffer, buffer.length) > 0) {}
}

function messageOf(count: i32): s.Msghdr {
  const message = new s.Msghdr();
  message.msg_iov = s.pointer(vector);
  message.msg_iovlen = count;
  return message;
}

/** A pair of UDP sockets, or of TCP ones, that this program made. */
function connected(type: i32): void {
  if (type == s.SOCK_STREAM) {
    const address = listening();
    pair[0] = s.socket(s.AF_INET, type, 0);
    s.connect(pair[0], address, s.SIZEOF_SOCKADDR_IN);
    pair[1] = s.accept(3, s.NULL, s.NULL);
    return;
  }
  const address = SockaddrIn.from("127.0.0.1", "0")!;
  pair[1] = s.socket(s.AF_INET, type, 0);
  s.bind(pair[1], address, s.SIZEOF_SOCKADDR_IN);
  s.getsockname(pair[1], address, new s.Ref<u32>(s.SIZEOF_SOCKADDR_IN));
  pair[0] = s.socket(s.AF_INET, type, 0);
  s.connect(pair[0], address, s.SIZEOF_SOCKADDR_IN);
}

/** Sends a thousand bytes and receives them, over and over. */
function traffic(kind: string, call: string): void {
  if (kind == "tcp") connected(s.SOCK_STREAM);
  else if (kind == "udp") connected(s.SOCK_DGRAM);
  else s.socketpair(s.AF_UNIX, s.SOCK_STREAM, 0, pair);
  const message = messageOf(2);
  while (true) {
    if (call == "write") {
      s.write(pair[0], buffer, buffer.length);
      s.read(pair[1], buffer, buffer.length);
    } else if (call == "writev") {
      s.writev(pair[0], vector, 2);
      s.readv(pair[1], vector, 2);
    } else if (call == "sock_send") {
      sock_send(pair[0], s.pointer(vector), 2, 0, result);
      sock_recv(pair[1], s.pointer(vector), 2, 0, result, flags);
    } else if (call == "sendmsg") {
      s.sendmsg(pair[0], message, 0);
      s.recvmsg(pair[1], message, 0);
    } else {
      s.send(pair[0], buffer, buffer.length, 0);
      s.recv(pair[1], buffer, buffer.length, s.MSG_PEEK);
      s.recvfrom(pair[1], buffer, buffer.length, 0, s.NULL, s.NULL);
    }
  }
}

if (argv[1] == "fd") exit(descriptors(argv[2]));
if (argv[1] == "output") outputs(argv[2]);
if (argv[1] == "traffic") traffic(argv[2], argv[3]);
perror(argv[1]);
exit(9);
