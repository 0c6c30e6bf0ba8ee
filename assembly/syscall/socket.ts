// The calls that make, name and connect sockets.

import * as sys from "../bindings/berkeley";
import { failed, Failure, Result } from "../errors";
import { EAFNOSUPPORT, SIZEOF_SOCKADDR_STORAGE } from "../linux.generated";
import { Errno } from "./errno";
import { Sockaddr, sockaddrAt } from "./sockaddr";

const address: usize = memory.data(128, 8);
const addressSize: usize = memory.data(4, 4);

/** `syscall.Socket(domain, typ, proto)`: a socket's descriptor, or a negated errno. socket(2) */
export function socket(domain: i32, typ: i32, proto: i32): i32 {
  return sys.socket(domain, typ, proto);
}

/** `syscall.Bind(fd, sa)`: gives a socket its own address. bind(2) */
export function bind(fd: i32, sa: Sockaddr): Errno | null {
  const size = sa.write(address);
  return Errno.of(size < 0 ? size : sys.bind(fd, address, size));
}

/** `syscall.Listen(fd, n)`: lets clients connect, of whom up to `n` wait for accept(). listen(2) */
export function listen(fd: i32, n: i32): Errno | null {
  return Errno.of(sys.listen(fd, n));
}

/** `syscall.Connect(fd, sa)`: connects to the socket that has this address. connect(2) */
export function connect(fd: i32, sa: Sockaddr): Errno | null {
  const size = sa.write(address);
  return Errno.of(size < 0 ? size : sys.connect(fd, address, size));
}

/** What Go's Accept() returns as `(nfd, sa, err)`. */
@final
export class Accepted {
  constructor(
    /** The new descriptor; -1 if there is none. */
    readonly fd: i32,
    /** The client's address. */
    readonly sa: Sockaddr | null,
    readonly err: Failure | null,
  ) {}
}

/** `syscall.Accept(fd)`: takes the first client that waits, or waits for one. accept(2) */
export function accept(fd: i32): Accepted {
  return accept4(fd, 0);
}

/** `syscall.Accept4(fd, flags)`: accept() with SOCK_NONBLOCK and SOCK_CLOEXEC for the new descriptor. accept(2) */
export function accept4(fd: i32, flags: i32): Accepted {
  store<u32>(addressSize, SIZEOF_SOCKADDR_STORAGE);
  const accepted = sys.accept4(fd, address, addressSize, flags);
  if (accepted < 0) return new Accepted(-1, null, new Errno(-accepted));
  const sa = sockaddrAt(address, load<u32>(addressSize));
  if (sa !== null) return new Accepted(accepted, sa, null);
  sys.close(accepted);
  return new Accepted(-1, null, new Errno(EAFNOSUPPORT));
}

/** `syscall.Getsockname(fd)`: the socket's own address. getsockname(2) */
export function getsockname(fd: i32): Result<Sockaddr> {
  store<u32>(addressSize, SIZEOF_SOCKADDR_STORAGE);
  return addressOf(sys.getsockname(fd, address, addressSize));
}

/** `syscall.Getpeername(fd)`: the peer's address. getpeername(2) */
export function getpeername(fd: i32): Result<Sockaddr> {
  store<u32>(addressSize, SIZEOF_SOCKADDR_STORAGE);
  return addressOf(sys.getpeername(fd, address, addressSize));
}

function addressOf(result: i32): Result<Sockaddr> {
  if (result < 0) return failed<Sockaddr>(new Errno(-result));
  const sa = sockaddrAt(address, load<u32>(addressSize));
  return sa === null ? failed<Sockaddr>(new Errno(EAFNOSUPPORT)) : new Result<Sockaddr>(sa);
}

/** `syscall.Shutdown(fd, how)`: ends one direction of a connection, or both. shutdown(2) */
export function shutdown(fd: i32, how: i32): Errno | null {
  return Errno.of(sys.shutdown(fd, how));
}

/** `syscall.Socketpair(domain, typ, proto)`: two connected sockets without names, of AF_UNIX. socketpair(2) */
export function socketpair(domain: i32, typ: i32, proto: i32): Result<StaticArray<i32>> {
  const fds = new StaticArray<i32>(2);
  const result = sys.socketpair(domain, typ, proto, changetype<usize>(fds));
  return result < 0 ? failed<StaticArray<i32>>(new Errno(-result)) : new Result<StaticArray<i32>>(fds);
}
