// Serves one client on the port of the kernel's choice: sends back what comes, until the end.

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

const address = SockaddrIn.from("127.0.0.1", "0")!;
const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
const buffer = new StaticArray<u8>(64);

const listener = socket(AF_INET, SOCK_STREAM, 0);
bind(listener, address, SIZEOF_SOCKADDR_IN);
listen(listener, 1);
getsockname(listener, address, length);
stderr.write(`listening on ${address.toString()}\n`);
const client = accept(listener, address, length);
let size = read(client, buffer, buffer.length);
while (size > 0) {
  write(client, buffer, size);
  size = read(client, buffer, buffer.length);
}
close(client);
close(listener);
exit(0);
