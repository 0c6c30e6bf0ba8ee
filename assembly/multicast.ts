// What multicast options take. Programs import them from sockyard/socket.

import { SIZEOF_SOCKADDR_STORAGE } from "./linux.generated";

// struct ip_mreq
//   0  u32  imr_multiaddr  network order
//   4  u32  imr_interface  network order; 0: any
/** The value of IP_ADD_MEMBERSHIP and IP_DROP_MEMBERSHIP: a group, and one's own address on an interface. ip(7) */
@final
export class IpMreq {
  constructor(
    public imr_multiaddr: u32 = 0,
    public imr_interface: u32 = 0,
  ) {}
}

// struct ipv6_mreq
//   0  u8[16]  ipv6mr_multiaddr  network order
//  16  u32     ipv6mr_interface  an interface's number; 0: any
/** The value of IPV6_JOIN_GROUP and IPV6_LEAVE_GROUP; fill the address with inet_pton(). ipv6(7) */
@final
export class Ipv6Mreq {
  private word0: u32 = 0;
  private word1: u32 = 0;
  private word2: u32 = 0;
  private word3: u32 = 0;
  ipv6mr_interface: u32 = 0;

  /** The address of the 16 bytes. */
  get ipv6mr_multiaddr(): usize {
    return changetype<usize>(this);
  }
}

// struct group_req
//   0  u32      gr_interface  an interface's number; 0: any
//   4  u8[128]  gr_group      struct sockaddr_storage
/** The value of MCAST_JOIN_GROUP and MCAST_LEAVE_GROUP (RFC 3678). */
@final
export class GroupReq {
  gr_interface: u32;

  constructor() {
    // @ts-ignore: runtime function
    const request = changetype<GroupReq>(__new(4 + SIZEOF_SOCKADDR_STORAGE, idof<GroupReq>()));
    memory.fill(changetype<usize>(request), 0, 4 + SIZEOF_SOCKADDR_STORAGE);
    return request;
  }

  /** The address of the 128 bytes: copy a SockaddrIn or SockaddrIn6 there. */
  get gr_group(): usize {
    return changetype<usize>(this) + 4;
  }
}
