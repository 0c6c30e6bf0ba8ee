import { acceptSocket } from "../../core/accept.js";
import { bindSocket, listenSocket } from "../../core/bind.js";
import { connectSocket } from "../../core/connect.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import { EINVAL, SOCK_CLOEXEC, SOCK_NONBLOCK } from "../../core/linux.generated.js";
import { openSocket } from "../../core/socket.js";
import type { AbiContext } from "../imports.js";
import { claimAddress, readAddress, writeAddress } from "./address.js";

/**
 * `int socket(int domain, int type, int protocol)`
 *
 * A new descriptor, the lowest free one. `type` may carry SOCK_NONBLOCK and SOCK_CLOEXEC.
 * EACCES for raw, packet, netlink and ping sockets without the right to them; EAFNOSUPPORT,
 * EPROTONOSUPPORT, ESOCKTNOSUPPORT, EMFILE as in socket(2).
 */
export function socket({ core }: AbiContext, domain: number, type: number, protocol: number): SysResult {
  return openSocket(core, domain, type, protocol);
}

/**
 * `int bind(int fd, const struct sockaddr *addr, socklen_t addrlen)`
 *
 * Judged by the right to listen, the wildcard address as all interfaces. Port and address are in
 * network order; port 0 is one of the kernel's choice. EACCES, EADDRINUSE, EADDRNOTAVAIL, EINVAL: bind(2).
 */
export function bind(context: AbiContext, fd: number, addr: number, addrlen: number): SysResult {
  const { core } = context;
  // Linux finds the descriptor before it reads the address: EBADF and ENOTSOCK win over EFAULT.
  const target = core.fds.socket(fd);
  if (isErrno(target)) return target;
  return readAddress(context, addr, addrlen) || bindSocket(core, target, core.fds.hostFd(fd));
}

/**
 * `int listen(int fd, int backlog)`
 *
 * A socket that was never bound is judged here, as one on all interfaces and a port of the kernel's
 * choice. EACCES, EADDRINUSE, EOPNOTSUPP: listen(2).
 */
export function listen({ core }: AbiContext, fd: number, backlog: number): SysResult {
  const target = core.fds.socket(fd);
  if (isErrno(target)) return target;
  return listenSocket(core, target, core.fds.hostFd(fd), backlog);
}

/**
 * `int accept(int fd, struct sockaddr *addr, socklen_t *addrlen)`
 *
 * The descriptor of the next connection; waits for one unless O_NONBLOCK is set (EAGAIN). The peer's
 * address is cut to `*addrlen`, which then holds its full length; both pointers may be null.
 * EINVAL if `fd` does not listen; ECONNABORTED, EMFILE: accept(2).
 */
export function accept(context: AbiContext, fd: number, addr: number, addrlen: number): SysResult {
  return accept4(context, fd, addr, addrlen, 0);
}

/**
 * `int accept4(int fd, struct sockaddr *addr, socklen_t *addrlen, int flags)`
 *
 * As accept, with SOCK_NONBLOCK and SOCK_CLOEXEC for the new descriptor; EINVAL for other flags.
 */
export function accept4(context: AbiContext, fd: number, addr: number, addrlen: number, flags: number): SysResult {
  const { core } = context;
  if (core.fds.isOpen(fd) && (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) !== 0) return -EINVAL;
  const listener = core.fds.socket(fd);
  if (isErrno(listener)) return listener;
  if (addr === 0) return acceptSocket(core, listener, core.fds.hostFd(fd), flags);
  const out = claimAddress(context, addr, addrlen);
  if (typeof out === "number") return out;
  const accepted = acceptSocket(core, listener, core.fds.hostFd(fd), flags);
  if (!isErrno(accepted)) writeAddress(context, out);
  return accepted;
}

/**
 * `int connect(int fd, const struct sockaddr *addr, socklen_t addrlen)`
 *
 * Judged by the right to connect. Waits unless O_NONBLOCK is set (EINPROGRESS); AF_UNSPEC dissolves an
 * association. EACCES, ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EISCONN, EALREADY: connect(2).
 */
export function connect(context: AbiContext, fd: number, addr: number, addrlen: number): SysResult {
  const { core } = context;
  const target = core.fds.socket(fd);
  if (isErrno(target)) return target;
  return readAddress(context, addr, addrlen) || connectSocket(core, target, core.fds.hostFd(fd));
}

/**
 * `int shutdown(int fd, int how)`
 *
 * SHUT_RD is 0, SHUT_WR 1, SHUT_RDWR 2. ENOTCONN, EINVAL: shutdown(2).
 */
export function shutdown({ core }: AbiContext, fd: number, how: number): SysResult {
  return core.kernel.shutdown(core.fds.hostFd(fd), how);
}
