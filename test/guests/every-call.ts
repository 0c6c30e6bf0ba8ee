// Makes every call of the library over real sockets on loopback. Prints `ok NAME`
// for each thing that is as Linux has it, and stops at the first that is not.

import { ntohs } from "sockyard/byteorder";
import { errno, strerror } from "sockyard/errno";
import { argv, exit, stdout } from "sockyard/process";
import { SockaddrIn, SockaddrUn, SUN_LEN } from "sockyard/sockaddr";
import * as s from "sockyard/socket";

function check(name: string, holds: bool): void {
  if (holds) {
    stdout.write(`ok ${name}\n`);
    return;
  }
  stdout.write(`FAILED ${name} (errno ${errno}: ${strerror(errno)})\n`);
  exit(1);
}

function fails(name: string, result: i32, error: i32): void {
  check(name, result == -1 && errno == error);
}

const length = new s.Ref<u32>(0);
const option = new s.Ref<i32>(0);
const buffer = new StaticArray<u8>(64);

function text(size: i32): string {
  return String.UTF8.decodeUnsafe(changetype<usize>(buffer), max(size, 0));
}

function bytes(message: string): ArrayBuffer {
  return String.UTF8.encode(message);
}

function bound(type: i32): i32 {
  const fd = s.socket(s.AF_INET, type, 0);
  check("socket, bind to port 0", s.bind(fd, SockaddrIn.from("127.0.0.1", "0")!, s.SIZEOF_SOCKADDR_IN) == 0);
  return fd;
}

function nameOf(fd: i32): SockaddrIn {
  const name = new SockaddrIn();
  length.value = s.SIZEOF_SOCKADDR_IN;
  check("getsockname", s.getsockname(fd, name, length) == 0 && length.value == 16 && ntohs(name.sin_port) != 0);
  return name;
}

function poll(fd: i32, events: i32): i32 {
  const set = new s.StructArray<s.Pollfd>(1);
  set[0].fd = fd;
  set[0].events = events;
  return s.poll(set, 1, 0) < 0 ? -1 : set[0].revents;
}

function unconnected(): void {
  const fd = s.socket(s.AF_INET, s.SOCK_STREAM, 0);
  check("descriptors are the lowest free number", fd == 3);
  fails("read of a new socket: ENOTCONN", s.read(fd, buffer, 1), s.ENOTCONN);
  fails("getpeername of a new socket: ENOTCONN", s.getpeername(fd, new SockaddrIn(), new s.Ref<u32>(16)), s.ENOTCONN);
  fails("write to a new socket: EPIPE, and no signal", s.write(fd, buffer, 1), s.EPIPE);
  check("close", s.close(fd) == 0);
  fails("close again: EBADF", s.close(fd), s.EBADF);
  fails("listen on a closed descriptor: EBADF", s.listen(fd, 1), s.EBADF);
  fails("a socket call on standard input: ENOTSOCK", s.listen(0, 1), s.ENOTSOCK);
  fails("an unknown family: EAFNOSUPPORT", s.socket(s.AF_IPX, s.SOCK_STREAM, 0), s.EAFNOSUPPORT);
}

function options(fd: i32): void {
  length.value = 4;
  check("getsockopt", s.getsockopt(fd, s.SOL_SOCKET, s.SO_TYPE, option, length) == 0 && option.value == s.SOCK_STREAM);
  option.value = 1;
  check("setsockopt", s.setsockopt(fd, s.SOL_SOCKET, s.SO_REUSEADDR, option, 4) == 0);
  option.value = 0;
  check("it reads back", s.getsockopt(fd, s.SOL_SOCKET, s.SO_REUSEADDR, option, length) == 0 && option.value == 1);
  fails("an unknown option: ENOPROTOOPT", s.setsockopt(fd, s.SOL_SOCKET, 9999, option, 4), s.ENOPROTOOPT);
}

function stream(): void {
  const listener = bound(s.SOCK_STREAM);
  options(listener);
  check("listen", s.listen(listener, 5) == 0);
  const address = nameOf(listener);
  check("fcntl F_SETFL", s.fcntl(listener, s.F_SETFL, s.O_NONBLOCK) == 0);
  check("fcntl F_GETFL", (s.fcntl(listener, s.F_GETFL) & s.O_NONBLOCK) != 0);
  fails("accept with nobody there: EAGAIN", s.accept(listener, s.NULL, s.NULL), s.EAGAIN);
  check("poll: nothing yet", poll(listener, s.POLLIN) == 0);

  const client = s.socket(s.AF_INET, s.SOCK_STREAM, 0);
  check("connect", s.connect(client, address, s.SIZEOF_SOCKADDR_IN) == 0);
  fails("connect again: EISCONN", s.connect(client, address, s.SIZEOF_SOCKADDR_IN), s.EISCONN);
  check("poll: a client", poll(listener, s.POLLIN) == s.POLLIN);
  const peer = new SockaddrIn();
  length.value = s.SIZEOF_SOCKADDR_IN;
  const server = s.accept(listener, peer, length);
  check("accept tells the client's address", server > client && peer.sin_port == nameOf(client).sin_port);
  check("getpeername", s.getpeername(client, peer, length) == 0 && peer.sin_port == address.sin_port);
  exchange(client, server);
  s.close(listener);
}

