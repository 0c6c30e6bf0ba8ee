// Says which listeners it was started with, and serves one client of each; none of it takes a right.
//
//   stray   afterwards tries to lead the first of them elsewhere
//   close   instead closes the first of them, and waits for the end of its input

import { errno } from "sockyard/errno";
import { argv, listenFdNames, listenFds, SD_LISTEN_FDS_START, STDIN_FILENO, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept,
  bind,
  close,
  connect,
  getsockname,
  getsockopt,
  listen,
  Ref,
  read,
  recvfrom,
  SIZEOF_SOCKADDR_IN,
  SO_TYPE,
  SOCK_DGRAM,
  SOL_SOCKET,
  sendto,
  write,
} from "sockyard/socket";

const buffer = new StaticArray<u8>(64);

function text(size: i32): string {
  return size < 0 ? `error ${errno}` : String.UTF8.decodeUnsafe(changetype<usize>(buffer), size);
}

/** Reads what one client says; gives it back over a connection. */
function serve(fd: i32): string {
  const type = new Ref<i32>(0);
  getsockopt(fd, SOL_SOCKET, SO_TYPE, type, new Ref<u32>(4));
  if (type.value == SOCK_DGRAM) return text(recvfrom(fd, buffer, buffer.length, 0, null, null));
  const client = accept(fd, null, null);
  if (client < 0) return `error ${errno}`;
  const size = read(client, buffer, buffer.length);
  write(client, buffer, size);
  close(client);
  return text(size);
}

/** The error of a call that failed, or 0. */
function outcome(result: i32): i32 {
  return result < 0 ? errno : 0;
}

function stray(fd: i32): void {
  const elsewhere = SockaddrIn.from("127.0.0.1", "1")!;
  stdout.write(`bind ${outcome(bind(fd, elsewhere, SIZEOF_SOCKADDR_IN))}\n`);
  stdout.write(`connect ${outcome(connect(fd, elsewhere, SIZEOF_SOCKADDR_IN))}\n`);
  stdout.write(`send ${outcome(sendto(fd, buffer, 1, 0, elsewhere, SIZEOF_SOCKADDR_IN))}\n`);
  stdout.write(`listen ${outcome(listen(fd, 1))}\n`);
  // AF_UNSPEC lets the address go: what comes then is a matter of rules again.
  const nowhere = new SockaddrIn();
  nowhere.sin_family = 0;
  connect(fd, nowhere, SIZEOF_SOCKADDR_IN);
  stdout.write(`listen anew ${outcome(listen(fd, 1))}\n`);
}

const names = listenFdNames();
for (let i = 0; i < listenFds(); i++) {
  const address = new SockaddrIn();
  getsockname(SD_LISTEN_FDS_START + i, address, new Ref<u32>(SIZEOF_SOCKADDR_IN));
  stdout.write(`${names[i]} ${address.sin_family == AF_INET ? address.toString() : "-"}\n`);
}
const word = argv.length > 1 ? argv[1] : "";
if (word == "close") {
  stdout.write(`close ${outcome(close(SD_LISTEN_FDS_START))}\n`);
  read(STDIN_FILENO, buffer, 1);
} else {
  for (let i = 0; i < listenFds(); i++) stdout.write(`${serve(SD_LISTEN_FDS_START + i)}\n`);
  if (word == "stray") stray(SD_LISTEN_FDS_START);
}
