// The Berkeley socket calls, with C's names, arguments and results: -1 and
// `errno` on failure. Each is one call of the host (bindings/berkeley.ts).
//
// A buffer or struct is given as it is (see pointer()). A length that exceeds a
// managed buffer fails with EFAULT before the host is asked.

import * as sys from "./bindings/berkeley";
import { fail, settle } from "./errno";
import { EFAULT, EINVAL, SIZEOF_SOCKADDR_STORAGE } from "./linux.generated";
import { overruns, pointer } from "./pointer";
import { Iovec, Pollfd, Stat } from "./struct";

export { clock_gettime } from "./clock";
export { EpollEvent, epoll_create1, epoll_ctl, epoll_wait, ppoll, Timespec } from "./epoll";
export { GroupReq, IpMreq, Ipv6Mreq } from "./multicast";
export { fstat, lstat, open, S_ISBLK, S_ISCHR, S_ISDIR, S_ISFIFO, S_ISLNK, S_ISREG } from "./file";
export * from "./linux.generated";
export * from "./message";
export { NULL, pointer, Ref } from "./pointer";
export { Iovec, Linger, Pollfd, S_ISSOCK, Stat, StructArray, Timeval } from "./struct";

/** The length of an address or of an option's value. */
export type socklen_t = u32;

/**
 * `int socket(int domain, int type, int protocol)`: makes a socket.
 *
 * It belongs to a family (AF_INET, AF_INET6, AF_UNIX) but has no address and no
 * peer yet. Protocol 0 is the type's default. Returns its descriptor. socket(2)
 */
// @ts-ignore: decorator
@inline
export function socket(domain: i32, type: i32, protocol: i32): i32 {
  return settle(sys.socket(domain, type, protocol));
}

/**
 * `int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen)`: gives a
 * socket its own address.
 *
 * Port 0 lets the kernel choose one; getsockname() then tells it. A Unix path
 * must not exist yet (EADDRINUSE): bind() creates the socket file. bind(2)
 */
// @ts-ignore: decorator
@inline
export function bind<A>(sockfd: i32, addr: A, addrlen: socklen_t): i32 {
  if (addressOverruns(addr, addrlen)) return fail(EFAULT);
  return settle(sys.bind(sockfd, pointer(addr), addrlen));
}

/**
 * `int listen(int sockfd, int backlog)`: lets clients connect to a bound socket.
 *
 * Up to `backlog` of them wait, connected, until accept() takes them. listen(2)
 */
// @ts-ignore: decorator
@inline
export function listen(sockfd: i32, backlog: i32): i32 {
  return settle(sys.listen(sockfd, backlog));
}

/**
 * `int accept(int sockfd, struct sockaddr *addr, socklen_t *addrlen)`: takes the
 * first waiting client, or waits for one.
 *
 * Returns a new descriptor, connected to that client. `addr` receives the
 * client's address, cut to `addrlen.value` bytes; `addrlen` its true length.
 * Both may be NULL. On a non-blocking socket: EAGAIN if nobody waits. accept(2)
 */
// @ts-ignore: decorator
@inline
export function accept<A, L>(sockfd: i32, addr: A, addrlen: L): i32 {
  if (outputOverruns(addr, addrlen)) return fail(EFAULT);
  return settle(sys.accept(sockfd, pointer(addr), pointer(addrlen)));
}

/**
 * `int accept4(int sockfd, struct sockaddr *addr, socklen_t *addrlen, int flags)`:
 * accept() with SOCK_NONBLOCK and SOCK_CLOEXEC for the new descriptor. accept(2)
 */
// @ts-ignore: decorator
@inline
export function accept4<A, L>(sockfd: i32, addr: A, addrlen: L, flags: i32): i32 {
  if (outputOverruns(addr, addrlen)) return fail(EFAULT);
  return settle(sys.accept4(sockfd, pointer(addr), pointer(addrlen), flags));
}

/**
 * `int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)`:
 * connects to the socket that has this address.
 *
 * A socket without an address of its own is given one by the kernel. For
 * datagrams: only sets where send() goes and whom recv() hears. connect(2)
 */
// @ts-ignore: decorator
@inline
export function connect<A>(sockfd: i32, addr: A, addrlen: socklen_t): i32 {
  if (addressOverruns(addr, addrlen)) return fail(EFAULT);
  return settle(sys.connect(sockfd, pointer(addr), addrlen));
}

/**
 * `int shutdown(int sockfd, int how)`: ends one direction of a connection, or both.
 *
 * SHUT_WR tells the peer that nothing more comes, while its answer can still be
 * read. shutdown(2)
 */
// @ts-ignore: decorator
@inline
export function shutdown(sockfd: i32, how: i32): i32 {
  return settle(sys.shutdown(sockfd, how));
}

/**
 * `int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)`: stores
 * the socket's own address at `addr`, cut to `addrlen.value` bytes, and its true length at
 * `addrlen`. Port 0 given to bind() has become the port that the kernel chose. getsockname(2)
 */
