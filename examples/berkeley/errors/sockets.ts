// Errors of one socket alone: what it is, and which address it has. The kernel
// answers these at once, without any network.

import {
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAFNOSUPPORT,
  EDESTADDRREQ,
  EISCONN,
  ENOPROTOOPT,
  ENOTCONN,
  ENOTSOCK,
  EPROTONOSUPPORT,
  EPROTOTYPE,
  ESOCKTNOSUPPORT,
} from "sockyard/errno";
import { SockaddrIn, SockaddrUn, SUN_LEN } from "sockyard/sockaddr";
import {
  AF_APPLETALK,
  AF_INET,
  AF_UNIX,
  bind,
  close,
  connect,
  epoll_create1,
  getpeername,
  getsockname,
  getsockopt,
  IPPROTO_UDP,
  listen,
  Ref,
  SIZEOF_SOCKADDR_IN,
  SOCK_DGRAM,
  SOCK_RDM,
  SOCK_STREAM,
  SOL_SOCKET,
  send,
  socket,
  unlink,
} from "sockyard/socket";
import { prepared, report } from "./report";

const NO_SUCH_OPTION = 9999;
const PATH = "./errors-socket";

export function showErrorsOfSockets(): void {
  showWhatSocketMakes();
  showWhatSocketIs();
  showAddresses();
  showConnected();
}

/** socket() makes what family, type and protocol name together, if there is such a thing. */
function showWhatSocketMakes(): void {
  report(EAFNOSUPPORT, socket(AF_APPLETALK, SOCK_DGRAM, 0), "socket() of a family that this kernel does not have");
  report(ESOCKTNOSUPPORT, socket(AF_INET, SOCK_RDM, 0), "socket() of a type that the family does not have");
  report(EPROTONOSUPPORT, socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), "socket() of a stream over UDP, which has none");
}

/** A call may be one that this descriptor, or this socket, cannot do. */
function showWhatSocketIs(): void {
  const any = SockaddrIn.from("127.0.0.1", "0");
  const set = prepared(epoll_create1(0), "epoll_create1");
  report(ENOTSOCK, bind(set, any, SIZEOF_SOCKADDR_IN), "bind() of a descriptor that is an epoll set");
  close(set);

  const datagrams = prepared(socket(AF_INET, SOCK_DGRAM, 0), "socket");
  const byte = new StaticArray<u8>(1);
  report(EDESTADDRREQ, send(datagrams, byte, 1, 0), "send() of a datagram that was given no address, ever");

  const value = new Ref<i32>(0);
  const length = new Ref<u32>(4);
  const result = getsockopt(datagrams, SOL_SOCKET, NO_SUCH_OPTION, value, length);
  report(ENOPROTOOPT, result, `getsockopt() of option ${NO_SUCH_OPTION}, which there is not`);
  close(datagrams);

  // Whoever connects to a path cannot know what waits behind it.
  const name = SockaddrUn.from(PATH)!;
  const receiver = prepared(socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
  const stream = prepared(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  prepared(bind(receiver, name, SUN_LEN(name)), "bind");
  report(EPROTOTYPE, connect(stream, name, SUN_LEN(name)), "connect() of a stream to a socket of datagrams");
  close(receiver);
  close(stream);
  unlink(PATH);
}

/** An address belongs to one socket at a time, and to this machine. */
function showAddresses(): void {
  const address = SockaddrIn.from("127.0.0.1", "0");
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  const first = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
  const second = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
  prepared(bind(first, address, SIZEOF_SOCKADDR_IN), "bind");
  prepared(getsockname(first, address, length), "getsockname");
  report(EADDRINUSE, bind(second, address, SIZEOF_SOCKADDR_IN), "bind() to the port of another socket");

  const foreign = SockaddrIn.from("192.0.2.1", "0");
  report(EADDRNOTAVAIL, bind(second, foreign, SIZEOF_SOCKADDR_IN), "bind() to 192.0.2.1, which is not this machine");
  close(first);
  close(second);
}

/** A stream is connected once, and before it is used. */
function showConnected(): void {
  const address = SockaddrIn.from("127.0.0.1", "0");
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  const listener = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
  const client = prepared(socket(AF_INET, SOCK_STREAM, 0), "socket");
  prepared(bind(listener, address, SIZEOF_SOCKADDR_IN), "bind");
  prepared(listen(listener, 1), "listen");
  prepared(getsockname(listener, address, length), "getsockname");
  report(ENOTCONN, getpeername(client, new SockaddrIn(), length), "getpeername() of a socket that has no peer yet");
  prepared(connect(client, address, SIZEOF_SOCKADDR_IN), "connect");
  report(EISCONN, connect(client, address, SIZEOF_SOCKADDR_IN), "connect() of a stream that has a peer");
  close(client);
  close(listener);
}
