import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import { describeSocket } from "./foreign-socket.js";
import {
  AF_INET,
  AF_INET6,
  EINVAL,
  ENOTSOCK,
  SO_ACCEPTCONN,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from "./linux.generated.js";
import { encodeSockaddr, type SocketAddress } from "./sockaddr.js";
import { createSocket, enterSocket, rawName } from "./socket.js";

/** A socket that a guest is started with: one to be bound to an address, or one that the host itself was started with. */
export type Inherited =
  | { readonly kind: "address"; readonly datagrams: boolean; readonly address: SocketAddress }
  | { readonly kind: "descriptor"; readonly hostFd: number };

/** As long a queue as the kernel lets one be (net.core.somaxconn). */
const BACKLOG = 2 ** 31 - 1;

/**
 * Enters the socket into the table; its descriptor, or `-errno`.
 *
 * No rule is asked: whoever starts the guest gives it this very socket. Its local
 * address counts as judged, as long as it keeps it.
 */
export function enterInherited(core: Core, inherited: Inherited): SysResult {
  if (inherited.kind === "address") return openInherited(core, inherited.address, inherited.datagrams);
  const { hostFd } = inherited;
  const socket = describeSocket(core, hostFd);
  if (socket === undefined) return -ENOTSOCK;
  if (rawName(socket.domain, socket.type, socket.protocol) !== null) return -EINVAL;
  if (socket.type !== SOCK_DGRAM && !isListening(core, hostFd)) return -EINVAL;
  socket.isBindJudged = true;
  return core.fds.add(hostFd, socket, false);
}

const flag = new Uint8Array(4);

function isListening(core: Core, hostFd: number): boolean {
  const result = core.kernel.getsockopt(hostFd, SOL_SOCKET, SO_ACCEPTCONN, flag);
  return !isErrno(result) && flag[0] === 1;
}

function openInherited(core: Core, address: SocketAddress, datagrams: boolean): SysResult {
  const type = datagrams ? SOCK_DGRAM : SOCK_STREAM;
  const hostFd = core.kernel.socket(address.family, type | SOCK_CLOEXEC, 0);
  if (isErrno(hostFd)) return hostFd;
  const result = bindInherited(core, hostFd, address) || (datagrams ? 0 : core.kernel.listen(hostFd, BACKLOG));
  if (isErrno(result)) {
    core.kernel.close(hostFd);
    return result;
  }
  const socket = createSocket(address.family, type, 0);
  socket.isBindJudged = true;
  return enterSocket(core, hostFd, socket, false);
}

function bindInherited(core: Core, hostFd: number, address: SocketAddress): SysResult {
  const slot = core.kernel.address;
  slot.length = encodeSockaddr(address, slot.bytes);
  const isIp = address.family === AF_INET || address.family === AF_INET6;
  // As every server asks: connections of an earlier run may linger in TIME_WAIT.
  if (isIp) core.kernel.setsockopt(hostFd, SOL_SOCKET, SO_REUSEADDR, Uint8Array.of(1, 0, 0, 0));
  return core.kernel.bind(hostFd);
}