// @ts-ignore: decorator
@inline
export function getsockname<A, L>(sockfd: i32, addr: A, addrlen: L): i32 {
  if (outputOverruns(addr, addrlen)) return fail(EFAULT);
  return settle(sys.getsockname(sockfd, pointer(addr), pointer(addrlen)));
}

/**
 * `int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen)`: stores
 * the peer's address at `addr`, cut to `addrlen.value` bytes, and its true length at
 * `addrlen`. ENOTCONN without a peer. getpeername(2)
 */
// @ts-ignore: decorator
@inline
export function getpeername<A, L>(sockfd: i32, addr: A, addrlen: L): i32 {
  if (outputOverruns(addr, addrlen)) return fail(EFAULT);
  return settle(sys.getpeername(sockfd, pointer(addr), pointer(addrlen)));
}

/**
 * `int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)`:
 * reads an option into `optval`, most often a `Ref<i32>`; `optlen` says how many
 * bytes there are and receives how many were stored. getsockopt(2), socket(7)
 */
// @ts-ignore: decorator
@inline
export function getsockopt<V, L>(sockfd: i32, level: i32, optname: i32, optval: V, optlen: L): i32 {
  if (outputOverruns(optval, optlen)) return fail(EFAULT);
  return settle(sys.getsockopt(sockfd, level, optname, pointer(optval), pointer(optlen)));
}

/**
 * `int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen)`:
 * sets an option: most often to a `Ref<i32>` of 4 bytes, to a Timeval for
 * SO_RCVTIMEO and SO_SNDTIMEO, to a Linger for SO_LINGER. setsockopt(2), socket(7)
 */
// @ts-ignore: decorator
@inline
export function setsockopt<V>(sockfd: i32, level: i32, optname: i32, optval: V, optlen: socklen_t): i32 {
  if (overruns(optval, optlen)) return fail(EFAULT);
  return settle(sys.setsockopt(sockfd, level, optname, pointer(optval), optlen));
}

/**
 * `ssize_t read(int fd, void *buf, size_t count)`: reads up to `count` bytes.
 *
 * Waits until there is at least one, and may return fewer than asked: a stream
 * has no message boundaries. 0 is the end: the peer will send no more. read(2)
 */
// @ts-ignore: decorator
@inline
export function read<B>(fd: i32, buf: B, count: usize): i32 {
  if (overruns(buf, count)) return fail(EFAULT);
  return settle(sys.read(fd, pointer(buf), count));
}

/**
 * `ssize_t write(int fd, const void *buf, size_t count)`: writes up to `count`
 * bytes, and returns how many.
 *
 * EPIPE if the peer has closed; no signal is sent for it. write(2)
 */
// @ts-ignore: decorator
@inline
export function write<B>(fd: i32, buf: B, count: usize): i32 {
  if (overruns(buf, count)) return fail(EFAULT);
  return settle(sys.write(fd, pointer(buf), count));
}

/**
 * `ssize_t readv(int fd, const struct iovec *iov, int iovcnt)`: reads into several
 * buffers, one after the other. readv(2)
 */
// @ts-ignore: decorator
@inline
export function readv<I>(fd: i32, iov: I, iovcnt: i32): i32 {
  if (iovcnt > 0 && overruns(iov, <usize>iovcnt * offsetof<Iovec>())) return fail(EFAULT);
  return settle(sys.readv(fd, pointer(iov), iovcnt));
}

/**
 * `ssize_t writev(int fd, const struct iovec *iov, int iovcnt)`: writes several
 * buffers in one go. writev(2)
 */
// @ts-ignore: decorator
@inline
export function writev<I>(fd: i32, iov: I, iovcnt: i32): i32 {
  if (iovcnt > 0 && overruns(iov, <usize>iovcnt * offsetof<Iovec>())) return fail(EFAULT);
  return settle(sys.writev(fd, pointer(iov), iovcnt));
}

/**
 * `ssize_t recv(int sockfd, void *buf, size_t len, int flags)`: read() with flags:
 * MSG_PEEK leaves the bytes in place, MSG_WAITALL waits for all, MSG_DONTWAIT
 * does not wait. A datagram longer than `len` is cut. recv(2)
 */
// @ts-ignore: decorator
@inline
export function recv<B>(sockfd: i32, buf: B, len: usize, flags: i32): i32 {
  if (overruns(buf, len)) return fail(EFAULT);
  return settle(sys.recv(sockfd, pointer(buf), len, flags));
}

/**
 * `ssize_t send(int sockfd, const void *buf, size_t len, int flags)`: write() with
 * flags: MSG_DONTWAIT, MSG_MORE, MSG_OOB. send(2)
 */
// @ts-ignore: decorator
@inline
export function send<B>(sockfd: i32, buf: B, len: usize, flags: i32): i32 {
  if (overruns(buf, len)) return fail(EFAULT);
  return settle(sys.send(sockfd, pointer(buf), len, flags));
}

/**
 * `ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags,
 * struct sockaddr *src_addr, socklen_t *addrlen)`:
 * recv() that also tells the sender's address, as accept() tells the client's.
 * recvfrom(2)
 */
