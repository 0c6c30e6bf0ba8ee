import { exposePair } from "./boundary.js";
import type { Core } from "./core.js";
import type { SysResult } from "./errno.js";
import type { Kernel } from "./kernel.js";
import { AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC, SOCK_DGRAM, SOCK_STREAM } from "./linux.generated.js";
import { canonicalDestination, isUnspecified, isV4Mapped, MAPPED_LOOPBACK } from "./permissions/ip.js";
import type { Endpoint } from "./permissions/question.js";
import { decodeAsInet4, decodeSockaddr, encodeSockaddr, isForeign, MALFORMED, type SocketAddress } from "./sockaddr.js";
import { familyOf, type Socket, transportOf } from "./socket.js";
import { connectUnixPath, sendUnixPath } from "./unix-path.js";

type Destination = Exclude<SocketAddress, { readonly family: typeof AF_UNSPEC }>;

/** Connects `socket` to the address in the kernel's slot, if policy allows it. */
export function connectSocket(core: Core, socket: Socket, hostFd: number): SysResult {
  const result = connectToSlot(core, socket, hostFd);
  // A datagram socket of a pair that has found another peer: who that is cannot be told.
  if (result === 0) exposePair(socket.pair);
  return result;
}

function connectToSlot(core: Core, socket: Socket, hostFd: number): SysResult {
  const address = readDestination(core, socket, hostFd);
  if (!isDestination(familyOf(core, socket, hostFd), address)) {
    // AF_UNSPEC dissolves an association: nothing is reached. But the kernel may let the local address go,
    // and what was judged of it (V6ONLY, for one) can change until `listen`.
    if (socket.domain !== AF_UNIX) socket.isBindJudged = false;
    return core.kernel.connect(hostFd);
  }

  if (address.family === AF_UNIX && address.kind === "pathname") return connectUnixPath(core, hostFd, address.name);
  const denied = core.permissions.check({ verb: "connect", endpoint: endpointOf(socket, address) });
  if (denied) return denied;
  useJudgedDestination(core, address);
  return core.kernel.connect(hostFd);
}

/**
 * Sends to the address in the kernel's slot by `send`, if policy allows it: every datagram's destination is judged,
 * but for those that `isAllowedAlready`.
 *
 * `pointer` and `count` are what that call of the kernel takes.
 */
export function sendTo(
  core: Core,
  socket: Socket,
  hostFd: number,
  pointer: number,
  count: number,
  flags: number,
  send: Kernel["sendto"],
): SysResult {
  // These reach their peer alone: a stream refuses any address, SOCK_SEQPACKET ignores it (net/unix/af_unix.c,
  // unix_stream_sendmsg and unix_seqpacket_sendmsg).
  if (socket.domain === AF_UNIX && socket.type !== SOCK_DGRAM) return send(hostFd, pointer, count, flags);

  const { bytes, length } = core.kernel.address;
  const family = familyOf(core, socket, hostFd);
  let address = readDestination(core, socket, hostFd);
  // UDP over IPv4 sends to an AF_UNSPEC address as if it were AF_INET (net/ipv4/udp.c, udp_sendmsg).
  if (address !== MALFORMED && address.family === AF_UNSPEC && family === AF_INET) {
    address = decodeAsInet4(bytes, length);
  }
  if (!isDestination(family, address)) return send(hostFd, pointer, count, flags);

  if (address.family === AF_UNIX && address.kind === "pathname") {
    return sendUnixPath(core, address.name, (path) => {
      core.kernel.address.length = encodeSockaddr({ family: AF_UNIX, kind: "pathname", name: path }, bytes);
      return send(hostFd, pointer, count, flags);
    });
  }
  const denied = core.permissions.check({ verb: "send", endpoint: endpointOf(socket, address) });
  if (denied) return denied;
  useJudgedDestination(core, address);
  rememberAllowed(core, socket);
  return send(hostFd, pointer, count, flags);
}

/**
 * Decodes the address in the slot.
 *
 * The unspecified one of IPv6 means loopback, and becomes that of IPv4 for a socket which has an address of IPv4
 * itself: the kernel takes it so (net/ipv6/datagram.c, tcp_ipv6.c, udp.c), and it is judged so.
 */
function readDestination(core: Core, socket: Socket, hostFd: number): SocketAddress | typeof MALFORMED {
  const slot = core.kernel.address;
  const address = decodeSockaddr(slot.bytes, slot.length);
  if (address === MALFORMED || address.family !== AF_INET6 || !isUnspecified(address.address)) return address;
  if (familyOf(core, socket, hostFd) !== AF_INET6) return address;

  const given = slot.bytes.slice(0, slot.length);
  const own = core.kernel.getsockname(hostFd) === 0 ? decodeSockaddr(slot.bytes, slot.length) : MALFORMED;
  slot.bytes.set(given);
  slot.length = given.length;
  if (own === MALFORMED || own.family !== AF_INET6 || !isV4Mapped(own.address)) return address;
  slot.bytes.set(MAPPED_LOOPBACK, ADDRESS_END[AF_INET6] - MAPPED_LOOPBACK.length);
  return { ...address, address: MAPPED_LOOPBACK };
}

/** Where an address ends in its sockaddr. */
const ADDRESS_END = { [AF_INET]: 8, [AF_INET6]: 24 } as const;

/**
 * Puts the address that was judged into the slot.
 *
 * It differs from what the guest gave for the unspecified address alone, which
 * was judged as loopback: the kernel would take it for the address that the
 * socket is bound to (net/ipv4/route.c, net/ipv6/tcp_ipv6.c).
 */
function useJudgedDestination(core: Core, address: Destination): void {
  if (address.family === AF_UNIX) return;
  const judged = canonicalDestination(address.address);
  core.kernel.address.bytes.set(judged, ADDRESS_END[address.family] - judged.length);
}

/** Whether the kernel could reach anything by this address: what it refuses in any case needs no judgement. */
function isDestination(family: number, address: SocketAddress | typeof MALFORMED): address is Destination {
  if (address === MALFORMED || address.family === AF_UNSPEC) return false;
  if (isForeign(family, address.family)) return false;
  return address.family !== AF_UNIX || address.kind !== "unnamed";
}

function endpointOf(socket: Socket, address: Destination): Endpoint {
  if (address.family === AF_UNIX) return { kind: "unix-abstract", name: String.fromCharCode(...address.name) };
  return { kind: "ip", transport: transportOf(socket), address: address.address, port: address.port };
}

/**
 * Whether policy has allowed datagrams to the address in the slot: the same bytes need no second judgement unless a
 * look-up came between, as rules do not change while a guest runs.
 */
export function isAllowedAlready(core: Core, socket: Socket): boolean {
  return sendsDatagrams(socket) && core.kernel.allowsDestination(core.permissions.generation) === 1;
}

/** Whether an address is the same question to it as to all such sockets; a stream asks for TCP. */
export function sendsDatagrams({ type }: Socket): boolean {
  return type !== SOCK_STREAM;
}

function rememberAllowed(core: Core, socket: Socket): void {
  if (!sendsDatagrams(socket) || core.permissions.lastVerdict?.once) return;
  core.kernel.allowDestination(core.permissions.generation);
}
