// Messages with control data, pairs and pipes, in one guest and without any grant.
// Prints `ok NAME` for each thing that is as Linux has it, and stops at the first that is not.

import { errno, strerror } from "sockyard/errno";
import { exit, stdout } from "sockyard/process";
import * as s from "sockyard/socket";

function check(name: string, holds: bool): void {
  stdout.write(holds ? `ok ${name}\n` : `FAILED ${name} (errno ${errno}: ${strerror(errno)})\n`);
  if (!holds) exit(1);
}

const pair = new StaticArray<i32>(2);
const buffers = new s.StructArray<s.Iovec>(2);
const first = new StaticArray<u8>(4);
const second = new StaticArray<u8>(60);
const control = new StaticArray<u8>(256);

/** A message of both buffers, with room for control data. */
function message(room: i32): s.Msghdr {
  buffers[0].iov_base = s.pointer(first);
  buffers[0].iov_len = first.length;
  buffers[1].iov_base = s.pointer(second);
  buffers[1].iov_len = second.length;
  const result = new s.Msghdr();
  result.msg_iov = s.pointer(buffers);
  result.msg_iovlen = 2;
  result.msg_control = room > 0 ? s.pointer(control) : s.NULL;
  result.msg_controllen = room;
  return result;
}

function send(fd: i32, count: i32): i32 {
  const data = String.UTF8.encode("hello, world");
  const sent = message(s.CMSG_SPACE(count * 4));
  buffers[0].iov_base = s.pointer(data);
  buffers[0].iov_len = data.byteLength;
  sent.msg_iovlen = 1;
  const rights = s.CMSG_FIRSTHDR(sent)!;
  rights.cmsg_len = s.CMSG_LEN(count * 4);
  rights.cmsg_level = s.SOL_SOCKET;
  rights.cmsg_type = s.SCM_RIGHTS;
  for (let i = 0; i < count; i++) store<i32>(s.CMSG_DATA(rights) + i * 4, fd);
  return s.sendmsg(pair[0], sent, 0);
}

function text(): string {
  return String.UTF8.decodeUnsafe(s.pointer(first), 4) + String.UTF8.decodeUnsafe(s.pointer(second), 8);
}

function passing(): void {
  const ends = new StaticArray<i32>(2);
  check("pipe", s.pipe(ends) == 0 && ends[1] == ends[0] + 1);
  check("sendmsg with three descriptors", send(ends[0], 3) == 12);
  const peeked = message(control.length);
  check("recvmsg with MSG_PEEK", s.recvmsg(pair[1], peeked, s.MSG_PEEK) == 12 && text() == "hello, world");
  const copies = s.CMSG_FIRSTHDR(peeked)!;
  check("it has copies of all three", copies.cmsg_len == s.CMSG_LEN(12) && peeked.msg_flags == 0);
  for (let i = 0; i < 3; i++) check("close a copy", s.close(load<i32>(s.CMSG_DATA(copies) + i * 4)) == 0);

  const cut = message(s.CMSG_SPACE(4));
  check("recvmsg with room for one", s.recvmsg(pair[1], cut, 0) == 12 && cut.msg_flags == s.MSG_CTRUNC);
  const rights = s.CMSG_FIRSTHDR(cut)!;
  check("and one there is", rights.cmsg_len == s.CMSG_LEN(4) && s.CMSG_NXTHDR(cut, rights) === null);
  const received = load<i32>(s.CMSG_DATA(rights));
  check("under the lowest free number", received == ends[1] + 1);
  check("it is the pipe", s.write(ends[1], second, 5) == 5 && s.read(received, second, 60) == 5);
  for (let fd = ends[0]; fd <= received; fd++) check("close", s.close(fd) == 0);
  check("nothing else is open", s.dup(pair[0]) == ends[0] && s.close(ends[0]) == 0);
}

function refusals(): void {
  check("a closed descriptor: EBADF", send(77, 1) == -1 && errno == s.EBADF);
  const unknown = message(s.CMSG_SPACE(4));
  const head = s.CMSG_FIRSTHDR(unknown)!;
  head.cmsg_len = s.CMSG_LEN(4);
  head.cmsg_level = s.SOL_SOCKET;
  head.cmsg_type = 99;
  check("unknown control data: EINVAL", s.sendmsg(pair[0], unknown, 0) == -1 && errno == s.EINVAL);
  head.cmsg_len = 0xffffffff;
  check("a length beyond the buffer: EINVAL", s.sendmsg(pair[0], unknown, 0) == -1 && errno == s.EINVAL);
  check("and the walk ends there", s.CMSG_NXTHDR(unknown, head) === null);
  check("a pair of another family", s.socketpair(s.AF_INET, s.SOCK_STREAM, 0, pair) == -1 && errno == s.EOPNOTSUPP);
}

function credentials(): void {
  const peer = new s.Ucred();
  const length = new s.Ref<u32>(sizeof<i32>() * 3);
  check("SO_PEERCRED", s.getsockopt(pair[0], s.SOL_SOCKET, s.SO_PEERCRED, peer, length) == 0 && peer.pid > 0);
  check("SO_PASSCRED", s.setsockopt(pair[1], s.SOL_SOCKET, s.SO_PASSCRED, new s.Ref<i32>(1), 4) == 0);
  check("write", s.write(pair[0], first, 4) == 4);
  const told = message(control.length);
  check("recvmsg tells who wrote", s.recvmsg(pair[1], told, 0) == 4);
  const head = s.CMSG_FIRSTHDR(told)!;
  check("SCM_CREDENTIALS", head.cmsg_type == s.SCM_CREDENTIALS && load<i32>(s.CMSG_DATA(head)) == peer.pid);
}

check("socketpair", s.socketpair(s.AF_UNIX, s.SOCK_STREAM, 0, pair) == 0);
check("the lowest free numbers", pair[0] == 3 && pair[1] == 4);
passing();
refusals();
credentials();
exit(0);
