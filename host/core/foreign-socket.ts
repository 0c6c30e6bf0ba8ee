import type { Core } from "./core.js";
import { type Errno, isErrno } from "./errno.js";
import { AF_UNIX, AF_UNSPEC, EACCES, EBADF, ENOTSOCK, IPPROTO_TCP, SOCK_STREAM } from "./linux.generated.js";
import { createSocket, isSupportedFamily, rawName, type Socket, unsupportedErrno } from "./socket.js";

/** What the kernel knows of a descriptor that others opened, or undefined if it is no socket. */
export function describeSocket(core: Core, hostFd: number): Socket | undefined {
  if (isErrno(core.kernel.describe(hostFd))) return undefined;
  const { domain, type, protocol } = description(core);
  const socket = createSocket(domain, type, protocol);
  // One of a family that no rule judges stays a stream of bytes, and no socket call reaches it.
  return isSupportedFamily(domain) ? socket : undefined;
}

/**
 * The same for a descriptor that came in a message; `-errno` for a socket that the guest could not have made itself.
 *
 * What was judged of it elsewhere says nothing here, so a local IP address is judged when the guest listens on it.
 */
export function admitSocket(core: Core, hostFd: number): Socket | undefined | Errno {
  const described = core.kernel.describe(hostFd);
  // Of a file that was opened by O_PATH the kernel answers EBADF.
  if (described === -ENOTSOCK || described === -EBADF) return undefined;
  if (isErrno(described)) return described;
  const { domain, type, protocol } = description(core);
  const raw = rawName(domain, type, protocol);
  if (raw !== null && core.permissions.check({ verb: "raw", what: raw }) !== 0) return -EACCES;
  const unsupported = unsupportedErrno(domain, protocol, raw);
  if (unsupported !== 0) return unsupported;
  const socket = createSocket(domain, type, protocol);
  socket.isBindJudged = domain === AF_UNIX && hasUnixName(core, hostFd);
  return socket;
}

/** The same for one that is known to be of TCP: any guest can make such a socket, and its family can wait until it matters. */
export function foreignTcpSocket(): Socket {
  return createSocket(AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP);
}

/** By index: an iterator would cost more than the kernel's answers. */
function description({ kernel: { description } }: Core): Pick<Socket, "domain" | "type" | "protocol"> {
  return { domain: description[0] as number, type: description[1] as number, protocol: description[2] as number };
}

/** A name that is there already; a second one is EINVAL. Overwrites nothing that a caller needs. */
function hasUnixName(core: Core, hostFd: number): boolean {
  const { address } = core.kernel;
  const sender = address.bytes.slice();
  const { length } = address;
  const hasName = core.kernel.getsockname(hostFd) === 0 && address.length > 2;
  address.bytes.set(sender);
  address.length = length;
  return hasName;
}
