// The host's socket calls: import module berkeley_sockets_v1 (docs/abi/berkeley.md).
// Each returns its result, or a negated errno; socket.ts turns them into C's.

/** `int socket(int domain, int type, int protocol)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "socket")
export declare function socket(domain: i32, type: i32, protocol: i32): i32;

/** `int bind(int fd, const struct sockaddr *addr, socklen_t addrlen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "bind")
export declare function bind(fd: i32, addr: usize, addrlen: u32): i32;

/** `int listen(int fd, int backlog)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "listen")
export declare function listen(fd: i32, backlog: i32): i32;

/** `int accept(int fd, struct sockaddr *addr, socklen_t *addrlen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "accept")
export declare function accept(fd: i32, addr: usize, addrlen: usize): i32;

/** `int accept4(int fd, struct sockaddr *addr, socklen_t *addrlen, int flags)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "accept4")
export declare function accept4(fd: i32, addr: usize, addrlen: usize, flags: i32): i32;

/** `int connect(int fd, const struct sockaddr *addr, socklen_t addrlen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "connect")
export declare function connect(fd: i32, addr: usize, addrlen: u32): i32;

/** `int shutdown(int fd, int how)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "shutdown")
export declare function shutdown(fd: i32, how: i32): i32;

/** `int getsockname(int fd, struct sockaddr *addr, socklen_t *addrlen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "getsockname")
export declare function getsockname(fd: i32, addr: usize, addrlen: usize): i32;

/** `int getpeername(int fd, struct sockaddr *addr, socklen_t *addrlen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "getpeername")
export declare function getpeername(fd: i32, addr: usize, addrlen: usize): i32;

/** `int getsockopt(int fd, int level, int name, void *value, socklen_t *length)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "getsockopt")
export declare function getsockopt(fd: i32, level: i32, name: i32, value: usize, length: usize): i32;

/** `int setsockopt(int fd, int level, int name, const void *value, socklen_t length)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "setsockopt")
export declare function setsockopt(fd: i32, level: i32, name: i32, value: usize, length: u32): i32;

/** `ssize_t read(int fd, void *buf, size_t count)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "read")
export declare function read(fd: i32, buf: usize, count: usize): i32;

/** `ssize_t write(int fd, const void *buf, size_t count)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "write")
export declare function write(fd: i32, buf: usize, count: usize): i32;

/** `ssize_t readv(int fd, const struct iovec *iov, int iovcnt)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "readv")
export declare function readv(fd: i32, iov: usize, iovcnt: i32): i32;

/** `ssize_t writev(int fd, const struct iovec *iov, int iovcnt)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "writev")
export declare function writev(fd: i32, iov: usize, iovcnt: i32): i32;

/** `ssize_t recv(int fd, void *buf, size_t len, int flags)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "recv")
export declare function recv(fd: i32, buf: usize, len: usize, flags: i32): i32;

/** `ssize_t send(int fd, const void *buf, size_t len, int flags)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "send")
export declare function send(fd: i32, buf: usize, len: usize, flags: i32): i32;

/** `ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *addr, socklen_t *addrlen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "recvfrom")
export declare function recvfrom(
  fd: i32,
  buf: usize,
  len: usize,
  flags: i32,
  addr: usize,
  addrlen: usize,
): i32;

/** `ssize_t sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *addr, socklen_t addrlen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "sendto")
export declare function sendto(
  fd: i32,
  buf: usize,
  len: usize,
  flags: i32,
  addr: usize,
  addrlen: u32,
): i32;

/** `int close(int fd)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "close")
export declare function close(fd: i32): i32;

/** `int dup(int fd)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "dup")
export declare function dup(fd: i32): i32;

/** `int dup2(int oldfd, int newfd)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "dup2")
export declare function dup2(oldfd: i32, newfd: i32): i32;

/** `int dup3(int oldfd, int newfd, int flags)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "dup3")
export declare function dup3(oldfd: i32, newfd: i32, flags: i32): i32;

/** `int fcntl(int fd, int cmd, int arg)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "fcntl")
export declare function fcntl(fd: i32, cmd: i32, arg: i32): i32;

/** `int poll(struct pollfd *fds, nfds_t nfds, int timeout)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "poll")
export declare function poll(fds: usize, nfds: u32, timeout: i32): i32;

/** `int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *tmo_p, const sigset_t *sigmask)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "ppoll")
export declare function ppoll(fds: usize, nfds: u32, tmo_p: usize, sigmask: usize): i32;

/** `int epoll_create1(int flags)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "epoll_create1")
export declare function epoll_create1(flags: i32): i32;

/** `int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "epoll_ctl")
export declare function epoll_ctl(epfd: i32, op: i32, fd: i32, event: usize): i32;

/** `int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "epoll_wait")
export declare function epoll_wait(epfd: i32, events: usize, maxevents: i32, timeout: i32): i32;

/** `int open(const char *path, int flags, mode_t mode)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "open")
export declare function open(path: usize, flags: i32, mode: u32): i32;

/** `int lstat(const char *path, struct stat *statbuf)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "lstat")
export declare function lstat(path: usize, statbuf: usize): i32;

/** `int fstat(int fd, struct stat *statbuf)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "fstat")
export declare function fstat(fd: i32, statbuf: usize): i32;

/** `int stat(const char *path, struct stat *statbuf)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "stat")
export declare function stat(path: usize, statbuf: usize): i32;

/** `int unlink(const char *path)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "unlink")
export declare function unlink(path: usize): i32;

/** `int res_send(const unsigned char *msg, int msglen, unsigned char *answer, int anslen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "res_send")
export declare function res_send(msg: usize, msglen: i32, answer: usize, anslen: i32): i32;

/** `int res_send_async(const unsigned char *msg, int msglen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "res_send_async")
export declare function res_send_async(msg: usize, msglen: i32): i32;

/** `int res_send_result(int fd, unsigned char *answer, int anslen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "res_send_result")
export declare function res_send_result(fd: i32, answer: usize, anslen: i32): i32;

/** `int getaddrinfo_async(const char *node, int family)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "getaddrinfo_async")
export declare function getaddrinfo_async(node: usize, family: i32): i32;

/** `int getaddrinfo_result(int fd, struct host_address *buf, size_t len)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "getaddrinfo_result")
export declare function getaddrinfo_result(fd: i32, buf: usize, len: usize): i32;

/** `int getent(int database, unsigned offset, void *buf, unsigned len)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "getent")
export declare function getent(database: i32, offset: u32, buf: usize, len: u32): i32;

/** `int idna_to_ascii(const char *name, unsigned length, char *out, unsigned outlen)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "idna_to_ascii")
export declare function idna_to_ascii(name: usize, length: u32, out: usize, outlen: u32): i32;

/** `ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "sendmsg")
export declare function sendmsg(fd: i32, msg: usize, flags: i32): i32;

/** `ssize_t recvmsg(int fd, struct msghdr *msg, int flags)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "recvmsg")
export declare function recvmsg(fd: i32, msg: usize, flags: i32): i32;

/** `int socketpair(int domain, int type, int protocol, int sv[2])` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "socketpair")
export declare function socketpair(domain: i32, type: i32, protocol: i32, sv: usize): i32;

/** `int pipe2(int pipefd[2], int flags)` */
// @ts-ignore: decorator
@external("berkeley_sockets_v1", "pipe2")
export declare function pipe2(pipefd: usize, flags: i32): i32;
