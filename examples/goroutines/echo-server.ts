// sockyard run --allow-net-listen=0.0.0.0:12345 examples/goroutines/echo-server.ts
//
// A TCP server for any number of clients at once: sends back what each of them sends, until it ends.
// Arguments: [port] [address]

import { errno, perror } from "sockyard/errno";
import { cancelWaits, go, waitReadable, waitWritable } from "sockyard/go";
import { argv, exit, stderr } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  accept4,
  bind,
  close,
  EAGAIN,
  ECONNABORTED,
  getsockname,
  listen,
  NULL,
  Ref,
  read,
  SIZEOF_SOCKADDR_IN,
  SO_REUSEADDR,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  setsockopt,
  socket,
  write,
} from "sockyard/socket";

function main(): i32 {
  const port = argv.length > 1 ? argv[1] : "12345";
  const host = argv.length > 2 ? argv[2] : "0.0.0.0"; // all interfaces of this machine
  const address = SockaddrIn.from(host, port);
  if (address === null) return failure(`${host}:${port}`);

  // A call that blocks would stop all goroutines: these sockets answer EAGAIN instead.
  const listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (listener < 0) return failure("socket");
  const on = new Ref<i32>(1);
  if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, on, sizeof<i32>()) < 0) return failure("setsockopt");
  if (bind(listener, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");
  if (listen(listener, 128) < 0) return failure("listen");

  // With port 0 the kernel has chosen one: ask which.
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  if (getsockname(listener, address, length) < 0) return failure("getsockname");
  stderr.write(`listening on ${address.toString()}\n`);

  while (true) {
    const client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (client >= 0) {
      // From here on the client has a goroutine of its own.
      go(serve, client);
    } else if (errno == EAGAIN) {
      waitReadable(listener);
    } else if (errno != ECONNABORTED) {
      return failure("accept");
    }
  }
}

function serve(client: i32): void {
  const buffer = new StaticArray<u8>(4096);
  while (true) {
    const size = read(client, buffer, buffer.length);
    if (size > 0) {
      if (!writeAll(client, changetype<usize>(buffer), size)) break;
    } else if (size == 0 || errno != EAGAIN || waitReadable(client) < 0) {
      break;
    }
  }
  cancelWaits(client);
  close(client);
}

/** A client that does not read holds up its own goroutine, and no other. */
function writeAll(client: i32, data: usize, size: usize): bool {
  let done: usize = 0;
  while (done < size) {
    const written = write(client, data + done, size - done);
    if (written >= 0) done += written;
    else if (errno != EAGAIN || waitWritable(client) < 0) return false;
  }
  return true;
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
