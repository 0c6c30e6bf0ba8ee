import type { Core } from "./core.js";
import type { SysResult } from "./errno.js";
import {
  ENOPROTOOPT,
  EPERM,
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IP_RECVERR,
  IP_RECVTOS,
  IP_RECVTTL,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV6_JOIN_GROUP,
  IPV6_LEAVE_GROUP,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  IPV6_RECVERR,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVTCLASS,
  IPV6_TCLASS,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  MCAST_JOIN_GROUP,
  MCAST_LEAVE_GROUP,
  SO_ACCEPTCONN,
  SO_BROADCAST,
  SO_DOMAIN,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_OOBINLINE,
  SO_PASSCRED,
  SO_PEERCRED,
  SO_PRIORITY,
  SO_PROTOCOL,
  SO_RCVBUF,
  SO_RCVLOWAT,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_SNDTIMEO,
  SO_TIMESTAMP,
  SO_TIMESTAMPNS,
  SO_TYPE,
  SOL_SOCKET,
  TCP_CONGESTION,
  TCP_CORK,
  TCP_DEFER_ACCEPT,
  TCP_FASTOPEN,
  TCP_INFO,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_MAXSEG,
  TCP_NODELAY,
  TCP_QUICKACK,
  TCP_SYNCNT,
  TCP_USER_TIMEOUT,
  UDP_GRO,
  UDP_SEGMENT,
} from "./linux.generated.js";
import { isGroupRequest, judgeMembership, SIZEOF_GROUP_REQ, widenGroupRequest } from "./membership.js";

/** Options whose values look the same to a guest and to the kernel, and reach nothing that policy does not judge. */
const HONORED: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [
    SOL_SOCKET,
    new Set([
      SO_REUSEADDR,
      SO_TYPE,
      SO_ERROR,
      SO_BROADCAST,
      SO_SNDBUF,
      SO_RCVBUF,
      SO_KEEPALIVE,
      SO_OOBINLINE,
      SO_PRIORITY,
      SO_LINGER,
      SO_REUSEPORT,
      SO_RCVLOWAT,
      SO_RCVTIMEO,
      SO_SNDTIMEO,
      SO_ACCEPTCONN,
      SO_PROTOCOL,
      SO_DOMAIN,
      SO_PASSCRED,
      SO_PEERCRED,
      SO_TIMESTAMP,
      SO_TIMESTAMPNS,
    ]),
  ],
  [
    IPPROTO_TCP,
    new Set([
      TCP_NODELAY,
      TCP_MAXSEG,
      TCP_CORK,
      TCP_KEEPIDLE,
      TCP_KEEPINTVL,
      TCP_KEEPCNT,
      TCP_SYNCNT,
      TCP_DEFER_ACCEPT,
      TCP_QUICKACK,
      TCP_USER_TIMEOUT,
      TCP_INFO,
      TCP_CONGESTION,
      TCP_FASTOPEN,
    ]),
  ],
  [IPPROTO_UDP, new Set([UDP_SEGMENT, UDP_GRO])],
  [
    IPPROTO_IP,
    new Set([
      IP_TOS,
      IP_TTL,
      IP_RECVERR,
      IP_RECVTTL,
      IP_RECVTOS,
      IP_MULTICAST_IF,
      IP_MULTICAST_TTL,
      IP_MULTICAST_LOOP,
      IP_ADD_MEMBERSHIP,
      IP_DROP_MEMBERSHIP,
      MCAST_JOIN_GROUP,
      MCAST_LEAVE_GROUP,
    ]),
  ],
  [
    IPPROTO_IPV6,
    new Set([
      IPV6_V6ONLY,
      IPV6_UNICAST_HOPS,
      IPV6_TCLASS,
      IPV6_RECVERR,
      IPV6_RECVHOPLIMIT,
      IPV6_RECVTCLASS,
      IPV6_MULTICAST_IF,
      IPV6_MULTICAST_HOPS,
      IPV6_MULTICAST_LOOP,
      IPV6_JOIN_GROUP,
      IPV6_LEAVE_GROUP,
      MCAST_JOIN_GROUP,
      MCAST_LEAVE_GROUP,
    ]),
  ],
]);

/** `struct timeval`, two 64-bit numbers: the largest value of most options. */
const VALUE_MAX = 16;
const SIZEOF_IPV6_MREQ = 20;
/** What a guest can see of `struct tcp_info`, which grows with the kernel. */
const TCP_INFO_MAX = 256;

/** The most bytes that an option's value has; the kernel, too, reads no more than the option needs. */
export function optionValueMax(level: number, name: number): number {
  if (level === IPPROTO_TCP && name === TCP_INFO) return TCP_INFO_MAX;
  if (level === IPPROTO_IPV6 && (name === IPV6_JOIN_GROUP || name === IPV6_LEAVE_GROUP)) return SIZEOF_IPV6_MREQ;
  return isGroupRequest(level, name) ? SIZEOF_GROUP_REQ : VALUE_MAX;
}

/** Reads an option into `value`; an option that is not honored does not exist. */
export function getOption(core: Core, hostFd: number, level: number, name: number, value: Uint8Array): SysResult {
  if (!HONORED.get(level)?.has(name)) return -ENOPROTOOPT;
  return core.kernel.getsockopt(hostFd, level, name, value);
}

/** Sets an option; one that is not honored is refused, never ignored. */
export function setOption(core: Core, hostFd: number, level: number, name: number, value: Uint8Array): SysResult {
  if (!HONORED.get(level)?.has(name)) return -ENOPROTOOPT;
  if (level === IPPROTO_TCP && name === TCP_CONGESTION && !isOpenToAll(value)) return -EPERM;
  const denied = judgeMembership(core, level, name, value);
  if (denied) return denied;
  return core.kernel.setsockopt(hostFd, level, name, isGroupRequest(level, name) ? widenGroupRequest(value) : value);
}

/**
 * Whether the kernel lets any program choose this congestion control: Linux asks
 * for CAP_NET_ADMIN for others, which is the host's to have, not the guest's.
 */
function isOpenToAll(value: Uint8Array): boolean {
  const end = value.indexOf(0);
  const name = String.fromCharCode(...value.subarray(0, end === -1 ? value.length : end));
  return name === "reno" || name === "cubic";
}
