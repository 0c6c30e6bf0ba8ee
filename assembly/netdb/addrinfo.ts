// <netdb.h>: from host and service to socket addresses. RFC 3493 section 6.1

import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  AI_ADDRCONFIG,
  AI_ALL,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_NUMERICSERV,
  AI_PASSIVE,
  AI_V4MAPPED,
  EAI_BADFLAGS,
  EAI_FAMILY,
  EAI_NONAME,
} from "../linux.generated";
import { Ref } from "../pointer";
import { HostAddresses, lookUpHost } from "./host-addresses";
import { offer, SocketKind } from "./socket-kinds";
import { stringAt } from "./strings";

const FLAGS: i32 =
  AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG;

// struct addrinfo
//    0  i32               ai_flags
//    4  i32               ai_family
//    8  i32               ai_socktype
//   12  i32               ai_protocol
//   16  u32               ai_addrlen
//   20  struct sockaddr*  ai_addr
//   24  char*             ai_canonname  of the first one, with AI_CANONNAME
//   28  struct addrinfo*  ai_next
/**
 * What socket() and connect() (or bind()) take to reach a service, and the next
 * one to try; or, before, what is wanted.
 *
 * `connect(fd, info.ai_addr, info.ai_addrlen)`.
 */
@final
export class Addrinfo {
  constructor(
    public ai_flags: i32 = 0,
    public ai_family: i32 = 0,
    public ai_socktype: i32 = 0,
    public ai_protocol: i32 = 0,
  ) {}

  ai_addrlen: u32;
  ai_addr: ArrayBuffer | null;
  private canonname: ArrayBuffer | null;
  ai_next: Addrinfo | null;

  /** The host's canonical name, or null. */
  get ai_canonname(): string | null {
    const name = this.canonname;
    return name === null ? null : stringAt(changetype<usize>(name));
  }

  set ai_canonname(name: string | null) {
    this.canonname = name === null ? null : String.UTF8.encode(name, true);
  }
}

/**
 * `int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res)`:
 * the socket addresses of a service on a host.
 *
 * `node`: a name, an IPv4 address in any of C's forms, an IPv6 address (with a
 * zone's number), or null for this machine. `service`: a name, a decimal port, or
 * null. Puts the first of a list into `res` and returns 0, or an EAI_… number.
 *
 * Addresses need no right. A name needs the right to resolve it: else EAI_SYSTEM
 * with EACCES. getaddrinfo(3)
 */
export function getaddrinfo(
  node: string | null,
  service: string | null,
  hints: Addrinfo | null,
  res: Ref<Addrinfo | null>,
): i32 {
  const wanted = hints === null ? new Addrinfo(AI_V4MAPPED | AI_ADDRCONFIG) : hints;
  const flags = wanted.ai_flags;
  const family = wanted.ai_family;
  if (node === null && service === null) return EAI_NONAME;
  if ((flags & ~FLAGS) != 0 || (node === null && (flags & AI_CANONNAME) != 0)) return EAI_BADFLAGS;
  if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6) return EAI_FAMILY;

  const numericService = (flags & AI_NUMERICSERV) != 0;
  const offered = offer(service === null ? "" : service, wanted.ai_socktype, wanted.ai_protocol, numericService);
  if (offered.error != 0) return offered.error;
  const host = node === null ? thisMachine(family, flags) : lookUpHost(node, family, flags);
  if (host.error != 0) return host.error;

  res.value = list(host, offered.kinds, flags);
  return 0;
}

/** `void freeaddrinfo(struct addrinfo *res)`: nothing to do here, where unused objects are collected. getaddrinfo(3) */
export function freeaddrinfo(res: Addrinfo | null): void {}

function thisMachine(family: i32, flags: i32): HostAddresses {
  const result = new HostAddresses();
  const passive = (flags & AI_PASSIVE) != 0;
  // In the order that glibc puts them: to connect IPv6 first, to listen IPv4.
  if (passive && family != AF_INET6) result.addNumeric(AF_INET, "0.0.0.0");
  if (family != AF_INET) result.addNumeric(AF_INET6, passive ? "::" : "::1");
  if (!passive && family != AF_INET6) result.addNumeric(AF_INET, "127.0.0.1");
  return result;
}

function list(host: HostAddresses, kinds: SocketKind[], flags: i32): Addrinfo | null {
  let first: Addrinfo | null = null;
  for (let i = host.count - 1; i >= 0; i--) {
    for (let j = kinds.length - 1; j >= 0; j--) {
      const kind = kinds[j];
      const info = new Addrinfo(flags, host.familyOf(i), kind.type, kind.protocol);
      const address = host.socketAddress(i, kind.port);
      info.ai_addr = address;
      info.ai_addrlen = address.byteLength;
      info.ai_next = first;
      first = info;
    }
  }
  if (first !== null && (flags & AI_CANONNAME) != 0) first.ai_canonname = host.name;
  return first;
}
