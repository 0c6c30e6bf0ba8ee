// Waits with epoll for standard input, datagrams and connections. Prints `ok NAME`
// for each thing that is as Linux has it.

import { errno, strerror } from "sockyard/errno";
import { exit, STDIN_FILENO, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import * as s from "sockyard/socket";

function check(name: string, holds: bool): void {
  stdout.write(holds ? `ok ${name}\n` : `FAILED ${name} (errno ${errno}: ${strerror(errno)})\n`);
  if (!holds) exit(1);
}

const events = new s.StructArray<s.EpollEvent>(8);
const buffer = new StaticArray<u8>(64);

function control(epfd: i32, op: i32, fd: i32, interest: u32): i32 {
  const event = new s.StructArray<s.EpollEvent>(1);
  event[0].events = interest;
  event[0].fd = fd;
  return s.epoll_ctl(epfd, op, fd, event[0]);
}

function bound(type: i32, address: SockaddrIn): i32 {
  const fd = s.socket(s.AF_INET, type, 0);
  s.bind(fd, SockaddrIn.from("127.0.0.1", "0")!, s.SIZEOF_SOCKADDR_IN);
  s.getsockname(fd, address, new s.Ref<u32>(s.SIZEOF_SOCKADDR_IN));
  return fd;
}

function standardInput(epfd: i32): void {
  check("EPOLL_CTL_ADD of standard input", control(epfd, s.EPOLL_CTL_ADD, STDIN_FILENO, s.EPOLLIN) == 0);
  check("it has something to read", s.epoll_wait(epfd, events, 8, -1) == 1 && events[0].fd == STDIN_FILENO);
  check("as was said", (events[0].events & s.EPOLLIN) != 0 && s.read(STDIN_FILENO, buffer, 64) == 6);
  check("it ends", s.epoll_wait(epfd, events, 8, -1) == 1 && (events[0].events & s.EPOLLHUP) != 0);
  check("EPOLL_CTL_DEL", s.epoll_ctl(epfd, s.EPOLL_CTL_DEL, STDIN_FILENO, s.NULL) == 0);
  check("nothing is left", s.epoll_wait(epfd, events, 8, 0) == 0);
}

function datagrams(epfd: i32): void {
  const address = new SockaddrIn();
  const fd = bound(s.SOCK_DGRAM, address);
  check("EPOLLET", control(epfd, s.EPOLL_CTL_ADD, fd, s.EPOLLIN | s.EPOLLET) == 0);
  s.sendto(fd, buffer, 1, 0, address, s.SIZEOF_SOCKADDR_IN);
  check("an edge", s.epoll_wait(epfd, events, 8, 1000) == 1 && events[0].fd == fd);
  check("is told once", s.epoll_wait(epfd, events, 8, 0) == 0);
  check("EPOLLONESHOT", control(epfd, s.EPOLL_CTL_MOD, fd, s.EPOLLIN | s.EPOLLONESHOT) == 0);
  check("one shot", s.epoll_wait(epfd, events, 8, 1000) == 1 && s.epoll_wait(epfd, events, 8, 0) == 0);
  check("a closed descriptor leaves the set", s.close(fd) == 0 && s.epoll_wait(epfd, events, 8, 0) == 0);
  check("a set within the set", control(epfd, s.EPOLL_CTL_ADD, s.epoll_create1(s.EPOLL_CLOEXEC), s.EPOLLIN) == 0);
}

function connections(epfd: i32): void {
  const address = new SockaddrIn();
  const listener = bound(s.SOCK_STREAM, address);
  s.listen(listener, 1);
  control(epfd, s.EPOLL_CTL_ADD, listener, s.EPOLLIN | s.EPOLLEXCLUSIVE);
  const client = s.socket(s.AF_INET, s.SOCK_STREAM | s.SOCK_NONBLOCK, 0);
  check("a connection begins", s.connect(client, address, s.SIZEOF_SOCKADDR_IN) == 0 || errno == s.EINPROGRESS);
  control(epfd, s.EPOLL_CTL_ADD, client, s.EPOLLOUT | s.EPOLLRDHUP);
  check("both ends are ready", s.epoll_wait(epfd, events, 8, 1000) >= 1);
  const server = s.accept(listener, s.NULL, s.NULL);
  s.close(server);
  check("EPOLLRDHUP", s.epoll_wait(epfd, events, 1, 1000) == 1 && events[0].fd == client);
  check("and what was asked for", (events[0].events & (s.EPOLLOUT | s.EPOLLRDHUP)) == (s.EPOLLOUT | s.EPOLLRDHUP));
}

function timeSpans(): void {
  const set = new s.StructArray<s.Pollfd>(1);
  set[0].fd = s.epoll_create1(0);
  set[0].events = s.POLLIN;
  check("ppoll: a millisecond", s.ppoll(set, 1, new s.Timespec(0, 1000000), s.NULL) == 0);
  check("ppoll: no time", s.ppoll(set, 1, new s.Timespec(0, 1000000000), s.NULL) == -1 && errno == s.EINVAL);
}

const epfd = s.epoll_create1(0);
check("epoll_create1", epfd == 3);
check("more room than there is: EFAULT", s.epoll_wait(epfd, events, 9, 0) == -1 && errno == s.EFAULT);
standardInput(epfd);
datagrams(epfd);
connections(epfd);
timeSpans();
