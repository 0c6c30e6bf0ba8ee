// Asks the kernel for its network interfaces by netlink, and listens to one.
//
//   list      prints `link INDEX NAME` and `address INDEX FAMILY` for each
//   capture   switches the loopback interface on, sends a datagram, and prints
//             what a packet socket sees of it

import { htons, ntohs } from "sockyard/byteorder";
import { perror } from "sockyard/errno";
import { argv, exit, stdout } from "sockyard/process";
import { SockaddrIn, SockaddrLl, SockaddrNl } from "sockyard/sockaddr";
import * as s from "sockyard/socket";

const MESSAGE = 65536;
const message = new StaticArray<u8>(MESSAGE);
const at = changetype<usize>(message);

function fail(what: string): i32 {
  perror(what);
  return 1;
}

/** Writes struct nlmsghdr: u32 length, u16 type, u16 flags, u32 sequence, u32 port. */
function header(length: u32, type: i32, flags: i32): void {
  memory.fill(at, 0, length);
  store<u32>(at, length);
  store<u16>(at + 4, <u16>type);
  store<u16>(at + 6, <u16>flags);
}

function request(fd: i32, length: i32): i32 {
  return s.sendto(fd, message, length, 0, new SockaddrNl(), s.SIZEOF_SOCKADDR_NL);
}

/** Asks for all of a kind, and prints each; 1 on failure. */
function dump(fd: i32, type: i32): i32 {
  header(32, type, s.NLM_F_REQUEST | s.NLM_F_DUMP);
  if (request(fd, 32) != 32) return fail("sendto");
  const sender = new SockaddrNl(7);
  const length = new s.Ref<u32>(s.SIZEOF_SOCKADDR_NL);
  while (true) {
    const size = s.recvfrom(fd, message, MESSAGE, 0, sender, length);
    if (size < 0) return fail("recvfrom");
    if (sender.nl_pid != 0 || length.value != 12) return fail("not from the kernel");
    for (let offset = 0; offset + 16 <= size; ) {
      const kind = load<u16>(at + offset + 4);
      if (kind == s.NLMSG_DONE) return 0;
      if (kind == s.NLMSG_ERROR) return fail("netlink");
      print(kind, at + offset, load<u32>(at + offset));
      offset += (load<u32>(at + offset) + 3) & ~3;
    }
  }
}

/** struct ifinfomsg has the index at 4, struct ifaddrmsg the family at 0 and the index at 4; attributes follow. */
function print(kind: i32, start: usize, length: u32): void {
  const index = load<i32>(start + 16 + 4);
  if (kind == s.RTM_NEWADDR) stdout.write(`address ${index} ${load<u8>(start + 16)}\n`);
  if (kind != s.RTM_NEWLINK) return;
  for (let offset: u32 = 32; offset + 4 <= length; ) {
    const size = load<u16>(start + offset);
    if (load<u16>(start + offset + 2) == s.IFLA_IFNAME) {
      stdout.write(`link ${index} ${String.UTF8.decodeUnsafe(start + offset + 4, size - 5)}\n`);
    }
    offset += (size + 3) & ~3;
  }
}

function list(): i32 {
  const fd = s.socket(s.AF_NETLINK, s.SOCK_RAW, s.NETLINK_ROUTE);
  if (fd < 0) return fail("socket");
  const own = new SockaddrNl();
  if (s.bind(fd, own, s.SIZEOF_SOCKADDR_NL) < 0) return fail("bind");
  s.getsockname(fd, own, new s.Ref<u32>(s.SIZEOF_SOCKADDR_NL));
  if (own.nl_family != s.AF_NETLINK || own.nl_pid == 0) return fail("getsockname");
  return dump(fd, s.RTM_GETLINK) | dump(fd, s.RTM_GETADDR);
}

/** Sets IFF_UP of interface 1 and waits for the answer: a zero in struct nlmsgerr. */
function switchOn(): i32 {
  const fd = s.socket(s.AF_NETLINK, s.SOCK_RAW, s.NETLINK_ROUTE);
  header(32, s.RTM_NEWLINK, s.NLM_F_REQUEST | s.NLM_F_ACK);
  store<i32>(at + 20, 1);
  store<u32>(at + 24, 1);
  store<u32>(at + 28, 1);
  if (request(fd, 32) != 32 || s.recv(fd, message, MESSAGE, 0) < 20) return fail("RTM_NEWLINK");
  return load<i32>(at + 16);
}

function capture(): i32 {
  const fd = s.socket(s.AF_PACKET, s.SOCK_DGRAM, htons(<u16>s.ETH_P_IP));
  if (fd < 0) return fail("socket");
  if (switchOn() != 0) return fail("switchOn");
  const link = new SockaddrLl();
  link.sll_protocol = htons(<u16>s.ETH_P_IP);
  link.sll_ifindex = 1;
  if (s.bind(fd, link, s.SIZEOF_SOCKADDR_LL) < 0) return fail("bind");
  s.getsockname(fd, link, new s.Ref<u32>(s.SIZEOF_SOCKADDR_LL));
  stdout.write(`bound to ${link.sll_ifindex}, hardware ${link.sll_hatype}, address of ${link.sll_halen}\n`);

  const sender = s.socket(s.AF_INET, s.SOCK_DGRAM, 0);
  const target = SockaddrIn.from("127.0.0.1", "9");
  if (s.sendto(sender, String.UTF8.encode("payload"), 7, 0, target, s.SIZEOF_SOCKADDR_IN) != 7) return fail("sendto");
  const size = s.recvfrom(fd, message, MESSAGE, 0, link, new s.Ref<u32>(s.SIZEOF_SOCKADDR_LL));
  if (size < 7) return fail("recvfrom");
  const payload = String.UTF8.decodeUnsafe(at + size - 7, 7);
  stdout.write(`${payload} in ${size} bytes, protocol ${ntohs(link.sll_protocol)}, type ${link.sll_pkttype}\n`);
  return 0;
}

exit(argv[1] == "list" ? list() : capture());
