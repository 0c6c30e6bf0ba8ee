// Errors of connections: what the other end does, or does not do. All of it
// happens on this machine.

import { ECONNABORTED, ECONNREFUSED, ECONNRESET, EINPROGRESS, ENOBUFS, EPIPE, ETIMEDOUT } from "sockyard/errno";
import { inet_addr } from "sockyard/inet";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept,
  bind,
  close,
  connect,
  getsockname,
  getsockopt,
  IP_ADD_MEMBERSHIP,
  IPPROTO_IP,
  IPPROTO_TCP,
  IpMreq,
  Linger,
  listen,
  NULL,
  POLLOUT,
  Pollfd,
  poll,
  Ref,
  read,
  SIZEOF_SOCKADDR_IN,
  SO_ERROR,
  SO_LINGER,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  StructArray,
  setsockopt,
  socket,
  TCP_USER_TIMEOUT,
  write,
} from "sockyard/socket";
import { prepared, report } from "./report";

export function showErrorsOfConnections(): void {
  showRefused();
  showReset();
  showTimedOut();
  showNoBuffers();
}

/** A socket at a port of the kernel's choice, and that address. */
class Bound {
  readonly fd: i32;
  readonly address: SockaddrIn = new SockaddrIn();

  constructor() {
    const any = SockaddrIn.from("127.0.0.1", "0");
    const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
    this.fd = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
    prepared(bind(this.fd, any, SIZEOF_SOCKADDR_IN), "bind");
    prepared(getsockname(this.fd, this.address, length), "getsockname");
  }
}

/** A port that has an owner, but nobody who listens, is answered with a reset. */
function showRefused(): void {
  const owned = new Bound();
  const client = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
  report(ECONNREFUSED, connect(client, owned.address, SIZEOF_SOCKADDR_IN), "connect() to a port where nobody listens");
  close(client);

  // Without waiting, connect() only begins. What becomes of it is the socket's
  // error, which SO_ERROR gives once, and takes away with that.
  const hasty = prepared(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  report(EINPROGRESS, connect(hasty, owned.address, SIZEOF_SOCKADDR_IN), "connect() of a socket that does not wait");
  const fds = new StructArray<Pollfd>(1);
  fds[0].fd = hasty;
  fds[0].events = POLLOUT;
  prepared(poll(fds, 1, 5000), "poll");
  prepared(getsockopt(hasty, SOL_SOCKET, SO_ERROR, new Ref<i32>(0), new Ref<u32>(4)), "getsockopt");
  // The connection has ended, and the reason is gone: "aborted" is what is left to say.
  const again = connect(hasty, owned.address, SIZEOF_SOCKADDR_IN);
  report(ECONNABORTED, again, "connect() again, after SO_ERROR took the reason of the failure");
  close(hasty);
  close(owned.fd);
}

/** A close() that lingers for no time throws away what is unsent, and resets the connection. */
function showReset(): void {
  const listener = new Bound();
  prepared(listen(listener.fd, 1), "listen");
  const client = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
  prepared(connect(client, listener.address, SIZEOF_SOCKADDR_IN), "connect");
  const server = prepared(accept(listener.fd, NULL, NULL), "accept");
  prepared(setsockopt(server, SOL_SOCKET, SO_LINGER, new Linger(1, 0), offsetof<Linger>()), "setsockopt");
  close(server);

  const byte = new StaticArray<u8>(1);
  report(ECONNRESET, read(client, byte, 1), "read() from a peer that closed with SO_LINGER of 0 seconds");
  report(EPIPE, write(client, byte, 1), "write() to it, after the reset was told");
  close(client);
  close(listener.fd);
}

/**
 * A listener whose queue is full does not answer: the kernel drops the request
 * and lets the client ask again. The client gives up after a while, in two
 * minutes or so; TCP_USER_TIMEOUT makes it the first time that it would ask again.
 */
function showTimedOut(): void {
  const listener = new Bound();
  prepared(listen(listener.fd, 0), "listen");
  const first = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
  prepared(connect(first, listener.address, SIZEOF_SOCKADDR_IN), "connect"); // fills the queue

  const client = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
  const patience = new Ref<i32>(1); // milliseconds
  prepared(setsockopt(client, IPPROTO_TCP, TCP_USER_TIMEOUT, patience, 4), "setsockopt");
  const result = connect(client, listener.address, SIZEOF_SOCKADDR_IN);
  report(ETIMEDOUT, result, "connect() to a listener whose queue is full");
  close(client);
  close(first);
  close(listener.fd);
}

/** The memory that the kernel keeps for one socket is limited: for 20 groups of multicast, most often. */
function showNoBuffers(): void {
  const datagrams = prepared(socket(AF_INET, SOCK_DGRAM, 0), "socket");
  const membership = new IpMreq(0, inet_addr("127.0.0.1"));
  let groups = 0;
  let result = 0;
  while (result == 0 && groups < 256) {
    membership.imr_multiaddr = inet_addr(`239.255.0.${groups}`);
    result = setsockopt(datagrams, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership, offsetof<IpMreq>());
    if (result == 0) groups++;
  }
  report(ENOBUFS, result, `setsockopt() that joins a group more than the ${groups} that a socket may be in`);
  close(datagrams);
}
