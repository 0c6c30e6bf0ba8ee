// Addresses from text, which may be of names.

import { Failure, failed, Result } from "../errors";
import { Addr, IPAddr, TCPAddr, UDPAddr, UnixAddr } from "./addr";
import { UnknownNetworkError } from "./errors";
import { splitHostPort } from "./hostport";
import { defaultResolver, Resolver } from "./resolver";

/** Where a text leads: the addresses of its host, and its port. */
@final
export class Destination {
  constructor(
    /** Empty: any address, or this machine. */
    readonly addrs: IPAddr[],
    readonly port: i32,
    /** Whether the host is written as an IPv6 address. */
    readonly is6: bool,
  ) {}

  /** Whether there is no host. */
  get isAny(): bool {
    return this.addrs.length == 0;
  }

  /** The address to use if only one can be: one of IPv4, unless the text says otherwise. */
  private get best(): IPAddr | null {
    if (this.isAny) return null;
    for (let i = 0; i < this.addrs.length && !this.is6; i++) {
      if (this.addrs[i].ip!.isV4) return this.addrs[i];
    }
    return this.addrs[0];
  }

  toTCP(): TCPAddr {
    const best = this.best;
    return best === null ? new TCPAddr(null, this.port) : new TCPAddr(best.ip, this.port, best.zone);
  }

  toUDP(): UDPAddr {
    const best = this.best;
    return best === null ? new UDPAddr(null, this.port) : new UDPAddr(best.ip, this.port, best.zone);
  }
}

/** Finds where `host:port` leads in `network`; names are asked for until `deadline` (0: no end). */
export function findDestination(resolver: Resolver, network: string, address: string, deadline: i64): Result<Destination> {
  const split = splitHostPort(address);
  const err = split.err;
  if (err !== null) return failed<Destination>(err);
  const host = split.value.host;
  const port = resolver.lookupPort(network, split.value.port);
  const portErr = port.err;
  if (portErr !== null) return failed<Destination>(portErr);
  if (host.length == 0) return new Result<Destination>(new Destination([], port.value, false));
  const found = resolver.addressesOf(host, network, deadline);
  const hostErr = found.err;
  if (hostErr !== null) return failed<Destination>(hostErr);
  return new Result<Destination>(new Destination(found.value, port.value, host.includes(":")));
}

/** `net.ResolveTCPAddr(network, address)`: the end point of `host:port`; `network` is `tcp`, `tcp4` or `tcp6`. */
export function resolveTCPAddr(network: string, address: string): Result<TCPAddr> {
  const name = network.length == 0 ? "tcp" : network;
  if (name != "tcp" && name != "tcp4" && name != "tcp6") return failed<TCPAddr>(new UnknownNetworkError(network));
  if (address.length == 0) return new Result<TCPAddr>(new TCPAddr());
  const found = findDestination(defaultResolver, name, address, 0);
  const err = found.err;
  return err !== null ? failed<TCPAddr>(err) : new Result<TCPAddr>(found.value.toTCP());
}

/** `net.ResolveUDPAddr(network, address)`: the end point of `host:port`; `network` is `udp`, `udp4` or `udp6`. */
export function resolveUDPAddr(network: string, address: string): Result<UDPAddr> {
  const name = network.length == 0 ? "udp" : network;
  if (name != "udp" && name != "udp4" && name != "udp6") return failed<UDPAddr>(new UnknownNetworkError(network));
  if (address.length == 0) return new Result<UDPAddr>(new UDPAddr());
  const found = findDestination(defaultResolver, name, address, 0);
  const err = found.err;
  return err !== null ? failed<UDPAddr>(err) : new Result<UDPAddr>(found.value.toUDP());
}

/** `net.ResolveIPAddr(network, address)`: the address of a host; `network` is `ip`, `ip4` or `ip6`, and may have `:protocol`. */
export function resolveIPAddr(network: string, address: string): Result<IPAddr> {
  const colon = network.indexOf(":");
  const name = network.length == 0 ? "ip" : colon < 0 ? network : network.substring(0, colon);
  if (name != "ip" && name != "ip4" && name != "ip6") return failed<IPAddr>(new UnknownNetworkError(network));
  if (address.length == 0) return new Result<IPAddr>(new IPAddr());
  const found = defaultResolver.addressesOf(address, name, 0);
  const err = found.err;
  return err !== null ? failed<IPAddr>(err) : new Result<IPAddr>(found.value[0]);
}

/** `net.ResolveUnixAddr(network, address)`: a Unix socket's name; `network` is `unix`, `unixgram` or `unixpacket`. */
export function resolveUnixAddr(network: string, address: string): Result<UnixAddr> {
  if (network != "unix" && network != "unixgram" && network != "unixpacket") {
    return failed<UnixAddr>(new UnknownNetworkError(network));
  }
  return new Result<UnixAddr>(new UnixAddr(address, network));
}
