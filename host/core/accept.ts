import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import { AF_UNIX, EMFILE, SOCK_CLOEXEC, UNIX_PATH_MAX } from "./linux.generated.js";
import { encodeSockaddr } from "./sockaddr.js";
import { createSocket, enterSocket, type Socket } from "./socket.js";

/**
 * Takes the next connection of a listener; the peer's address goes to the slot.
 *
 * Nothing is judged: the right to listen was, and whoever comes is welcome.
 */
export function acceptSocket(core: Core, listener: Socket, hostFd: number, flags: number): SysResult {
  if (core.fds.isFull) return -EMFILE;
  const accepted = core.kernel.accept4(hostFd, flags);
  if (isErrno(accepted)) return accepted;
  const socket = createSocket(listener.domain, listener.type, listener.protocol);
  // A connection that is dissolved (AF_UNSPEC) loses its port, so a later listen is to be judged; Unix sockets keep their name.
  socket.isBindJudged = listener.domain === AF_UNIX;
  socket.localName = listener.localName;
  return enterSocket(core, accepted, socket, (flags & SOCK_CLOEXEC) !== 0);
}

/** Puts the socket's own address into the slot. */
export function localAddress(core: Core, socket: Socket, hostFd: number): SysResult {
  if (socket.domain !== AF_UNIX || socket.localName === null) return core.kernel.getsockname(hostFd);
  const { address } = core.kernel;
  address.length = encodeSockaddr(socket.localName, address.bytes);
  // Linux counts the NUL of a path that leaves no room for one, too (unix(7), BUGS).
  if (socket.localName.name.length === UNIX_PATH_MAX) address.bytes[address.length++] = 0;
  return 0;
}
