// Tries to connect to as many ports as its argument says, from port 1 on, over and over if it says "all".

import { argv, exit } from "sockyard/process";
import { SockaddrIn } from "sockyard/sockaddr";
import { AF_INET, connect, SIZEOF_SOCKADDR_IN, SOCK_STREAM, socket } from "sockyard/socket";

const fd = socket(AF_INET, SOCK_STREAM, 0);
const last = argv[1] == "all" ? 65535 : i32.parse(argv[1]);

do {
  for (let port = 1; port <= last; port++) {
    connect(fd, SockaddrIn.from("127.0.0.1", port.toString())!, SIZEOF_SOCKADDR_IN);
  }
} while (argv[1] == "all");

exit(3);
