import { type AbiContext, type AbiFunction, faulting, type ImportFunction } from "../imports.js";
import { recvfrom, sendto } from "./data.js";
import { close, dup, dup2, dup3, fcntl, poll, ppoll } from "./descriptors.js";
import { epoll_create1, epoll_pwait } from "./epoll.js";
import { lstat, open, stat, unlink } from "./files.js";
import { idna_to_ascii } from "./idna.js";
import { recvmsg, sendmsg } from "./message.js";
import { getpeername, getsockname } from "./names.js";
import { getsockopt, setsockopt } from "./options.js";
import { pipe, pipe2, socketpair } from "./pairs.js";
import {
  getaddrinfo,
  getaddrinfo_async,
  getaddrinfo_result,
  getent,
  res_send,
  res_send_async,
  res_send_result,
} from "./resolver.js";
import { accept, accept4, bind, connect, listen, shutdown, socket } from "./socket.js";

/** The import module of this ABI; a change that breaks a compiled guest changes the name. */
export const BERKELEY_MODULE = "berkeley_sockets_v1";

/** Calls that read pointers, or that are no hot path: decoded in TypeScript. */
const FUNCTIONS: Readonly<Record<string, AbiFunction>> = {
  socket,
  socketpair,
  pipe,
  pipe2,
  bind,
  listen,
  accept,
  accept4,
  connect,
  shutdown,
  getsockname,
  getpeername,
  getsockopt,
  setsockopt,
  recvfrom,
  sendto,
  sendmsg,
  recvmsg,
  close,
  dup,
  dup2,
  dup3,
  fcntl,
  poll,
  ppoll,
  epoll_create1,
  epoll_pwait,
  open,
  stat,
  lstat,
  unlink,
  res_send,
  res_send_async,
  res_send_result,
  getaddrinfo,
  getaddrinfo_async,
  getaddrinfo_result,
  getent,
  idna_to_ascii,
};

/** The imports of `berkeley_sockets_v1`: each answers a result `>= 0`, or `-errno`. */
export function berkeleyImports(context: AbiContext): Record<string, ImportFunction> {
  const imports = dataImports(context);
  for (const [name, call] of Object.entries(FUNCTIONS)) imports[name] = faulting(context, call, asIs);
  return imports;
}

/** This ABI's results are the core's: `-errno` is what a guest sees. */
const asIs = (result: number): number => result;

/**
 * The calls that move data: nothing between the guest and the kernel but the
 * descriptor's look-up. The kernel side checks the pointers.
 */
function dataImports({ core: { kernel, fds } }: AbiContext): Record<string, ImportFunction> {
  const imports: Record<string, (fd: number, pointer: number, count: number, flags: number) => number> = {
    /** `ssize_t read(int fd, void *buf, size_t count)`: bytes read, 0 at the end; waits unless O_NONBLOCK. ENOTCONN, ECONNRESET: read(2). */
    read: (fd, buf, count) => kernel.read(fds.hostFd(fd | 0), buf | 0, count | 0),
    /** `ssize_t write(int fd, const void *buf, size_t count)`: bytes written; EPIPE once the peer is gone, never a signal: write(2). */
    write: (fd, buf, count) => kernel.write(fds.hostFd(fd | 0), buf | 0, count | 0),
    /** `ssize_t readv(int fd, const struct iovec *iov, int iovcnt)`: read into up to 1024 buffers (EINVAL): readv(2). */
    readv: (fd, iov, iovcnt) => kernel.readv(fds.hostFd(fd | 0), iov | 0, iovcnt | 0),
    /** `ssize_t writev(int fd, const struct iovec *iov, int iovcnt)`: write from up to 1024 buffers (EINVAL): writev(2). */
    writev: (fd, iov, iovcnt) => kernel.writev(fds.hostFd(fd | 0), iov | 0, iovcnt | 0),
    /** `ssize_t recv(int fd, void *buf, size_t len, int flags)`: read with MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL, MSG_TRUNC: recv(2). */
    recv: (fd, buf, len, flags) => kernel.recv(fds.hostFd(fd | 0), buf | 0, len | 0, flags | 0),
    /** `ssize_t send(int fd, const void *buf, size_t len, int flags)`: write with MSG_DONTWAIT, MSG_MORE; MSG_NOSIGNAL is implied: send(2). */
    send: (fd, buf, len, flags) => kernel.send(fds.hostFd(fd | 0), buf | 0, len | 0, flags | 0),
    /** `int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)`: EPOLL_CTL_ADD, MOD or DEL (`event` is ignored). EEXIST, ENOENT, EPERM for regular files, ELOOP, EINVAL: epoll_ctl(2). */
    epoll_ctl: (epfd, op, fd, event) => kernel.epollCtl(fds.hostFd(epfd | 0), op | 0, fds.waitFd(fd | 0), event | 0),
    /** `int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)`: how many events were written, at most 1024 a call; the timeout is in milliseconds, negative for ever: epoll_wait(2). */
    epoll_wait: (epfd, events, maxevents, timeout) =>
      kernel.epollWait(fds.hostFd(epfd | 0), events | 0, maxevents | 0, timeout | 0),
  };
  return imports;
}

/** The type of each function: every parameter and the result are i32. */
export const BERKELEY_SIGNATURES: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries(FUNCTIONS).map(([name, call]) => [name, `${"i".repeat(call.length - 1)}:i`]),
  ...["read", "write", "readv", "writev"].map((name) => [name, "iii:i"]),
  ...["recv", "send", "epoll_ctl", "epoll_wait"].map((name) => [name, "iiii:i"]),
]);
