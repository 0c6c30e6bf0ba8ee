// Uses names that would steer a terminal if they were shown as they are.

import { perror } from "sockyard/errno";
import { exit } from "sockyard/process";
import { SockaddrUn, SUN_LEN } from "sockyard/sockaddr";
import { AF_UNIX, connect, SOCK_STREAM, socket, unlink } from "sockyard/socket";

const hostile = "/\u001b[2J\u001b]0;owned\u0007\u202egnp.exe\nerror: all is well\u009b31m";

unlink(hostile);
const address = SockaddrUn.from("\0" + hostile)!;
if (connect(socket(AF_UNIX, SOCK_STREAM, 0), address, SUN_LEN(address)) < 0) perror("connect");
exit(0);
