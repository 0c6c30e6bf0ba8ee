// sockyard run --allow-net-listen=udp:127.0.0.1:12345 --allow-net-connect=udp:127.0.0.1 examples/berkeley/udp-server.ts
//
// A UDP echo server: prints who sends what, and sends it back.
// Arguments: [port] [address]

import { ntohs } from "sockyard/byteorder";
import { perror } from "sockyard/errno";
import { inet_ntoa } from "sockyard/inet";
import { argv, exit, stderr, stdout } from "sockyard/process";
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

/** No datagram of UDP over IPv4 is longer. */
const MAX_DATAGRAM = 65507;

function main(): i32 {
  const port = argv.length > 1 ? argv[1] : "12345";
  const host = argv.length > 2 ? argv[2] : "127.0.0.1";
  const address = SockaddrIn.from(host, port);
  if (address === null) return failure(`${host}:${port}`);

  // One socket serves everybody: there are no connections, and nothing to listen for.
  const fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return failure("socket");
  if (bind(fd, address, SIZEOF_SOCKADDR_IN) < 0) return failure("bind");
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  if (getsockname(fd, address, length) < 0) return failure("getsockname");
  stderr.write(`listening on ${address.toString()}\n`);

  const buffer = new StaticArray<u8>(MAX_DATAGRAM);
  while (true) serve(fd, buffer);
}

/** Answers one datagram. A failure is no reason to stop serving others. */
function serve(fd: i32, buffer: StaticArray<u8>): void {
  const peer = new SockaddrIn();
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);

  // Each datagram arrives whole, with the address of its sender.
  const size = recvfrom(fd, buffer, buffer.length, 0, peer, length);
  if (size < 0) {
    perror("recvfrom");
    return;
  }
  stdout.write(`Get datagram: ${inet_ntoa(peer.sin_addr)}:${ntohs(peer.sin_port)}, ${size} bytes\n`);

  // A sender's address can be forged: to answer is a right of its own, and
  // --allow-net-connect says to whom.
  if (sendto(fd, buffer, size, 0, peer, SIZEOF_SOCKADDR_IN) < 0) perror("sendto");
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
