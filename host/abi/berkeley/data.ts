import { sendTo } from "../../core/connect.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import type { AbiContext } from "../imports.js";
import { claimAddress, readAddress, writeAddress } from "./address.js";

/**
 * `ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *addr, socklen_t *addrlen)`
 *
 * As recv; the sender's address is written like accept's. A null `addr` asks for none. recvfrom(2).
 */
export function recvfrom(
  context: AbiContext,
  fd: number,
  buf: number,
  len: number,
  flags: number,
  addr: number,
  addrlen: number,
): SysResult {
  const { kernel, fds } = context.core;
  if (addr === 0) return kernel.recv(fds.hostFd(fd), buf, len, flags);
  const socket = fds.socket(fd);
  if (isErrno(socket)) return socket;
  const out = claimAddress(context, addr, addrlen);
  if (typeof out === "number") return out;
  const received = kernel.recvfrom(fds.hostFd(fd), buf, len, flags);
  if (!isErrno(received)) writeAddress(context, out);
  return received;
}

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
  const invalid = readAddress(context, addr, addrlen);
  if (invalid) return invalid;
  return sendTo(core, socket, hostFd, buf, len, flags, core.kernel.sendto);
}
