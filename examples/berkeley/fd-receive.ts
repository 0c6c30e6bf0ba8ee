// sockyard run --allow-net-connect=unix:$PWD/fd-socket --allow-fd-pass examples/berkeley/fd-receive.ts
//
// Receives descriptors from fd-send.ts: prints the file, then says hello on the
// connection and prints the answer. It may neither open nor connect itself.
// Arguments: [socket]

import { perror } from "sockyard/errno";
import { argv, exit, STDOUT_FILENO, stderr } from "sockyard/process";
import { SockaddrUn } from "sockyard/sockaddr";
import {
  AF_UNIX,
  CMSG_DATA,
  CMSG_FIRSTHDR,
  CMSG_LEN,
  CMSG_NXTHDR,
  CMSG_SPACE,
  Cmsghdr,
  close,
  connect,
  Iovec,
  MSG_CTRUNC,
  Msghdr,
  pointer,
  read,
  recvmsg,
  SCM_RIGHTS,
  SHUT_WR,
  SIZEOF_SOCKADDR_UN,
  SOCK_STREAM,
  SOL_SOCKET,
  StructArray,
  shutdown,
  socket,
  write,
} from "sockyard/socket";

function main(): i32 {
  const path = argv.length > 1 ? argv[1] : "./fd-socket";
  const address = SockaddrUn.from(path);
  if (address === null) return failure(path);
  const fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, address, SIZEOF_SOCKADDR_UN) < 0) return failure("connect");

  const received = new StaticArray<i32>(2);
  const count = receive(fd, received);
  if (count < 0) return failure("recvmsg");
  if (count < 2) {
    stderr.write("two descriptors were expected\n");
    return 1;
  }
  close(fd);

  // They are descriptors like any others, with the lowest numbers that were free.
  if (!print(received[0])) return failure("read");
  close(received[0]);

  const hello = String.UTF8.encode("hello\n");
  if (write(received[1], hello, hello.byteLength) < 0) return failure("write");
  shutdown(received[1], SHUT_WR);
  if (!print(received[1])) return failure("read");
  close(received[1]);
  return 0;
}

/** Receives up to `fds.length` descriptors: how many came, or -1. */
function receive(fd: i32, fds: StaticArray<i32>): i32 {
  const greeting = new StaticArray<u8>(64);
  const buffers = new StructArray<Iovec>(1);
  buffers[0].iov_base = pointer(greeting);
  buffers[0].iov_len = greeting.length;

  const room = fds.length * sizeof<i32>();
  const control = new StaticArray<u8>(CMSG_SPACE(<u32>room));
  const message = new Msghdr();
  message.msg_iov = pointer(buffers);
  message.msg_iovlen = buffers.length;
  message.msg_control = pointer(control);
  message.msg_controllen = control.length;
  if (recvmsg(fd, message, 0) < 0) return -1;
  if ((message.msg_flags & MSG_CTRUNC) != 0) stderr.write("some descriptors were not let in\n");

  // Control messages lie one after the other; the kernel may have added some.
  let count = 0;
  let head: Cmsghdr | null = CMSG_FIRSTHDR(message);
  while (head !== null) {
    if (head.cmsg_level == SOL_SOCKET && head.cmsg_type == SCM_RIGHTS) {
      count = (head.cmsg_len - CMSG_LEN(0)) / sizeof<i32>();
      memory.copy(pointer(fds), CMSG_DATA(head), count * sizeof<i32>());
    }
    head = CMSG_NXTHDR(message, head);
  }
  return count;
}

/** Copies what `fd` gives to standard output, up to its end. */
function print(fd: i32): bool {
  const buffer = new StaticArray<u8>(4096);
  let size = read(fd, buffer, buffer.length);
  while (size > 0) {
    write(STDOUT_FILENO, buffer, size);
    size = read(fd, buffer, buffer.length);
  }
  return size == 0;
}

function failure(what: string): i32 {
  perror(what);
  return 1;
}

exit(main());
