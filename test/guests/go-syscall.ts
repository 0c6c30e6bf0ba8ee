// What package syscall does, over real sockets: a line for each, `ok …` if it is as in Go.
// Argument: a path for a socket.

import { Failure, is } from "sockyard/errors";
import { ErrExist, ErrNotExist, ErrPermission } from "sockyard/os/errors";
import { argv, exit, stdout } from "sockyard/process";
import * as syscall from "sockyard/syscall";
import {
  Errno,
  Sockaddr,
  SockaddrInet4,
  SockaddrInet6,
  SockaddrLinklayer,
  SockaddrNetlink,
  SockaddrUnix,
} from "sockyard/syscall";

let failures = 0;

function ok(isRight: bool, what: string): void {
  if (!isRight) failures++;
  stdout.write(`${isRight ? "ok" : "FAILED"} ${what}\n`);
}

/** Whether `err` is the error of this number. */
function isErrno(err: Failure | null, number: i32): bool {
  return is(err, new Errno(number));
}

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

function textOf(p: Uint8Array, n: i32): string {
  return String.UTF8.decodeUnsafe(p.dataStart, n);
}

const LOOPBACK: StaticArray<u8> = [127, 0, 0, 1];

/** The port of an address of IPv4, or -1. */
function portOf(sa: Sockaddr | null): i32 {
  return sa instanceof SockaddrInet4 ? (sa as SockaddrInet4).port : -1;
}

/** The listing of a server, line by line. */
function unixServer(path: string): void {
  const sockFd = syscall.socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0);
  let err = Errno.of(sockFd);
  ok(err === null && sockFd >= 3, "socket is a descriptor, and has no error");

  err = syscall.unlink(path);
  ok(err !== null && err.number == syscall.ENOENT, "unlink of nothing is ENOENT");
  ok(is(err, ErrNotExist) && !is(err, ErrExist), "which stands for ErrNotExist");

  const sockaddr = new SockaddrUnix(path);
  ok(syscall.bind(sockFd, sockaddr) === null && syscall.listen(sockFd, 5) === null, "bind and listen");
  const second = syscall.socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0);
  err = syscall.bind(second, sockaddr);
  ok(err !== null && err.toString() == "address already in use", "bind of a path that exists has Go's text");

  const client = syscall.socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0);
  ok(syscall.connect(client, sockaddr) === null, "connect");
  const accepted = syscall.accept(sockFd);
  const sa = accepted.sa;
  ok(accepted.err === null && accepted.fd > client, "accept is a new descriptor");
  ok(sa instanceof SockaddrUnix && (sa as SockaddrUnix).name == "@", "and an address: a client without a name is @");
  ok(!(sa instanceof SockaddrInet4), "which is of no other family");

  ok(syscall.write(client, bytes("hello")) == 5, "write is how many bytes");
  const buf = new Uint8Array(32);
  const n = syscall.read(accepted.fd, buf);
  ok(Errno.of(n) === null && textOf(buf, n) == "hello", "read, too");
  ok(syscall.close(client) === null && syscall.read(accepted.fd, buf) == 0, "0 is the end");
  ok(isErrno(syscall.close(client), syscall.EBADF), "close of what is closed is EBADF");
  ok(`${new Errno(0)} ${new Errno(133)} ${new Errno(-1)}` == "errno 0 errno 133 errno -1", "what Go has no text for");
  const failed = Errno.of(syscall.read(client, buf));
  ok(failed !== null && failed.toString() == "bad file descriptor", "as is read");
  ok(isErrno(Errno.of(syscall.write(accepted.fd, buf)), syscall.EPIPE), "write to nobody is EPIPE");

  const own = syscall.getsockname(sockFd).value;
  ok(own instanceof SockaddrUnix && (own as SockaddrUnix).name == path, "getsockname is the path");
  ok(isErrno(syscall.getpeername(sockFd).err, syscall.ENOTCONN), "getpeername without a peer is ENOTCONN");
  syscall.close(accepted.fd);
  syscall.close(second);
  syscall.close(sockFd);
  ok(
    isErrno(syscall.connect(syscall.socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0), sockaddr), syscall.ECONNREFUSED),
    "connect to a stale path is ECONNREFUSED",
  );
  ok(syscall.unlink(path) === null, "unlink of the socket file");
  ok(isErrno(syscall.unlink("a\0b"), syscall.EINVAL), "a path with a NUL is EINVAL");
  ok(isErrno(syscall.bind(sockFd, new SockaddrUnix("x".repeat(108))), syscall.EINVAL), "as is one of 108 bytes");
}

