// Go's package net: connections, listeners, addresses. Docs: docs/guest/go.md

export { Addr, IPAddr, TCPAddr, UDPAddr, UnixAddr } from "./net/addr";
export { Conn } from "./net/conn";
export {
  AddrError,
  DNSConfigError,
  DNSError,
  ErrClosed,
  ErrWriteToConnected,
  InvalidAddrError,
  OpError,
  ParseError,
  UnknownNetworkError,
} from "./net/errors";
export { fileConn, fileListener, filePacketConn } from "./net/file";
export { HostPort, joinHostPort, splitHostPort } from "./net/hostport";
export * from "./net/ip";
export * from "./net/ipmask";
export * from "./net/ipnet";
export { Listener } from "./net/listener";
export { dialTCP, listenTCP, TCPConn, TCPListener } from "./net/tcp";
export { PacketConn, Received, ReceivedMessage, SentMessage } from "./net/packet";
export { dialUDP, listenUDP, UDPConn } from "./net/udp";
export { dialUnix, listenUnix, listenUnixgram, UnixConn, UnixListener } from "./net/unix";
export { dial, Dialer, dialTimeout, listen, listenPacket } from "./net/dial";
export { DialFunction } from "./net/dial-transport";
export * from "./net/lookup";
export { resolveIPAddr, resolveTCPAddr, resolveUDPAddr, resolveUnixAddr } from "./net/resolve";
export { defaultResolver, MX, NS, Resolver, Services, SRV } from "./net/resolver";
