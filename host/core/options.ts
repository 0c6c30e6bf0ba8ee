import type { Core } from "./core.js";
import type { SysResult } from "./errno.js";
import {
  ENOPROTOOPT,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  SO_ACCEPTCONN,
  SO_BROADCAST,
  SO_DOMAIN,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_OOBINLINE,
  SO_PRIORITY,
  SO_PROTOCOL,
  SO_RCVBUF,
  SO_RCVLOWAT,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_SNDTIMEO,
  SO_TYPE,
  SOL_SOCKET,
  TCP_CORK,
  TCP_DEFER_ACCEPT,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_MAXSEG,
  TCP_NODELAY,
  TCP_QUICKACK,
  TCP_SYNCNT,
  TCP_USER_TIMEOUT,
} from "./linux.generated.js";

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
    ]),
  ],
  [IPPROTO_IP, new Set([IP_TOS, IP_TTL])],
  [IPPROTO_IPV6, new Set([IPV6_V6ONLY, IPV6_UNICAST_HOPS])],
]);

/** The largest value of an honored option: `struct timeval`, two 64-bit numbers. */
export const OPTION_VALUE_MAX = 16;

/** Reads an option into `value`; an option that is not honored does not exist. */
export function getOption(core: Core, hostFd: number, level: number, name: number, value: Uint8Array): SysResult {
  if (!HONORED.get(level)?.has(name)) return -ENOPROTOOPT;
  return core.kernel.getsockopt(hostFd, level, name, value);
}

/** Sets an option; one that is not honored is refused, never ignored. */
export function setOption(core: Core, hostFd: number, level: number, name: number, value: Uint8Array): SysResult {
  if (!HONORED.get(level)?.has(name)) return -ENOPROTOOPT;
  return core.kernel.setsockopt(hostFd, level, name, value);
}
