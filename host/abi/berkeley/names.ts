import { localAddress } from "../../core/accept.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import type { Socket } from "../../core/socket.js";
import type { AbiContext } from "../imports.js";
import { claimAddress, writeAddress } from "./address.js";

/**
 * `int getsockname(int fd, struct sockaddr *addr, socklen_t *addrlen)`
 *
 * The socket's own address, cut to `*addrlen`, which then holds its full length: getsockname(2).
 */
export function getsockname(context: AbiContext, fd: number, addr: number, addrlen: number): SysResult {
  return nameOf(context, fd, addr, addrlen, (socket, hostFd) => localAddress(context.core, socket, hostFd));
}

/**
 * `int getpeername(int fd, struct sockaddr *addr, socklen_t *addrlen)`
 *
 * The peer's address, as getsockname gives the own one. ENOTCONN: getpeername(2).
 */
export function getpeername(context: AbiContext, fd: number, addr: number, addrlen: number): SysResult {
  return nameOf(context, fd, addr, addrlen, (_, hostFd) => context.core.kernel.getpeername(hostFd));
}

function nameOf(
  context: AbiContext,
  fd: number,
  addr: number,
  addrlen: number,
  ask: (socket: Socket, hostFd: number) => SysResult,
): SysResult {
  const { fds } = context.core;
  const socket = fds.socket(fd);
  if (isErrno(socket)) return socket;
  const out = claimAddress(context, addr, addrlen);
  if (typeof out === "number") return out;
  const result = ask(socket, fds.hostFd(fd));
  if (!isErrno(result)) writeAddress(context, out);
  return result;
}
