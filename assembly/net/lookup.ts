// The look-ups of the package itself: those of the default resolver.

import { Result } from "../errors";
import { IP } from "./ip";
import { defaultResolver, MX, NS, Services } from "./resolver";

/** `net.LookupHost(host)`: the addresses of a host, as text. */
export function lookupHost(host: string): Result<string[]> {
  return defaultResolver.lookupHost(host);
}

/** `net.LookupIP(host)`: the addresses of a host. */
export function lookupIP(host: string): Result<IP[]> {
  return defaultResolver.lookupIP("ip", host);
}

/** `net.LookupPort(network, service)`: the port of a service of `tcp` or `udp`. */
export function lookupPort(network: string, service: string): Result<i32> {
  return defaultResolver.lookupPort(network, service);
}

/** `net.LookupCNAME(host)`: the name at the end of all aliases, with a final dot. */
export function lookupCNAME(host: string): Result<string> {
  return defaultResolver.lookupCNAME(host);
}

/** `net.LookupSRV(service, proto, name)`: where a service is, in the order in which to try it. RFC 2782 */
export function lookupSRV(service: string, proto: string, name: string): Result<Services> {
  return defaultResolver.lookupSRV(service, proto, name);
}

/** `net.LookupMX(name)`: the mail servers of a domain. */
export function lookupMX(name: string): Result<MX[]> {
  return defaultResolver.lookupMX(name);
}

/** `net.LookupNS(name)`: the name servers of a domain. */
export function lookupNS(name: string): Result<NS[]> {
  return defaultResolver.lookupNS(name);
}

/** `net.LookupTXT(name)`: the texts of a domain. */
export function lookupTXT(name: string): Result<string[]> {
  return defaultResolver.lookupTXT(name);
}

/** `net.LookupAddr(addr)`: the names of an address. */
export function lookupAddr(addr: string): Result<string[]> {
  return defaultResolver.lookupAddr(addr);
}
