// sockyard run --allow-net-listen=unix:$PWD/fd-socket --allow-read=$PWD/letter --allow-net-connect=127.0.0.1:12345 --allow-fd-pass examples/berkeley/fd-send.ts
//
// Opens a file, connects to a TCP server, and passes both to whoever comes: rights
// are checked when a file is opened, so that fd-receive.ts needs neither.
// Arguments: [socket] [file] [address] [port]

import { ENOENT, errno, perror } from "sockyard/errno";
import { argv, exit, stderr } from "sockyard/process";
import { SockaddrIn, SockaddrUn } from "sockyard/sockaddr";
import {
  AF_INET,
  AF_UNIX,
  accept,
  bind,
  CMSG_DATA,
  CMSG_FIRSTHDR,
  CMSG_LEN,
  CMSG_SPACE,
  close,
  connect,
  Iovec,
  listen,
  Msghdr,
  NULL,
  O_RDONLY,
  open,
  pointer,
  SCM_RIGHTS,
  SIZEOF_SOCKADDR_IN,
  SIZEOF_SOCKADDR_UN,
  SOCK_STREAM,
  SOL_SOCKET,
  StructArray,
  sendmsg,
  socket,
  unlink,
} from "sockyard/socket";

function argument(index: i32, otherwise: string): string {
  return argv.length > index ? argv[index] : otherwise;
}

function main(): i32 {
  const path = argument(1, "./fd-socket");
  const letter = argument(2, "./letter");
  const host = argument(3, "127.0.0.1");
  const port = argument(4, "12345");
  const address = SockaddrUn.from(path);
  if (address === null) return failure(path);
  const server = SockaddrIn.from(host, port);
  if (server === null) return failure(`${host}:${port}`);

  const file = open(letter, O_RDONLY);
  if (file < 0) return failure(letter);
  const connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection, server, SIZEOF_SOCKADDR_IN) < 0) return failure("connect");

  const listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (unlink(path) < 0 && errno !== ENOENT) return failure("unlink");
  if (bind(listener, address, SIZEOF_SOCKADDR_UN) < 0) return failure("bind");
  if (listen(listener, 1) < 0) return failure("listen");
  stderr.write(`listening on ${path}\n`);
  const peer = accept(listener, NULL, NULL);
  if (peer < 0) return failure("accept");
  if (send(peer, file, connection) < 0) return failure("sendmsg");

  // The message holds them open: the kernel closes the last copy, wherever it is.
  close(file);
  close(connection);
  close(peer);
  close(listener);
  unlink(path);
  return 0;
}

function send(peer: i32, file: i32, connection: i32): i32 {
  // Descriptors travel beside data, and a stream wants at least one byte of it.
  const greeting = String.UTF8.encode("a file and a connection");
  const buffers = new StructArray<Iovec>(1);
  buffers[0].iov_base = pointer(greeting);
  buffers[0].iov_len = greeting.byteLength;

  const control = new StaticArray<u8>(CMSG_SPACE(2 * sizeof<i32>()));
  const message = new Msghdr();
  message.msg_iov = pointer(buffers);
  message.msg_iovlen = buffers.length;
  message.msg_control = pointer(control);
  message.msg_controllen = control.length;

  const rights = CMSG_FIRSTHDR(message)!;
  rights.cmsg_len = CMSG_LEN(2 * sizeof<i32>());
  rights.cmsg_level = SOL_SOCKET;
  rights.cmsg_type = SCM_RIGHTS;
  store<i32>(CMSG_DATA(rights), file);
  store<i32>(CMSG_DATA(rights), connection, sizeof<i32>());
  return sendmsg(peer, message, 0);
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
