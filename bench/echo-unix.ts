// The guest of the case `unix`: the calls of echo-unix.c, one for one.

import { perror } from "sockyard/errno";
import { exit, stderr } from "sockyard/process";
import { SockaddrUn } from "sockyard/sockaddr";
import {
  AF_UNIX,
  accept,
  bind,
  close,
  getsockname,
  listen,
  NULL,
  Ref,
  read,
  SIZEOF_SOCKADDR_UN,
  SOCK_STREAM,
  socket,
  write,
} from "sockyard/socket";

const BUFFER_SIZE = 65536;
const buffer: usize = memory.data(BUFFER_SIZE, 64);

function main(): i32 {
  const address = new SockaddrUn();
  const length = new Ref<u32>(SIZEOF_SOCKADDR_UN);
  const listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listener < 0) return failure("socket");
  // The family alone: the kernel chooses a name.
  if (bind(listener, address, sizeof<u16>()) < 0) return failure("bind");
  if (listen(listener, 64) < 0) return failure("listen");
  if (getsockname(listener, address, length) < 0) return failure("getsockname");
  stderr.write(`listening on ${address.toString(length.value)}\n`);

  while (true) {
    const client = accept(listener, NULL, NULL);
    if (client < 0) return failure("accept");
    serve(client);
    close(client);
  }
}

function serve(client: i32): void {
  let size: i32;
  while ((size = read(client, buffer, BUFFER_SIZE)) > 0) {
    for (let sent = 0; sent < size; ) {
      const written = write(client, buffer + sent, size - sent);
      if (written < 0) return;
      sent += written;
    }
  }
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