function tcp(): void {
  const listener = syscall.socket(syscall.AF_INET, syscall.SOCK_STREAM, 0);
  ok(syscall.setsockoptInt(listener, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1) === null, "setsockoptInt");
  ok(syscall.getsockoptInt(listener, syscall.SOL_SOCKET, syscall.SO_REUSEADDR).value == 1, "getsockoptInt");
  ok(isErrno(syscall.getsockoptInt(listener, syscall.SOL_SOCKET, 9999).err, syscall.ENOPROTOOPT), "or its error");
  ok(syscall.bind(listener, new SockaddrInet4(0, LOOPBACK)) === null, "bind to a port of the kernel's choice");
  ok(syscall.listen(listener, 5) === null, "listen");
  const name = syscall.getsockname(listener).value;
  ok(name instanceof SockaddrInet4 && (name as SockaddrInet4).addr[0] == 127, "getsockname tells the address");
  const port = portOf(name);
  ok(port > 0, "and the port");

  ok(
    syscall.setNonblock(listener, true) === null && isErrno(syscall.accept(listener).err, syscall.EAGAIN),
    "setNonblock: accept without a client is EAGAIN",
  );
  syscall.setNonblock(listener, false);
  const client = syscall.socket(syscall.AF_INET, syscall.SOCK_STREAM, 0);
  ok(syscall.connect(client, new SockaddrInet4(port, LOOPBACK)) === null, "connect");
  const accepted = syscall.accept4(listener, syscall.SOCK_NONBLOCK);
  ok(portOf(accepted.sa) == portOf(syscall.getsockname(client).value), "accept4 tells who the client is");
  ok(portOf(syscall.getpeername(client).value) == port, "getpeername who the server is");
  ok(isErrno(Errno.of(syscall.read(accepted.fd, new Uint8Array(1))), syscall.EAGAIN), "and its flags hold");

  ok(syscall.setsockoptInt(client, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1) === null, "TCP_NODELAY");
  ok(
    syscall.setsockoptString(client, syscall.IPPROTO_TCP, syscall.TCP_CONGESTION, "reno") === null,
    "setsockoptString",
  );
  ok(
    syscall.setsockoptLinger(client, syscall.SOL_SOCKET, syscall.SO_LINGER, new syscall.Linger(1, 0)) === null,
    "setsockoptLinger",
  );
  const soon = new syscall.Timeval(0, 20_000);
  ok(syscall.setsockoptTimeval(client, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, soon) === null, "setsockoptTimeval");
  const late = new Errno(-syscall.read(client, new Uint8Array(1)));
  ok(late.timeout() && late.number == syscall.EAGAIN, "a read then times out");
  ok(
    syscall.shutdown(accepted.fd, syscall.SHUT_WR) === null && syscall.read(client, new Uint8Array(1)) == 0,
    "shutdown",
  );
  ok(
    isErrno(syscall.connect(client, new SockaddrInet4(70000, LOOPBACK)), syscall.EINVAL),
    "a port above 65535 is EINVAL",
  );
  ok(isErrno(syscall.connect(client, new SockaddrInet4(port, [1, 2, 3])), syscall.EINVAL), "as are 3 bytes of address");
  syscall.close(client);
  syscall.close(accepted.fd);
  syscall.close(listener);

  const refused = syscall.connect(
    syscall.socket(syscall.AF_INET, syscall.SOCK_STREAM, 0),
    new SockaddrInet4(port, LOOPBACK),
  );
  ok(refused !== null && refused.toString() == "connection refused", "connect to nobody has Go's text");
  const forbidden = syscall.connect(
    syscall.socket(syscall.AF_INET, syscall.SOCK_STREAM, 0),
    new SockaddrInet4(1, [127, 9, 9, 9]),
  );
  ok(is(forbidden, ErrPermission), "what no grant allows stands for ErrPermission");
}

