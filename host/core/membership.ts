import type { Core } from "./core.js";
import type { SysResult } from "./errno.js";
import {
  AF_INET,
  AF_INET6,
  IP_ADD_MEMBERSHIP,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_JOIN_GROUP,
  MCAST_JOIN_GROUP,
  MCAST_LEAVE_GROUP,
} from "./linux.generated.js";
import { type IpBytes, isInClass } from "./permissions/ip.js";
import { decodeSockaddr, MALFORMED } from "./sockaddr.js";

/** `struct group_req` for wasm32: the address follows the interface at once. */
export const SIZEOF_GROUP_REQ = 132;
const GUEST_GROUP_OFFSET = 4;
/** Here the address is aligned to 8 bytes, as 64-bit Linux has it. */
const KERNEL_GROUP_OFFSET = 8;

/** Whether the value of an option is a `struct group_req`. */
export function isGroupRequest(level: number, name: number): boolean {
  const isOfGroups = level === IPPROTO_IP || level === IPPROTO_IPV6;
  return isOfGroups && (name === MCAST_JOIN_GROUP || name === MCAST_LEAVE_GROUP);
}

/**
 * ```text
 * struct group_req, for wasm32                    64-bit Linux
 *  0 u32                     gr_interface  host    0
 *  4 struct sockaddr_storage gr_group              8
 * ```
 */
export function widenGroupRequest(value: Uint8Array): Uint8Array {
  // One that is too short stays so, and the kernel refuses it.
  if (value.length < SIZEOF_GROUP_REQ) return value.subarray(0, GUEST_GROUP_OFFSET);
  const wide = new Uint8Array(SIZEOF_GROUP_REQ + KERNEL_GROUP_OFFSET - GUEST_GROUP_OFFSET);
  wide.set(value.subarray(0, GUEST_GROUP_OFFSET));
  wide.set(value.subarray(GUEST_GROUP_OFFSET), KERNEL_GROUP_OFFSET);
  return wide;
}

/**
 * Judges the group that an option joins: by the right to listen, and only a rule
 * that names multicast allows one. Options that join nothing are not judged, nor
 * are values that the kernel refuses in any case.
 */
export function judgeMembership(core: Core, level: number, name: number, value: Uint8Array): SysResult {
  const group = groupOf(level, name, value);
  if (group === null || !isInClass("multicast", group)) return 0;
  return core.permissions.check({
    verb: "join",
    endpoint: { kind: "ip", transport: "udp", address: group, port: 0 },
  });
}

/**
 * ```text
 * struct ip_mreq(n)                        struct ipv6_mreq
 *  0 u8[4] imr_multiaddr  network           0 u8[16] ipv6mr_multiaddr  network
 *  4 u8[4] imr_interface  network          16 u32    ipv6mr_interface  host
 *  8 i32   imr_ifindex    host (mreqn)
 * ```
 */
function groupOf(level: number, name: number, value: Uint8Array): IpBytes | null {
  if (level === IPPROTO_IP && name === IP_ADD_MEMBERSHIP) return value.length < 4 ? null : value.slice(0, 4);
  if (level === IPPROTO_IPV6 && name === IPV6_JOIN_GROUP) return value.length < 16 ? null : value.slice(0, 16);
  if (!isGroupRequest(level, name) || name !== MCAST_JOIN_GROUP || value.length < SIZEOF_GROUP_REQ) return null;
  const address = decodeSockaddr(value.subarray(GUEST_GROUP_OFFSET), SIZEOF_GROUP_REQ - GUEST_GROUP_OFFSET);
  if (address === MALFORMED) return null;
  return address.family === AF_INET || address.family === AF_INET6 ? address.address : null;
}
