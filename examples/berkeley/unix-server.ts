// sockyard run --allow-net-listen=unix:$PWD/sample-socket examples/berkeley/unix-server.ts
//
// A server on a Unix socket: prints who connects and what they send.
// Arguments: [path]

import { ENOENT, errno, perror } from "sockyard/errno";
import { argv, exit, STDOUT_FILENO, stderr, stdout } from "sockyard/process";
import { SockaddrUn } from "sockyard/sockaddr";
import {
  AF_UNIX,
  accept,
  bind,
  close,
  listen,
  Ref,
  read,
  SIZEOF_SOCKADDR_UN,
  SOCK_STREAM,
  socket,
  unlink,
  write,
} from "sockyard/socket";

function main(): i32 {
  const path = argv.length > 1 ? argv[1] : "./sample-socket";
  const address = SockaddrUn.from(path);
  if (address === null) return failure(path);

  const listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listener < 0) return failure("socket");

  // bind creates the socket file and refuses a path that exists. The file of an
  // earlier run is still there: closing a socket does not remove its file.
  if (unlink(path) < 0 && errno !== ENOENT) return failure("unlink");
  if (bind(listener, address, SIZEOF_SOCKADDR_UN) < 0) return failure("bind");

  // Up to five clients may wait, already connected, until accept takes them.
  if (listen(listener, 5) < 0) return failure("listen");
  stderr.write(`listening on ${path}\n`);

  while (true) serve(listener);
}

/** Serves one client. Its failure is no reason to stop serving others. */
function serve(listener: i32): void {
  const peer = new SockaddrUn();
  const length = new Ref<u32>(SIZEOF_SOCKADDR_UN);

  // The listener only listens: each client gets a descriptor of its own.
  const client = accept(listener, peer, length);
  if (client < 0) {
    perror("accept");
    return;
  }

  // A client rarely binds, and is then without a name: the address that came
  // back is the family alone.
  stdout.write(`Get client: ${peer.toString(length.value)}\n`);

  const buffer = new StaticArray<u8>(32);
  const size = read(client, buffer, buffer.length);
  if (size < 0) perror("read");
  else write(STDOUT_FILENO, buffer, size);
  close(client);
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
