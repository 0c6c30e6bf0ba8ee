// Messages with control data, and pairs: sendmsg(), recvmsg(), socketpair(),
// pipe(), pipe2(). Programs import them from sockyard/socket.

import * as sys from "./bindings/berkeley";
import { fail, settle } from "./errno";
import { EFAULT } from "./linux.generated";
import { overruns, pointer } from "./pointer";

// struct msghdr
//    0  usize  msg_name        the address's place, pointer(address), or NULL
//    4  u32    msg_namelen     its size
//    8  usize  msg_iov         pointer(iovecs)
//   12  u32    msg_iovlen      how many
//   16  usize  msg_control     pointer(buffer), or NULL
//   20  u32    msg_controllen  its size in bytes
//   24  i32    msg_flags       what recvmsg() tells: MSG_TRUNC, MSG_CTRUNC, …
/**
 * A message for sendmsg() and recvmsg().
 *
 * An address does not keep what lies there alive: hold the buffers until the
 * call has returned. Nor is a length checked against its buffer.
 */
@final
export class Msghdr {
  msg_name: usize;
  msg_namelen: u32;
  msg_iov: usize;
  msg_iovlen: u32;
  msg_control: usize;
  msg_controllen: u32;
  msg_flags: i32;
}

// struct cmsghdr, aligned to 4 bytes
//    0  u32   cmsg_len    header and data, CMSG_LEN(size of data)
//    4  i32   cmsg_level  SOL_SOCKET, …
//    8  i32   cmsg_type   SCM_RIGHTS, SCM_CREDENTIALS, …
//   12  u8[]  the data, at CMSG_DATA(cmsg)
/** The head of one control message: a view of the buffer that it lies in. */
@unmanaged
@final
export class Cmsghdr {
  cmsg_len: u32;
  cmsg_level: i32;
  cmsg_type: i32;
}

// struct ucred
//   0  i32  pid
//   4  u32  uid
//   8  u32  gid
/** Who a process is: the data of SCM_CREDENTIALS, and the value of SO_PEERCRED. */
@final
export class Ucred {
  pid: i32;
  uid: u32;
  gid: u32;
}

/** `size_t CMSG_LEN(size_t length)`: the cmsg_len of a message with so much data. cmsg(3) */
// @ts-ignore: decorator
@inline
export function CMSG_LEN(length: u32): u32 {
  return <u32>offsetof<Cmsghdr>() + length;
}

/** `size_t CMSG_SPACE(size_t length)`: the room that a message with so much data takes, padding included. cmsg(3) */
// @ts-ignore: decorator
@inline
export function CMSG_SPACE(length: u32): u32 {
  return <u32>offsetof<Cmsghdr>() + ((length + 3) & ~3);
}

/** `unsigned char *CMSG_DATA(struct cmsghdr *cmsg)`: the address of the data. cmsg(3) */
// @ts-ignore: decorator
@inline
export function CMSG_DATA(cmsg: Cmsghdr): usize {
  return changetype<usize>(cmsg) + offsetof<Cmsghdr>();
}

/** `struct cmsghdr *CMSG_FIRSTHDR(struct msghdr *msg)`: the first control message, or null. cmsg(3) */
export function CMSG_FIRSTHDR(msg: Msghdr): Cmsghdr | null {
  if (msg.msg_control == 0 || msg.msg_controllen < <u32>offsetof<Cmsghdr>()) return null;
  return changetype<Cmsghdr>(msg.msg_control);
}

/**
 * `struct cmsghdr *CMSG_NXTHDR(struct msghdr *msg, struct cmsghdr *cmsg)`: the
 * control message after `cmsg`, or null.
 *
 * A cmsg_len that is too short, or longer than the buffer, ends the walk: it
 * neither stands still nor leaves the buffer, whoever wrote it. cmsg(3)
 */
export function CMSG_NXTHDR(msg: Msghdr, cmsg: Cmsghdr): Cmsghdr | null {
  const header = <u32>offsetof<Cmsghdr>();
  const offset = <u32>(changetype<usize>(cmsg) - msg.msg_control);
  if (offset > msg.msg_controllen || msg.msg_controllen - offset < header) return null;
  const left = msg.msg_controllen - offset;
  const length = cmsg.cmsg_len;
  if (length < header || length > left) return null;
  const padding = ((length + 3) & ~3) - length;
  if (left - length < padding + header) return null;
  return changetype<Cmsghdr>(changetype<usize>(cmsg) + length + padding);
}

/**
 * `ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags)`: sends the
 * bytes of several buffers, to an address if there is one, and with them what
 * the control messages say: SCM_RIGHTS passes descriptors.
 *
 * On a stream at least one byte must go with them. EACCES: this program may not
 * pass descriptors to others. sendmsg(2), unix(7)
 */
// @ts-ignore: decorator
@inline
export function sendmsg<M>(sockfd: i32, msg: M, flags: i32): i32 {
  if (overruns(msg, offsetof<Msghdr>())) return fail(EFAULT);
  return settle(sys.sendmsg(sockfd, pointer(msg), flags));
}

/**
 * `ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags)`: receives into
 * several buffers; `msg` then tells the sender's address, the control messages
 * and MSG_TRUNC or MSG_CTRUNC if something had no room.
 *
 * Received descriptors are the program's to close. recvmsg(2), unix(7)
 */
// @ts-ignore: decorator
@inline
export function recvmsg<M>(sockfd: i32, msg: M, flags: i32): i32 {
  if (overruns(msg, offsetof<Msghdr>())) return fail(EFAULT);
  return settle(sys.recvmsg(sockfd, pointer(msg), flags));
}

/**
 * `int socketpair(int domain, int type, int protocol, int sv[2])`: makes two
 * connected sockets without names, of AF_UNIX.
 *
 * `sv` is a `StaticArray<i32>(2)`. What is written to one is read from the
 * other, both ways; between them descriptors pass without any grant. socketpair(2)
 */
// @ts-ignore: decorator
@inline
export function socketpair<S>(domain: i32, type: i32, protocol: i32, sv: S): i32 {
  if (overruns(sv, 2 * sizeof<i32>())) return fail(EFAULT);
  return settle(sys.socketpair(domain, type, protocol, pointer(sv)));
}

/**
 * `int pipe(int pipefd[2])`: makes a pipe: what is written to `pipefd[1]` is read
 * from `pipefd[0]`. `pipefd` is a `StaticArray<i32>(2)`. pipe(2)
 */
// @ts-ignore: decorator
@inline
export function pipe<S>(pipefd: S): i32 {
  return pipe2(pipefd, 0);
}

/** `int pipe2(int pipefd[2], int flags)`: pipe() with O_CLOEXEC, O_NONBLOCK or O_DIRECT. pipe(2) */
// @ts-ignore: decorator
@inline
export function pipe2<S>(pipefd: S, flags: i32): i32 {
  if (overruns(pipefd, 2 * sizeof<i32>())) return fail(EFAULT);
  return settle(sys.pipe2(pointer(pipefd), flags));
}
