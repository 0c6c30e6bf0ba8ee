// The guest of the echo cases: the calls of echo.c, one for one.

import { perror } from "sockyard/errno";
import { exit, stderr } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept,
  bind,
  close,
  getsockname,
  listen,
  Ref,
  read,
  SIZEOF_SOCKADDR_IN,
  SOCK_STREAM,
  socket,
  write,
} from "sockyard/socket";

// At a multiple of 64, as in echo.c: some processors copy to odd places at half the speed, whoever asks.
const BUFFER_SIZE = 65536;
const buffer: usize = memory.data(BUFFER_SIZE, 64);

function main(): i32 {
  const address = SockaddrIn.from("127.0.0.1", "0");
  if (address === null) return failure("address");
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  const listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) return failure("socket");
  if (bind(listener, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");
  if (listen(listener, 64) < 0) return failure("listen");
  if (getsockname(listener, address, length) < 0) return failure("getsockname");
  stderr.write(`listening on ${address.toString()}\n`);

  while (true) {
    length.value = SIZEOF_SOCKADDR_IN;
    const client = accept(listener, address, length);
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
