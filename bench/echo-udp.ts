// The guest of the case `udp`: the calls of echo-udp.c, one for one.

import { perror } from "sockyard/errno";
import { exit, stderr } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import {
  AF_INET,
  bind,
  getsockname,
  Ref,
  recvfrom,
  SIZEOF_SOCKADDR_IN,
  SOCK_DGRAM,
  sendto,
  socket,
} from "sockyard/socket";

const BUFFER_SIZE = 65536;
const buffer: usize = memory.data(BUFFER_SIZE, 64);

function main(): i32 {
  const address = SockaddrIn.from("127.0.0.1", "0");
  if (address === null) return failure("address");
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  const fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return failure("socket");
  if (bind(fd, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");
  if (getsockname(fd, address, length) < 0) return failure("getsockname");
  stderr.write(`listening on ${address.toString()}\n`);

  while (true) {
    length.value = SIZEOF_SOCKADDR_IN;
    const size = recvfrom(fd, buffer, BUFFER_SIZE, 0, address, length);
    if (size < 0) return failure("recvfrom");
    if (sendto(fd, buffer, size, 0, address, length.value) < 0) return failure("sendto");
  }
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
