import { sendsDatagrams, sendTo } from "../../core/connect.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import { UNKNOWN_DESTINATION } from "../../core/kernel.js";
import type { AbiContext } from "../imports.js";
import { readAddress } from "./address.js";

/**
 * `ssize_t sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *addr, socklen_t addrlen)`
 *
 * As send, to `addr`, judged by the right to connect for every datagram. A null `addr` sends to the peer.
 * EACCES, EDESTADDRREQ, EMSGSIZE, EISCONN: sendto(2).
 */
export function sendto(
  context: AbiContext,
  fd: number,
  buf: number,
  len: number,
  flags: number,
  addr: number,
  addrlen: number,
): SysResult {
  const { core } = context;
  const hostFd = core.fds.hostFd(fd);
  if (addr === 0) return core.kernel.send(hostFd, buf, len, flags);
  const socket = core.fds.socket(fd);
  if (isErrno(socket)) return socket;
  if (sendsDatagrams(socket)) {
    const { generation } = core.permissions;
    const sent = core.kernel.sendtoAllowed(hostFd, buf, len, flags, addr, addrlen, generation);
    if (sent !== UNKNOWN_DESTINATION) return sent;
  }
  const invalid = readAddress(context, addr, addrlen);
  if (invalid) return invalid;
  return sendTo(core, socket, hostFd, buf, len, flags, core.kernel.sendto);
}
