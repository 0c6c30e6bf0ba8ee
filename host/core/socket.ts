import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  AF_UNSPEC,
  EACCES,
  EAFNOSUPPORT,
  EMFILE,
  EPROTONOSUPPORT,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_RAW,
  IPPROTO_TCP,
  IPPROTO_UDP,
  SO_DOMAIN,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_PACKET,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_SOCKET,
} from "./linux.generated.js";
import { getInt32 } from "./little-endian.js";
import type { SocketPair } from "./pair.js";
import type { RawKind, Transport } from "./permissions/rule.js";
import type { UnixAddress } from "./sockaddr.js";

/**
 * What the host remembers of a socket, shared by all descriptors that duplicate it.
 *
 * The kernel holds the truth about everything else: flags, addresses, options.
 */
export interface Socket {
  /** AF_UNSPEC for a TCP socket that came in a message, until `familyOf` is asked for it. */
  domain: number;
  /** Without SOCK_NONBLOCK and SOCK_CLOEXEC. */
  readonly type: number;
  readonly protocol: number;
  /** Whether policy has judged the local address, so that `listen` need not. */
  isBindJudged: boolean;
  /** The port that a judged bind asked for; 0 is one of the kernel's choice. */
  judgedPort: number;
  /** The path that the guest bound; the kernel was given its last part only. */
  localName: UnixAddress | null;
  /** The pair that it is one end of, or null for a socket that can be anyone's peer. */
  pair: SocketPair | null;
}

/** What a type may carry beside itself. */
export const TYPE_FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC;
const PROTOCOLS: readonly number[] = [IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP];

export function createSocket(domain: number, type: number, protocol: number): Socket {
  return {
    domain,
    type,
    protocol,
    isBindJudged: false,
    judgedPort: 0,
    localName: null,
    pair: null,
  };
}

const option = new Uint8Array(4);

/** The address family of a socket, `hostFd` being one of its descriptors. */
export function familyOf({ kernel }: Core, socket: Socket, hostFd: number): number {
  if (socket.domain === AF_UNSPEC && !isErrno(kernel.getsockopt(hostFd, SOL_SOCKET, SO_DOMAIN, option))) {
    socket.domain = getInt32(option, 0);
  }
  return socket.domain;
}

/** The word that rules use for a socket's transport; every IP socket is one of the two. */
export function transportOf({ type }: Socket): Transport {
  return type === SOCK_STREAM ? "tcp" : "udp";
}

/** Makes a socket and enters it into the table; the new descriptor, or `-errno`. */
export function openSocket(core: Core, domain: number, type: number, protocol: number): SysResult {
  const kind = type & ~TYPE_FLAGS;
  const raw = rawName(domain, kind, protocol);
  if (raw !== null && core.permissions.check({ verb: "raw", what: raw }) !== 0) return -EACCES;
  if (core.fds.isFull) return -EMFILE;

  const hostFd = core.kernel.socket(domain, type, protocol);
  if (isErrno(hostFd)) return hostFd;
  const unsupported = unsupportedErrno(domain, protocol, raw);
  if (unsupported !== 0) {
    core.kernel.close(hostFd);
    return unsupported;
  }
  return enterSocket(core, hostFd, createSocket(domain, kind, protocol), (type & SOCK_CLOEXEC) !== 0);
}

/**
 * What no rule can judge does not exist here, whatever this kernel has: other
 * families, and protocols that reach further than their address says, as MPTCP
 * does when a peer announces others, and as packets do whose IP header the guest
 * writes itself (raw(7), IPPROTO_RAW).
 */
export function unsupportedErrno(domain: number, protocol: number, raw: RawKind | null): SysResult {
  if (raw !== null) return raw === "raw" && protocol === IPPROTO_RAW ? -EPROTONOSUPPORT : 0;
  if (!isSupportedFamily(domain)) return -EAFNOSUPPORT;
  return domain === AF_UNIX || PROTOCOLS.includes(protocol) ? 0 : -EPROTONOSUPPORT;
}

/** Whether rules can judge the addresses of a family. */
export function isSupportedFamily(domain: number): boolean {
  return domain === AF_UNIX || domain === AF_INET || domain === AF_INET6;
}

/** Enters a socket that the kernel just made, or closes it. */
export function enterSocket(core: Core, hostFd: number, socket: Socket | undefined, closeOnExec: boolean): SysResult {
  const fd = core.fds.add(hostFd, socket, closeOnExec);
  if (isErrno(fd)) core.kernel.close(hostFd);
  return fd;
}

/** What to call a socket that reaches beyond its own traffic, or null for an ordinary one. */
export function rawName(domain: number, type: number, protocol: number): RawKind | null {
  if (domain === AF_PACKET || type === SOCK_PACKET) return "packet";
  if (domain === AF_NETLINK) return "netlink";
  if (domain !== AF_INET && domain !== AF_INET6) return null;
  if (type === SOCK_RAW) return "raw";
  const isPing = type === SOCK_DGRAM && (protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6);
  return isPing ? "icmp" : null;
}