// @ts-ignore: decorator
@inline
export function recvfrom<B, A, L>(sockfd: i32, buf: B, len: usize, flags: i32, src_addr: A, addrlen: L): i32 {
  if (overruns(buf, len) || outputOverruns(src_addr, addrlen)) return fail(EFAULT);
  return settle(sys.recvfrom(sockfd, pointer(buf), len, flags, pointer(src_addr), pointer(addrlen)));
}

/**
 * `ssize_t sendto(int sockfd, const void *buf, size_t len, int flags,
 * const struct sockaddr *dest_addr, socklen_t addrlen)`:
 * send() of a datagram to an address. EDESTADDRREQ without one. sendto(2)
 */
// @ts-ignore: decorator
@inline
export function sendto<B, A>(sockfd: i32, buf: B, len: usize, flags: i32, dest_addr: A, addrlen: socklen_t): i32 {
  if (overruns(buf, len) || addressOverruns(dest_addr, addrlen)) return fail(EFAULT);
  return settle(sys.sendto(sockfd, pointer(buf), len, flags, pointer(dest_addr), addrlen));
}

/**
 * `int close(int fd)`: gives up a descriptor; a connection ends with its last one. close(2)
 */
// @ts-ignore: decorator
@inline
export function close(fd: i32): i32 {
  return settle(sys.close(fd));
}

/**
 * `int dup(int oldfd)`: a second descriptor for the same open file or socket, the
 * lowest that is free. dup(2)
 */
// @ts-ignore: decorator
@inline
export function dup(oldfd: i32): i32 {
  return settle(sys.dup(oldfd));
}

/**
 * `int dup2(int oldfd, int newfd)`: makes `newfd` a second descriptor for what
 * `oldfd` is; what it was before is closed. dup(2)
 */
// @ts-ignore: decorator
@inline
export function dup2(oldfd: i32, newfd: i32): i32 {
  return settle(sys.dup2(oldfd, newfd));
}

/**
 * `int dup3(int oldfd, int newfd, int flags)`: dup2() with O_CLOEXEC; EINVAL if both
 * are the same. dup(2)
 */
// @ts-ignore: decorator
@inline
export function dup3(oldfd: i32, newfd: i32, flags: i32): i32 {
  return settle(sys.dup3(oldfd, newfd, flags));
}

/**
 * `int fcntl(int fd, int cmd, int arg)`: F_GETFL and F_SETFL with O_NONBLOCK, F_DUPFD,
 * F_GETFD and F_SETFD. fcntl(2)
 */
// @ts-ignore: decorator
@inline
export function fcntl(fd: i32, cmd: i32, arg: i32 = 0): i32 {
  return settle(sys.fcntl(fd, cmd, arg));
}

/**
 * `int poll(struct pollfd *fds, nfds_t nfds, int timeout)`: waits until something
 * has happened to one of `nfds` descriptors, at most `timeout` milliseconds (-1:
 * for ever, 0: not at all).
 *
 * Returns how many have `revents` set. `fds` is a `StructArray<Pollfd>`. poll(2)
 */
// @ts-ignore: decorator
@inline
export function poll<P>(fds: P, nfds: u32, timeout: i32): i32 {
  if (overruns(fds, <usize>nfds * offsetof<Pollfd>())) return fail(EFAULT);
  return settle(sys.poll(pointer(fds), nfds, timeout));
}

/**
 * `int stat(const char *pathname, struct stat *statbuf)`: tells what a path leads to.
 * EINVAL if the path holds a NUL, which C cannot express. stat(2)
 */
export function stat(pathname: string, statbuf: Stat): i32 {
  if (pathname.includes("\0")) return fail(EINVAL);
  const path = String.UTF8.encode(pathname, true);
  return settle(sys.stat(pointer(path), pointer(statbuf)));
}

/**
 * `int unlink(const char *pathname)`: removes a name from the file system: what a
 * server does with the socket file that its last run left behind. EINVAL if the
 * path holds a NUL. unlink(2)
 */
export function unlink(pathname: string): i32 {
  if (pathname.includes("\0")) return fail(EINVAL);
  return settle(sys.unlink(pointer(String.UTF8.encode(pathname, true))));
}

/** overruns() for an address. Longer than any address, it is for the host to refuse: EINVAL, as Linux. */
// @ts-ignore: decorator
@inline
function addressOverruns<A>(addr: A, addrlen: socklen_t): bool {
  return addrlen <= <u32>SIZEOF_SOCKADDR_STORAGE && overruns(addr, addrlen);
}

/** overruns() for a buffer whose size is at `length`, where the call stores the result's size, too. */
function outputOverruns<B, L>(buffer: B, length: L): bool {
  if (overruns(length, sizeof<socklen_t>())) return true;
  const at = pointer(length);
  // A wild address is for the host to refuse: loading from it here would trap.
  if (at == 0 || at > (<usize>memory.size() << 16) - sizeof<socklen_t>()) return false;
  return overruns(buffer, load<socklen_t>(at));
}
