// Unix sockets of every kind and every sort of name: a path, an abstract name,
// one of the kernel's choice. Prints `ok NAME` for each thing that is as Linux has it.
// Argument: a directory

import { errno, strerror } from "sockyard/errno";
import { argv, exit, stdout } from "sockyard/process";
import { SockaddrUn, SUN_LEN } from "sockyard/sockaddr";
import * as s from "sockyard/socket";

function check(name: string, holds: bool): void {
  stdout.write(holds ? `ok ${name}\n` : `FAILED ${name} (errno ${errno}: ${strerror(errno)})\n`);
  if (!holds) exit(1);
}

const buffer = new StaticArray<u8>(64);
const length = new s.Ref<u32>(0);

function bytes(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}

function text(size: i32): string {
  return String.UTF8.decodeUnsafe(changetype<usize>(buffer), max(size, 0));
}

function bound(type: i32, name: string): i32 {
  const address = SockaddrUn.from(name)!;
  const fd = s.socket(s.AF_UNIX, type, 0);
  check("bind", s.bind(fd, address, SUN_LEN(address)) == 0);
  return fd;
}

function nameOf(fd: i32): string {
  const address = new SockaddrUn();
  length.value = s.SIZEOF_SOCKADDR_UN;
  s.getsockname(fd, address, length);
  return address.toString(length.value);
}

function datagrams(one: string, other: string): void {
  const server = bound(s.SOCK_DGRAM, one);
  const client = bound(s.SOCK_DGRAM, other);
  const address = SockaddrUn.from(one)!;
  check("sendto by name", s.sendto(client, bytes("hello"), 5, 0, address, SUN_LEN(address)) == 5);
  const sender = new SockaddrUn();
  length.value = s.SIZEOF_SOCKADDR_UN;
  check("recvfrom", text(s.recvfrom(server, buffer, 64, 0, sender, length)) == "hello");
  check("a datagram has a sender", sender.toString(length.value).length > 0);
  check("connect", s.connect(client, address, SUN_LEN(address)) == 0 && s.send(client, bytes("ab"), 2, 0) == 2);
  check("a datagram is cut, not split", s.recv(server, buffer, 1, 0) == 1);
  check("its rest is gone", s.recv(server, buffer, 64, s.MSG_DONTWAIT) == -1 && errno == s.EAGAIN);
  check("an empty datagram is one", s.send(client, buffer, 0, 0) == 0 && s.recv(server, buffer, 64, 0) == 0);
  s.close(server);
  check("nobody is there: ECONNREFUSED", s.send(client, buffer, 1, 0) == -1 && errno == s.ECONNREFUSED);
  s.close(client);
}

function records(name: string): void {
  const listener = bound(s.SOCK_SEQPACKET, name);
  s.listen(listener, 1);
  const address = SockaddrUn.from(name)!;
  const stream = s.socket(s.AF_UNIX, s.SOCK_STREAM, 0);
  const wrong =
    s.connect(stream, address, SUN_LEN(address)) == -1 && (errno == s.EPROTOTYPE || errno == s.ECONNREFUSED);
  check("a stream cannot connect to it", wrong);
  const client = s.socket(s.AF_UNIX, s.SOCK_SEQPACKET, 0);
  check("connect", s.connect(client, address, SUN_LEN(address)) == 0);
  const server = s.accept(listener, s.NULL, s.NULL);
  s.send(client, bytes("one"), 3, 0);
  s.send(client, bytes("two"), 3, 0);
  check("records keep their bounds", s.read(server, buffer, 64) == 3 && text(3) == "one");
  check("and their order", s.recv(server, buffer, 2, 0) == 2 && text(2) == "tw");
  s.close(client);
  check("the end", s.read(server, buffer, 64) == 0);
  s.close(server);
  s.close(listener);
}

function autobind(): void {
  const address = new SockaddrUn();
  const fd = s.socket(s.AF_UNIX, s.SOCK_DGRAM, 0);
  check("autobind", s.bind(fd, address, 2) == 0);
  check("the kernel's choice is @ and five digits", nameOf(fd).length == 6 && nameOf(fd).startsWith("@"));
  s.close(fd);
}

const directory = argv[1];
datagrams(`${directory}/one`, `${directory}/other`);
datagrams(`\0${directory}/one`, `\0${directory}/other`);
records(`${directory}/records`);
records(`\0${directory}/records`);
autobind();
check("unlink", s.unlink(`${directory}/one`) + s.unlink(`${directory}/other`) + s.unlink(`${directory}/records`) == 0);
