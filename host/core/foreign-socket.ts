import type { Core } from "./core.js";
import { type Errno, isErrno } from "./errno.js";
import { AF_UNIX, EACCES, SO_DOMAIN, SO_PROTOCOL, SO_TYPE, SOL_SOCKET } from "./linux.generated.js";
import { getInt32 } from "./little-endian.js";
import { createSocket, isSupportedFamily, rawName, type Socket, unsupportedErrno } from "./socket.js";

/** What the kernel knows of a descriptor that others opened, or undefined if it is no socket. */
export function describeSocket(core: Core, hostFd: number): Socket | undefined {
  const domain = intOption(core, hostFd, SO_DOMAIN);
  // One of a family that no rule judges stays a stream of bytes, and no socket call reaches it.
  if (isErrno(domain) || !isSupportedFamily(domain)) return undefined;
  return createSocket(domain, intOption(core, hostFd, SO_TYPE), intOption(core, hostFd, SO_PROTOCOL));
}

/**
 * The same for a descriptor that came in a message; `-errno` for a socket that the guest could not have made itself.
 *
 * What was judged of it elsewhere says nothing here, so a local IP address is judged when the guest listens on it.
 */
export function admitSocket(core: Core, hostFd: number): Socket | undefined | Errno {
  const domain = intOption(core, hostFd, SO_DOMAIN);
  if (isErrno(domain)) return undefined;
  const type = intOption(core, hostFd, SO_TYPE);
  const protocol = intOption(core, hostFd, SO_PROTOCOL);
  const raw = rawName(domain, type, protocol);
  if (raw !== null && core.permissions.check({ verb: "raw", what: raw }) !== 0) return -EACCES;
  const unsupported = raw === null ? unsupportedErrno(domain, protocol) : 0;
  if (unsupported !== 0) return unsupported;
  const socket = createSocket(domain, type, protocol);
  socket.isBindJudged = domain === AF_UNIX && hasUnixName(core, hostFd);
  return socket;
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

function intOption(core: Core, hostFd: number, name: number): number {
  const result = core.kernel.getsockopt(hostFd, SOL_SOCKET, name, option);
  return isErrno(result) ? result : getInt32(option, 0);
}

const option = new Uint8Array(4);
