import { exit, stdout } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import { AF_INET, bind, getsockname, Ref, recvfrom, SIZEOF_SOCKADDR_IN, SOCK_DGRAM, sendto, socket } from "sockyard/socket";
const buffer: usize = memory.data(65536, 64);
function main(): i32 {
  const address = SockaddrIn.from("127.0.0.1", "0")!;
  const length = new Ref<u32>(SIZEOF_SOCKADDR_IN);
  const fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(fd, address, SIZEOF_SOCKADDR_IN) < 0) return 1;
  if (getsockname(fd, address, length) < 0) return 2;
  for (let i = 0; i < 500000; i++) {
    if (sendto(fd, buffer, 64, 0, address, length.value) < 0) return 3;
    length.value = SIZEOF_SOCKADDR_IN;
    if (recvfrom(fd, buffer, 65536, 0, address, length) != 64) return 4;
  }
  return 0;
}
exit(main());