function udp(): void {
  const one = syscall.socket(syscall.AF_INET6, syscall.SOCK_DGRAM, 0);
  const two = syscall.socket(syscall.AF_INET6, syscall.SOCK_DGRAM, 0);
  const loopback: StaticArray<u8> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  syscall.bind(one, new SockaddrInet6(0, 0, loopback));
  syscall.bind(two, new SockaddrInet6(0, 0, loopback));
  const to = syscall.getsockname(two).value;
  ok(
    to instanceof SockaddrInet6 && (to as SockaddrInet6).port > 0 && (to as SockaddrInet6).addr[15] == 1,
    "IPv6 has addresses of its own",
  );
  ok(syscall.sendto(one, bytes("one"), 0, to) === null, "sendto");
  const p = new Uint8Array(100);
  const received = syscall.recvfrom(two, p, 0);
  const from = received.from;
  ok(received.err === null && textOf(p, received.n) == "one", "recvfrom has the datagram");
  ok(
    from instanceof SockaddrInet6 &&
      (from as SockaddrInet6).port == (syscall.getsockname(one).value as SockaddrInet6).port,
    "and who sent it",
  );
  ok(syscall.sendmsgN(one, bytes("two!"), null, to, 0) == 4, "sendmsgN is how many bytes went");
  const message = syscall.recvmsg(two, p.subarray(0, 2), null, 0);
  ok(message.n == 2 && textOf(p, 2) == "tw" && message.from instanceof SockaddrInet6, "recvmsg tells who sent it");
  ok((message.recvflags & syscall.MSG_TRUNC) != 0, "and that it was cut");
  ok(isErrno(syscall.recvfrom(two, p, syscall.MSG_DONTWAIT).err, syscall.EAGAIN), "nothing is left: EAGAIN");
  ok(isErrno(Errno.of(syscall.sendmsgN(one, p, null, null, 0)), syscall.EDESTADDRREQ), "no address: EDESTADDRREQ");
  ok(
    isErrno(syscall.setsockoptInet4Addr(one, syscall.IPPROTO_IP, syscall.IP_MULTICAST_IF, [1, 2, 3]), syscall.EINVAL),
    "options check their addresses",
  );
  syscall.close(one);
  syscall.close(two);
}

function multicast(): void {
  const fd = syscall.socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0);
  ok(
    syscall.setsockoptInet4Addr(fd, syscall.IPPROTO_IP, syscall.IP_MULTICAST_IF, LOOPBACK) === null,
    "setsockoptInet4Addr",
  );
  ok(
    syscall.getsockoptInet4Addr(fd, syscall.IPPROTO_IP, syscall.IP_MULTICAST_IF).value[0] == 127,
    "getsockoptInet4Addr",
  );
  const group = new syscall.IPMreq();
  group.multiaddr = [239, 255, 0, 1];
  group.interface = LOOPBACK;
  ok(
    syscall.setsockoptIPMreq(fd, syscall.IPPROTO_IP, syscall.IP_ADD_MEMBERSHIP, group) === null,
    "setsockoptIPMreq joins",
  );
  ok(
    isErrno(syscall.setsockoptIPMreq(fd, syscall.IPPROTO_IP, syscall.IP_ADD_MEMBERSHIP, group), syscall.EADDRINUSE),
    "once",
  );
  const numbered = new syscall.IPMreqn();
  numbered.multiaddr = [239, 255, 0, 1];
  numbered.ifindex = 1;
  ok(
    syscall.setsockoptIPMreqn(fd, syscall.IPPROTO_IP, syscall.IP_DROP_MEMBERSHIP, numbered) === null,
    "setsockoptIPMreqn leaves",
  );
  syscall.close(fd);
  const six = syscall.socket(syscall.AF_INET6, syscall.SOCK_DGRAM, 0);
  const all = new syscall.IPv6Mreq();
  all.multiaddr = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34];
  all.interface = 1;
  ok(
    isErrno(syscall.setsockoptIPv6Mreq(six, syscall.IPPROTO_IPV6, syscall.IPV6_JOIN_GROUP, all), syscall.EACCES),
    "setsockoptIPv6Mreq needs a grant that names the group",
  );
  syscall.close(six);
}

