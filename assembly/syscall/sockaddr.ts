// Go's syscall.Sockaddr and what implements it.

import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  EINVAL,
  SIZEOF_SOCKADDR_IN,
  SIZEOF_SOCKADDR_IN6,
  SIZEOF_SOCKADDR_LL,
  SIZEOF_SOCKADDR_NL,
} from "../linux.generated";
import {
  familyAt,
  hostAt,
  portAt,
  RawSockaddrLinklayer,
  RawSockaddrNetlink,
  unixNameAt,
  writeInet4,
  writeInet6,
  writeUnix,
  zoneAt,
} from "./raw";

/** A socket's address. Go's type assertion is `sa instanceof SockaddrInet4`, then `(sa as SockaddrInet4).port`. */
export abstract class Sockaddr {
  /** Writes the kernel's form at `out` (SIZEOF_SOCKADDR_STORAGE bytes): its size, or a negated errno. */
  abstract write(out: usize): i32;
}

/** An IPv4 address and a port. */
@final
export class SockaddrInet4 extends Sockaddr {
  constructor(
    public port: i32 = 0,
    /** The 4 bytes of `a.b.c.d`. */
    public addr: StaticArray<u8> = new StaticArray<u8>(4),
  ) {
    super();
  }

  write(out: usize): i32 {
    return this.addr.length == 4 ? writeInet4(this.port, changetype<usize>(this.addr), out) : -EINVAL;
  }
}

/** An IPv6 address and a port. */
@final
export class SockaddrInet6 extends Sockaddr {
  constructor(
    public port: i32 = 0,
    /** The interface's number; 0: none. */
    public zoneId: u32 = 0,
    /** 16 bytes in network order. */
    public addr: StaticArray<u8> = new StaticArray<u8>(16),
  ) {
    super();
  }

  write(out: usize): i32 {
    return this.addr.length == 16 ? writeInet6(this.port, this.zoneId, changetype<usize>(this.addr), out) : -EINVAL;
  }
}

/** A Unix socket. */
@final
export class SockaddrUnix extends Sockaddr {
  constructor(
    /** A path, `@` and an abstract name, or nothing. */
    public name: string = "",
  ) {
    super();
  }

  write(out: usize): i32 {
    return writeUnix(this.name, out);
  }
}

/** An address of the link layer. */
@final
export class SockaddrLinklayer extends Sockaddr {
  /** In network order. */
  protocol: u16 = 0;
  ifindex: i32 = 0;
  hatype: u16 = 0;
  pkttype: u8 = 0;
  /** How many bytes of `addr` count. */
  halen: u8 = 0;
  /** 8 bytes. */
  addr: StaticArray<u8> = new StaticArray<u8>(8);

  write(out: usize): i32 {
    if (this.ifindex < 0 || this.addr.length != 8) return -EINVAL;
    store<u16>(out, <u16>AF_PACKET, offsetof<RawSockaddrLinklayer>("family"));
    store<u16>(out, this.protocol, offsetof<RawSockaddrLinklayer>("protocol"));
    store<i32>(out, this.ifindex, offsetof<RawSockaddrLinklayer>("ifindex"));
    store<u16>(out, this.hatype, offsetof<RawSockaddrLinklayer>("hatype"));
    store<u8>(out, this.pkttype, offsetof<RawSockaddrLinklayer>("pkttype"));
    store<u8>(out, this.halen, offsetof<RawSockaddrLinklayer>("halen"));
    memory.copy(out + offsetof<RawSockaddrLinklayer>("high"), changetype<usize>(this.addr), 8);
    return SIZEOF_SOCKADDR_LL;
  }
}

/** A netlink port. */
@final
export class SockaddrNetlink extends Sockaddr {
  family: u16 = 0;
  pad: u16 = 0;
  pid: u32 = 0;
  groups: u32 = 0;

  write(out: usize): i32 {
    store<u16>(out, <u16>AF_NETLINK, offsetof<RawSockaddrNetlink>("family"));
    store<u16>(out, this.pad, offsetof<RawSockaddrNetlink>("pad"));
    store<u32>(out, this.pid, offsetof<RawSockaddrNetlink>("pid"));
    store<u32>(out, this.groups, offsetof<RawSockaddrNetlink>("groups"));
    return SIZEOF_SOCKADDR_NL;
  }
}

/** The address in `size` bytes that the kernel gave, or null if its family is none of these. */
export function sockaddrAt(at: usize, size: u32): Sockaddr | null {
  switch (familyAt(at, size)) {
    case AF_INET:
      return size < <u32>SIZEOF_SOCKADDR_IN ? null : new SockaddrInet4(portAt(at), bytesAt(hostAt(at), 4));
    case AF_INET6:
      if (size < <u32>SIZEOF_SOCKADDR_IN6) return null;
      return new SockaddrInet6(portAt(at), zoneAt(at), bytesAt(hostAt(at), 16));
    case AF_UNIX:
      return new SockaddrUnix(unixNameAt(at, size));
    case AF_PACKET:
      return size < 12 ? null : linklayerAt(at, size);
    case AF_NETLINK:
      return size < <u32>SIZEOF_SOCKADDR_NL ? null : netlinkAt(at);
    default:
      return null;
  }
}

function bytesAt(at: usize, count: i32): StaticArray<u8> {
  const bytes = new StaticArray<u8>(count);
  memory.copy(changetype<usize>(bytes), at, count);
  return bytes;
}

/** Linux tells of as many bytes of sll_addr as count, and may give fewer than 8. */
function linklayerAt(at: usize, size: u32): SockaddrLinklayer {
  const sa = new SockaddrLinklayer();
  sa.protocol = load<u16>(at, offsetof<RawSockaddrLinklayer>("protocol"));
  sa.ifindex = load<i32>(at, offsetof<RawSockaddrLinklayer>("ifindex"));
  sa.hatype = load<u16>(at, offsetof<RawSockaddrLinklayer>("hatype"));
  sa.pkttype = load<u8>(at, offsetof<RawSockaddrLinklayer>("pkttype"));
  sa.halen = load<u8>(at, offsetof<RawSockaddrLinklayer>("halen"));
  const start = <u32>offsetof<RawSockaddrLinklayer>("high");
  memory.copy(changetype<usize>(sa.addr), at + start, min<u32>(size - start, 8));
  return sa;
}

function netlinkAt(at: usize): SockaddrNetlink {
  const sa = new SockaddrNetlink();
  sa.family = <u16>AF_NETLINK;
  sa.pad = load<u16>(at, offsetof<RawSockaddrNetlink>("pad"));
  sa.pid = load<u32>(at, offsetof<RawSockaddrNetlink>("pid"));
  sa.groups = load<u32>(at, offsetof<RawSockaddrNetlink>("groups"));
  return sa;
}
