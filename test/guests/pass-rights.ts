// The other end of test/peers/rights.py. Arguments: (send|receive) (stream|datagram|seqpacket) path
// `send` passes standard input; `receive` prints how many descriptors came, reads the first, writes to the second.

import { perror } from "sockyard/errno";
import { argv, exit, stdout } from "sockyard/process";
import { SockaddrUn } from "sockyard/sockaddr";
import * as s from "sockyard/socket";

function failure(what: string): i32 {
  perror(what);
  return 1;
}

const data = String.UTF8.encode("here");
const buffers = new s.StructArray<s.Iovec>(1);
const control = new StaticArray<u8>(s.CMSG_SPACE(253 * 4));

function message(room: i32): s.Msghdr {
  buffers[0].iov_base = s.pointer(data);
  buffers[0].iov_len = data.byteLength;
  const result = new s.Msghdr();
  result.msg_iov = s.pointer(buffers);
  result.msg_iovlen = 1;
  result.msg_control = s.pointer(control);
  result.msg_controllen = room;
  return result;
}

function send(fd: i32): i32 {
  const sent = message(s.CMSG_SPACE(4));
  const rights = s.CMSG_FIRSTHDR(sent)!;
  rights.cmsg_len = s.CMSG_LEN(4);
  rights.cmsg_level = s.SOL_SOCKET;
  rights.cmsg_type = s.SCM_RIGHTS;
  store<i32>(s.CMSG_DATA(rights), 0);
  return s.sendmsg(fd, sent, 0) < 0 ? failure("sendmsg") : 0;
}

function receive(fd: i32): i32 {
  const received = message(control.length);
  if (s.recvmsg(fd, received, 0) < 0) return failure("recvmsg");
  const rights = s.CMSG_FIRSTHDR(received);
  const count = rights === null ? 0 : (rights.cmsg_len - s.CMSG_LEN(0)) / 4;
  stdout.write(`${count} came, ${(received.msg_flags & s.MSG_CTRUNC) != 0 ? "others did not" : "no others"}\n`);
  if (rights === null || count < 2) return 1;
  const text = new StaticArray<u8>(256);
  const size = s.read(load<i32>(s.CMSG_DATA(rights)), text, text.length);
  if (size < 0) return failure("read");
  stdout.writeBytes(text, size);
  return s.write(load<i32>(s.CMSG_DATA(rights), 4), text, size) < 0 ? failure("write") : 0;
}

function main(): i32 {
  const isSending = argv[1] == "send";
  const type = argv[2] == "stream" ? s.SOCK_STREAM : argv[2] == "datagram" ? s.SOCK_DGRAM : s.SOCK_SEQPACKET;
  const fd = s.socket(s.AF_UNIX, type, 0);
  const address = SockaddrUn.from(argv[3])!;
  if (type == s.SOCK_DGRAM && !isSending) {
    if (s.bind(fd, address, s.SIZEOF_SOCKADDR_UN) < 0) return failure("bind");
    stdout.write("ready\n");
  } else if (s.connect(fd, address, s.SIZEOF_SOCKADDR_UN) < 0) {
    return failure("connect");
  }
  return isSending ? send(fd) : receive(fd);
}

exit(main());