function exchange(client: i32, server: i32): void {
  check("write", s.write(client, bytes("hello"), 5) == 5);
  check("recv with MSG_PEEK", s.recv(server, buffer, 64, s.MSG_PEEK) == 5);
  check("read", text(s.read(server, buffer, 64)) == "hello");
  check("send", s.send(server, bytes("one, two"), 8, s.MSG_NOSIGNAL) == 8);
  const parts = new s.StructArray<s.Iovec>(2);
  parts[0].iov_base = s.pointer(buffer) + 32;
  parts[0].iov_len = 3;
  parts[1].iov_base = s.pointer(buffer);
  parts[1].iov_len = 32;
  check("readv", s.readv(client, parts, 2) == 8 && text(5) == ", two");
  parts[1].iov_len = 5;
  check("writev", s.writev(client, parts, 2) == 8);
  check("it arrives in order", text(s.read(server, buffer, 64)) == "one, two");

  const copy = s.dup(client);
  check("dup", copy > client && s.close(client) == 0);
  check("the connection lives on in the copy", s.write(copy, bytes("x"), 1) == 1 && s.read(server, buffer, 1) == 1);
  check("shutdown", s.shutdown(copy, s.SHUT_WR) == 0 && s.read(server, buffer, 1) == 0);
  check("half closed: the answer", s.write(server, bytes("bye"), 3) == 3 && text(s.read(copy, buffer, 64)) == "bye");
  fails("write after shutdown: EPIPE", s.write(copy, bytes("x"), 1), s.EPIPE);
  check("poll: hung up", s.close(server) == 0 && (poll(copy, s.POLLIN) & s.POLLHUP) != 0);
  s.close(copy);
  check("poll: a closed descriptor", poll(copy, s.POLLIN) == s.POLLNVAL);
}

function datagrams(): void {
  const one = bound(s.SOCK_DGRAM);
  const other = bound(s.SOCK_DGRAM);
  fails("send without an address: EDESTADDRREQ", s.send(one, buffer, 1, 0), s.EDESTADDRREQ);
  check("sendto", s.sendto(one, bytes("datagram"), 8, 0, nameOf(other), s.SIZEOF_SOCKADDR_IN) == 8);
  const sender = new SockaddrIn();
  length.value = s.SIZEOF_SOCKADDR_IN;
  check("recvfrom cuts", text(s.recvfrom(other, buffer, 4, 0, sender, length)) == "data" && length.value == 16);
  check("recvfrom tells the sender", sender.sin_port == nameOf(one).sin_port);
  fails("the rest is gone: EAGAIN", s.recv(other, buffer, 64, s.MSG_DONTWAIT), s.EAGAIN);
  check("connect", s.connect(other, sender, s.SIZEOF_SOCKADDR_IN) == 0 && s.send(other, buffer, 0, 0) == 0);
  check("an empty datagram is no end", s.recv(one, buffer, 64, 0) == 0);
  s.close(one);
  s.close(other);
}

function unix(path: string): void {
  const address = SockaddrUn.from(path)!;
  const listener = s.socket(s.AF_UNIX, s.SOCK_STREAM, 0);
  check("bind to a path", s.bind(listener, address, SUN_LEN(address)) == 0 && s.listen(listener, 1) == 0);
  const status = new s.Stat();
  check("stat", s.stat(path, status) == 0 && s.S_ISSOCK(status.st_mode) && status.st_nlink == 1);
  const second = s.socket(s.AF_UNIX, s.SOCK_STREAM, 0);
  fails("bind again: EADDRINUSE", s.bind(second, address, SUN_LEN(address)), s.EADDRINUSE);
  check("connect to a path", s.connect(second, address, SUN_LEN(address)) == 0);
  const peer = new SockaddrUn();
  length.value = s.SIZEOF_SOCKADDR_UN;
  const server = s.accept4(listener, peer, length, s.SOCK_NONBLOCK);
  check("accept4: an unnamed client", server > second && length.value == 2 && peer.toString(length.value) == "");
  fails("accept4 made it non-blocking: EAGAIN", s.read(server, buffer, 1), s.EAGAIN);
  check("unlink", s.unlink(path) == 0);
  fails("unlink again: ENOENT", s.unlink(path), s.ENOENT);
  fails("stat: ENOENT", s.stat(path, status), s.ENOENT);
  check("a connection needs no name", s.write(second, bytes("hi"), 2) == 2 && s.read(server, buffer, 2) == 2);
}

unconnected();
stream();
datagrams();
unix(argv[1]);