function rights(): void {
  const pair = syscall.socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0).value;
  const pipe = new StaticArray<i32>(2);
  ok(pair[0] >= 3 && pair[1] > pair[0] && syscall.pipe(pipe) === null, "socketpair and pipe");
  ok(isErrno(syscall.pipe2(new StaticArray<i32>(1), 0), syscall.EINVAL), "a pipe has two ends");

  const oob = syscall.unixRights(pipe[0], pair[0]);
  ok(
    oob.length == syscall.cmsgSpace(8) && syscall.cmsgLen(8) == syscall.cmsgLen(0) + 8,
    "unixRights is a control message",
  );
  ok(syscall.sendmsg(pair[0], new Uint8Array(0), oob, null, 0) === null, "sendmsg takes a byte along where it must");
  const space = new Uint8Array(syscall.cmsgSpace(8));
  const message = syscall.recvmsg(pair[1], new Uint8Array(1), space, 0);
  ok(message.err === null && message.n == 1 && message.oobn == space.length && message.from === null, "recvmsg has it");
  const messages = syscall.parseSocketControlMessage(space.subarray(0, message.oobn)).value;
  ok(messages.length == 1 && messages[0].header.type == syscall.SCM_RIGHTS, "parseSocketControlMessage finds one");
  const fds = syscall.parseUnixRights(messages[0]).value;
  ok(
    fds.length == 2 && syscall.write(pipe[1], bytes("x")) == 1 && syscall.read(fds[0], new Uint8Array(2)) == 1,
    "parseUnixRights: they work",
  );
  ok(isErrno(syscall.parseUnixCredentials(messages[0]).err, syscall.EINVAL), "and are no credentials");
  space.fill(0xff);
  ok(isErrno(syscall.parseSocketControlMessage(space).err, syscall.EINVAL), "a length that is none is EINVAL");
  ok(syscall.parseSocketControlMessage(new Uint8Array(11)).value.length == 0, "less than a head is nothing");

  ok(syscall.setsockoptInt(pair[1], syscall.SOL_SOCKET, syscall.SO_PASSCRED, 1) === null, "SO_PASSCRED");
  const me = syscall.getsockoptUcred(pair[0], syscall.SOL_SOCKET, syscall.SO_PEERCRED).value;
  ok(syscall.sendmsgN(pair[0], bytes("who"), null, null, 0) == 3, "sendmsgN without control messages");
  const about = new Uint8Array(64);
  const told = syscall.recvmsg(pair[1], new Uint8Array(9), about, 0);
  const parsed = syscall.parseSocketControlMessage(about.subarray(0, told.oobn)).value;
  const ucred = syscall.parseUnixCredentials(parsed[0]).value;
  ok(told.n == 3 && ucred.uid == me.uid && ucred.gid == me.gid, "parseUnixCredentials tells who sent it");
  ok(syscall.unixCredentials(ucred).length == syscall.cmsgSpace(12), "unixCredentials is a control message");

  const copy = syscall.dup(pipe[1]);
  ok(copy > pipe[1] && syscall.dup2(pipe[1], 40) === null && syscall.write(40, bytes("y")) == 1, "dup and dup2");
  ok(
    isErrno(syscall.dup3(copy, copy, 0), syscall.EINVAL) && syscall.dup3(copy, 41, syscall.O_CLOEXEC) === null,
    "dup3",
  );
  syscall.closeOnExec(copy);
  ok(isErrno(Errno.of(syscall.open("/nowhere", syscall.O_RDONLY, 0)), syscall.EACCES), "open wants a grant");
}

function raw(): void {
  ok(
    offsetof<syscall.RawSockaddrInet4>() == 16 && offsetof<syscall.RawSockaddrInet6>() == 28,
    "raw addresses have C's sizes",
  );
  ok(offsetof<syscall.RawSockaddrLinklayer>() == 20 && offsetof<syscall.RawSockaddrNetlink>() == 12, "of every family");
  const at = memory.data(128);
  const link = new SockaddrLinklayer();
  link.protocol = 0x0300;
  link.ifindex = 1;
  link.halen = 6;
  link.addr[5] = 9;
  const made = new syscall.RawSockaddrLinklayer();
  made.family = <u16>syscall.AF_PACKET;
  made.protocol = 0x0300;
  made.ifindex = 1;
  made.halen = 6;
  store<u8>(made.addr, 9, 5);
  ok(
    link.write(at) == 20 && memory.compare(at, changetype<usize>(made), 20) == 0,
    "SockaddrLinklayer is a sockaddr_ll",
  );
  const netlink = new SockaddrNetlink();
  netlink.pid = 7;
  netlink.groups = 1;
  const port = new syscall.RawSockaddrNetlink();
  port.family = <u16>syscall.AF_NETLINK;
  port.pid = 7;
  port.groups = 1;
  ok(
    netlink.write(at) == 12 && memory.compare(at, changetype<usize>(port), 12) == 0,
    "SockaddrNetlink is a sockaddr_nl",
  );
  const fd = syscall.socket(syscall.AF_NETLINK, syscall.SOCK_RAW, 0);
  const own = syscall.getsockname(fd).value;
  ok(
    syscall.bind(fd, new SockaddrNetlink()) === null &&
      own instanceof SockaddrNetlink &&
      (own as SockaddrNetlink).groups == 0,
    "which a netlink socket has",
  );
}

unixServer(argv[1]);
tcp();
udp();
multicast();
rights();
raw();
exit(failures);
