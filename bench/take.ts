// The guest of the case `pass`: the calls of take.c, one for one.

import { perror } from "sockyard/errno";
import { exit, stderr } from "sockyard/process";
import { SockaddrUn } from "sockyard/sockaddr";
import {
  AF_UNIX,
  accept,
  bind,
  CMSG_DATA,
  CMSG_SPACE,
  Cmsghdr,
  close,
  getsockname,
  Iovec,
  listen,
  Msghdr,
  NULL,
  pointer,
  Ref,
  recvmsg,
  SIZEOF_SOCKADDR_UN,
  SOCK_STREAM,
  StructArray,
  socket,
  write,
} from "sockyard/socket";

const byte = new StaticArray<u8>(1);
const iovec = new StructArray<Iovec>(1);
const control = new StaticArray<u8>(CMSG_SPACE(sizeof<i32>()));
const message = new Msghdr();

function main(): i32 {
  const address = new SockaddrUn();
  const length = new Ref<u32>(SIZEOF_SOCKADDR_UN);
  const listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listener < 0) return failure("socket");
  if (bind(listener, address, sizeof<u16>()) < 0) return failure("bind");
  if (listen(listener, 64) < 0) return failure("listen");
  if (getsockname(listener, address, length) < 0) return failure("getsockname");
  stderr.write(`listening on ${address.toString(length.value)}\n`);

  iovec[0].iov_base = pointer(byte);
  iovec[0].iov_len = 1;
  message.msg_iov = pointer(iovec);
  message.msg_iovlen = 1;
  message.msg_control = pointer(control);
  while (true) {
    const client = accept(listener, NULL, NULL);
    if (client < 0) return failure("accept");
    serve(client);
    close(client);
  }
}

function serve(client: i32): void {
  const header = changetype<Cmsghdr>(pointer(control));
  while (true) {
    message.msg_controllen = control.length;
    if (recvmsg(client, message, 0) != 1) return;
    const received = message.msg_controllen > 0 ? load<i32>(CMSG_DATA(header)) : -1;
    if (close(received) < 0 || write(client, byte, 1) != 1) return;
  }
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
