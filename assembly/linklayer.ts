// Addresses of sockets that see more than their own traffic. Programs import
// them from sockyard/sockaddr.

import { AF_NETLINK, AF_PACKET } from "./linux.generated";

// struct sockaddr_nl
//   0  u16  nl_family  host order
//   2  u16  nl_pad
//   4  u32  nl_pid     a port: 0 is the kernel, or one of its choice
//   8  u32  nl_groups  a bit for each multicast group
/** A netlink port. netlink(7) */
@final
export class SockaddrNl {
  nl_family: u16 = <u16>AF_NETLINK;
  private nl_pad: u16 = 0;

  constructor(
    public nl_pid: u32 = 0,
    public nl_groups: u32 = 0,
  ) {}
}

// struct sockaddr_ll
//   0  u16    sll_family    host order
//   2  u16    sll_protocol  network order: htons(ETH_P_ALL)
//   4  i32    sll_ifindex   an interface's number; 0: any
//   8  u16    sll_hatype    ARPHRD_…: what kind of hardware
//  10  u8     sll_pkttype   PACKET_HOST, PACKET_OUTGOING, …
//  11  u8     sll_halen     how many bytes of sll_addr
//  12  u8[8]  sll_addr
/** An address of the link layer. packet(7) */
@final
export class SockaddrLl {
  sll_family: u16 = <u16>AF_PACKET;
  sll_protocol: u16 = 0;
  sll_ifindex: i32 = 0;
  sll_hatype: u16 = 0;
  sll_pkttype: u8 = 0;
  sll_halen: u8 = 0;
  private high: u32 = 0;
  private low: u32 = 0;

  /** The address of the 8 bytes. */
  get sll_addr(): usize {
    return changetype<usize>(this) + offsetof<SockaddrLl>("high");
  }
}
