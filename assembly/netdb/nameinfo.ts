// <netdb.h>: from a socket address to host and service. RFC 3493 section 6.2

import { inet_ntop } from "../inet";
import {
  AF_INET,
  AF_INET6,
  EAI_BADFLAGS,
  EAI_FAMILY,
  EAI_NONAME,
  NI_DGRAM,
  NI_NAMEREQD,
  NI_NOFQDN,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  SIZEOF_SOCKADDR_IN,
  SIZEOF_SOCKADDR_IN6,
} from "../linux.generated";
import { overruns, pointer, Ref } from "../pointer";
import { eaiError } from "./errors";
import { systemResolver } from "./resolver";
import { hostNames, lookUpAddress } from "./reverse";
import { getservbyport } from "./services";

const FLAGS: i32 = NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM;

/**
 * `int getnameinfo(const struct sockaddr *addr, socklen_t addrlen, char *host, socklen_t hostlen, char *serv, socklen_t servlen, int flags)`:
 * host and service of a socket address, each put into a Ref or, with null, not
 * asked for.
 *
 * New strings, so there is no buffer to be too small. A host without a name is
 * written as its address, unless NI_NAMEREQD. NI_NOFQDN cuts the domain of this
 * machine's search list. Returns 0, or an EAI_… number. getnameinfo(3)
 */
export function getnameinfo<A>(
  addr: A,
  addrlen: u32,
  host: Ref<string> | null,
  serv: Ref<string> | null,
  flags: i32,
): i32 {
  if ((flags & ~FLAGS) != 0) return EAI_BADFLAGS;
  if (addrlen < 2 || overruns(addr, addrlen)) return EAI_FAMILY;
  return nameAddress(pointer(addr), addrlen, host, serv, flags);
}

function nameAddress(address: usize, length: u32, host: Ref<string> | null, serv: Ref<string> | null, flags: i32): i32 {
  if (host === null && serv === null) return EAI_NONAME;
  const family = <i32>load<u16>(address);
  const least = family == AF_INET ? SIZEOF_SOCKADDR_IN : SIZEOF_SOCKADDR_IN6;
  if ((family != AF_INET && family != AF_INET6) || length < <u32>least) return EAI_FAMILY;
  if (host !== null) {
    const error = nameHost(family, address, host, flags);
    if (error != 0) return error;
  }
  if (serv !== null) serv.value = nameService(<i32>load<u16>(address, 2), flags);
  return 0;
}

function nameHost(family: i32, address: usize, host: Ref<string>, flags: i32): i32 {
  const bytes = address + (family == AF_INET ? 4 : 8);
  if ((flags & NI_NUMERICHOST) == 0) {
    const answer = lookUpAddress(family, bytes);
    const names = hostNames(answer);
    if (names.length > 0) {
      host.value = (flags & NI_NOFQDN) != 0 ? withoutDomain(names[0]) : names[0];
      return 0;
    }
    if ((flags & NI_NAMEREQD) != 0) return answer.error == 0 ? EAI_NONAME : eaiError(answer);
  } else if ((flags & NI_NAMEREQD) != 0) {
    return EAI_NONAME;
  }
  const scope = family == AF_INET6 ? load<u32>(address, 24) : 0;
  const text = inet_ntop(family, bytes)!;
  host.value = scope != 0 ? `${text}%${scope}` : text;
  return 0;
}

function nameService(port: i32, flags: i32): string {
  if ((flags & NI_NUMERICSERV) == 0) {
    const service = getservbyport(port, (flags & NI_DGRAM) != 0 ? "udp" : "tcp");
    if (service !== null) return service.s_name;
  }
  return `${bswap<u16>(<u16>port)}`;
}

/** A name without the search list's domain that it ends in. */
function withoutDomain(name: string): string {
  const domains = systemResolver().configuration.search;
  for (let i = 0; i < domains.length; i++) {
    const suffix = `.${domains[i]}`;
    if (name.length > suffix.length && name.toLowerCase().endsWith(suffix.toLowerCase())) {
      return name.substring(0, name.length - suffix.length);
    }
  }
  return name;
}
