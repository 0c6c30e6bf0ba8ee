// Which sockets a host and a service stand for: glibc's table of them.

import {
  EAI_NONAME,
  EAI_SERVICE,
  EAI_SOCKTYPE,
  IPPROTO_DCCP,
  IPPROTO_SCTP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_UDPLITE,
  SOCK_DCCP,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from "../linux.generated";
import { parseNumber } from "./database";
import { getservbyname } from "./services";

/** A kind of socket, and the port of a service on it. */
@final
export class SocketKind {
  constructor(
    readonly type: i32,
    readonly protocol: i32,
    /** The protocol's name in /etc/services; none for sockets without ports. */
    readonly name: string,
    /** Offered where the caller does not say what is wanted. */
    readonly isUsual: bool,
    /** In host order. */
    readonly port: u16 = 0,
  ) {}

  /** Tells whether a caller who wants `type` and `protocol`, 0 for any, may get this one. */
  suits(type: i32, protocol: i32): bool {
    if (type != 0 && type != this.type) return false;
    return protocol == 0 || protocol == this.protocol || this.type == SOCK_RAW;
  }

  /** This kind with a port. */
  at(port: u16, protocol: i32): SocketKind {
    return new SocketKind(this.type, this.type == SOCK_RAW ? protocol : this.protocol, this.name, this.isUsual, port);
  }
}

// A function: asc 0.28 makes invalid code of a lazy array of objects.
function allKinds(): SocketKind[] {
  return [
    new SocketKind(SOCK_STREAM, IPPROTO_TCP, "tcp", true),
    new SocketKind(SOCK_DGRAM, IPPROTO_UDP, "udp", true),
    new SocketKind(SOCK_DCCP, IPPROTO_DCCP, "dccp", false),
    new SocketKind(SOCK_DGRAM, IPPROTO_UDPLITE, "udplite", false),
    new SocketKind(SOCK_STREAM, IPPROTO_SCTP, "sctp", false),
    new SocketKind(SOCK_SEQPACKET, IPPROTO_SCTP, "sctp", false),
    new SocketKind(SOCK_RAW, 0, "", true),
  ];
}

/** The kinds of socket for a service, or an error. */
@final
export class Offer {
  kinds: SocketKind[] = [];

  constructor(
    /** 0, or EAI_…. */
    readonly error: i32 = 0,
  ) {}
}

/** What to offer for a service (a decimal port, a name, or nothing) and the type and protocol that are wanted, 0 for any. */
export function offer(service: string, type: i32, protocol: i32, numericOnly: bool): Offer {
  const port = service.length == 0 ? 0 : parseNumber(service, 0xffff);
  if (port < 0 && numericOnly) return new Offer(EAI_NONAME);
  const result = new Offer();
  let suitable = 0;
  const all = allKinds();
  for (let i = 0; i < all.length; i++) {
    const kind = all[i];
    if (!kind.suits(type, protocol)) continue;
    suitable++;
    if (port < 0) {
      const entry = kind.name.length > 0 ? getservbyname(service, kind.name) : null;
      if (entry !== null) result.kinds.push(kind.at(bswap<u16>(<u16>entry.s_port), protocol));
    } else if (type != 0 || protocol != 0 || kind.isUsual) {
      // Who asks for a raw socket asks for no service; who does not care gets one for any.
      if (type == SOCK_RAW && service.length > 0) return new Offer(EAI_SERVICE);
      if (protocol == 0 || kind.type != SOCK_RAW || service.length == 0) result.kinds.push(kind.at(<u16>port, protocol));
    }
    // One kind is enough for who has said what is wanted.
    if (result.kinds.length > 0 && (type != 0 || protocol != 0)) break;
  }
  if (suitable == 0) return new Offer(type != 0 ? EAI_SOCKTYPE : EAI_SERVICE);
  return result.kinds.length > 0 ? result : new Offer(EAI_SERVICE);
}
