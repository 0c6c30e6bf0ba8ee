import { type AbiContext, faultToErrno, type ImportFunction } from "../imports.js";
import { sendto } from "./data.js";
import { close } from "./descriptors.js";
import { recvmsg, sendmsg } from "./message.js";
import { accept, accept4 } from "./socket.js";

/**
 * The calls that move data: nothing between the guest and the kernel but the
 * descriptor's look-up. The kernel side checks the pointers.
 */
export function dataImports({ core: { kernel, fds } }: AbiContext): Record<string, ImportFunction> {
  const imports: Record<string, (a: number, b: number, c: number, d: number, e: number, f: number) => number> = {
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
    /** `ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *addr, socklen_t *addrlen)`: recv; the sender's address is written like accept's, and a null `addr` asks for none: recvfrom(2). */
    recvfrom: (fd, buf, len, flags, addr, addrlen) =>
      addr === 0
        ? kernel.recv(fds.hostFd(fd | 0), buf | 0, len | 0, flags | 0)
        : kernel.recvfrom(fds.hostFd(fd | 0), buf | 0, len | 0, flags | 0, addr | 0, addrlen | 0),
    /** `int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)`: EPOLL_CTL_ADD, MOD or DEL (`event` is ignored). EEXIST, ENOENT, EPERM for regular files, ELOOP, EINVAL: epoll_ctl(2). */
    epoll_ctl: (epfd, op, fd, event) => kernel.epollCtl(fds.hostFd(epfd | 0), op | 0, fds.waitFd(fd | 0), event | 0),
    /** `int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)`: how many events were written, at most 1024 a call; the timeout is in milliseconds, negative for ever: epoll_wait(2). */
    epoll_wait: (epfd, events, maxevents, timeout) =>
      kernel.epollWait(fds.hostFd(epfd | 0), events | 0, maxevents | 0, timeout | 0),
  };
  return imports;
}

/**
 * The other calls that servers make for every message or connection, each in an
 * arrow of its own: V8 compiles it with all that it calls into one function.
 *
 * After a system call the processor predicts each return wrongly, so a call that
 * is not inlined costs some twenty nanoseconds.
 */
export function decodedImports(context: AbiContext): Record<string, ImportFunction> {
  const imports: Record<string, (a: number, b: number, c: number, d: number, e: number, f: number) => number> = {
    sendto: (fd, buf, len, flags, addr, addrlen) => {
      try {
        return sendto(context, fd | 0, buf | 0, len | 0, flags | 0, addr | 0, addrlen | 0);
      } catch (error) {
        return faultToErrno(error);
      }
    },
    recvmsg: (fd, msg, flags) => {
      try {
        return recvmsg(context, fd | 0, msg | 0, flags | 0);
      } catch (error) {
        return faultToErrno(error);
      }
    },
    sendmsg: (fd, msg, flags) => {
      try {
        return sendmsg(context, fd | 0, msg | 0, flags | 0);
      } catch (error) {
        return faultToErrno(error);
      }
    },
    accept: (fd, addr, addrlen) => {
      try {
        return accept(context, fd | 0, addr | 0, addrlen | 0);
      } catch (error) {
        return faultToErrno(error);
      }
    },
    accept4: (fd, addr, addrlen, flags) => {
      try {
        return accept4(context, fd | 0, addr | 0, addrlen | 0, flags | 0);
      } catch (error) {
        return faultToErrno(error);
      }
    },
    close: (fd) => close(context, fd | 0),
  };
  return imports;
}
