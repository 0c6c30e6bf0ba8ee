// Go's package syscall: its names with a small first letter, and Linux's numbers. Docs: docs/guest/go.md
//
// A descriptor or a number of bytes is returned as it is, an error in its place
// as a negated errno: Errno.of(n). A call that has nothing else to tell returns
// the error. What is more than that is an object with `err`.

export * from "./linux.generated";
export { exit } from "./process";
export * from "./syscall/control";
export * from "./syscall/descriptor";
export { Errno } from "./syscall/errno";
export * from "./syscall/message";
export * from "./syscall/option";
export {
  RawSockaddr,
  RawSockaddrAny,
  RawSockaddrInet4,
  RawSockaddrInet6,
  RawSockaddrLinklayer,
  RawSockaddrNetlink,
  RawSockaddrUnix,
} from "./syscall/raw";
export {
  Sockaddr,
  SockaddrInet4,
  SockaddrInet6,
  SockaddrLinklayer,
  SockaddrNetlink,
  SockaddrUnix,
} from "./syscall/sockaddr";
export * from "./syscall/socket";
