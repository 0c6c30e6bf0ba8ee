// Does what its arguments say, two by two: an operation and what it is about. Prints a line for each.

import { Failure, is, Result } from "sockyard/errors";
import { Chan, go, numGoroutine } from "sockyard/go";
import {
  Addr,
  Conn,
  Dialer,
  DNSError,
  defaultResolver,
  dial,
  IP,
  listen as listenOn,
  listenPacket,
  listenTCP,
  lookupAddr,
  lookupCNAME,
  lookupHost,
  lookupIP,
  lookupMX,
  lookupNS,
  lookupPort,
  lookupSRV,
  lookupTXT,
  MX,
  NS,
  parseIP,
  Resolver,
  resolveIPAddr,
  resolveTCPAddr,
  resolveUDPAddr,
  resolveUnixAddr,
  Services,
  splitHostPort,
  TCPAddr,
  TCPListener,
} from "sockyard/net";
import { args, stdout } from "sockyard/os";
import { F_GETFD, fcntl } from "sockyard/socket";
import {
  AF_INET,
  AF_INET6,
  bind,
  connect,
  EACCES,
  ECONNREFUSED,
  Errno,
  listen,
  SO_REUSEADDR,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  Sockaddr,
  SockaddrInet4,
  SockaddrInet6,
  setsockoptInt,
  socket,
} from "sockyard/syscall";
import { MILLISECOND, now } from "sockyard/time";

let resolver: Resolver = defaultResolver;
const dialer = new Dialer();
/** The server that `dial` is to find, and its port. */
let listener: TCPListener | null = null;
let port = 0;
/** Where the resolver's dial function goes, and over what it went. */
let serverPort = "";
let dialed = "";

/** An error with what can be asked of it, or null. */
function tell(err: Failure): string {
  let text = err.toString();
  if (err.timeout()) text += " [timeout]";
  if (err.temporary()) text += " [temporary]";
  if (err instanceof DNSError && (err as DNSError).isNotFound) text += " [not found]";
  if (is(err, new Errno(EACCES))) text += " [EACCES]";
  if (is(err, new Errno(ECONNREFUSED))) text += " [ECONNREFUSED]";
  return text;
}

/** What was found: one thing that has a text, or an error. */
function one<T extends Addr>(found: Result<T>): string {
  const err = found.err;
  return err === null ? found.value.toString() : tell(err);
}

function texts(found: Result<string[]>): string {
  const err = found.err;
  return err === null ? found.value.join(" ") : tell(err);
}

function ips(found: Result<IP[]>): string {
  const err = found.err;
  return err === null ? found.value.join(" ") : tell(err);
}

function mailServers(found: Result<MX[]>): string {
  const err = found.err;
  if (err !== null) return tell(err);
  return found.value.map<string>((each) => `${each.pref} ${each.host}`).join(" ");
}

function nameServers(found: Result<NS[]>): string {
  const err = found.err;
  return err === null ? found.value.map<string>((each) => each.host).join(" ") : tell(err);
}

function services(found: Result<Services>): string {
  const err = found.err;
  if (err !== null) return tell(err);
  const addrs = found.value.addrs.map<string>((each) => `${each.priority}/${each.weight}/${each.target}${each.port}`);
  return `${found.value.cname}: ${addrs.join(" ")}`;
}

/** The server of the test's, instead of the one that the resolver would ask. */
function dialServer(network: string, address: string): Result<Conn> {
  dialed += `${network} ${address},`;
  return dial(network, `127.0.0.1:${serverPort}`);
}

/** The same over a stream, even where a datagram would do. */
function dialStream(network: string, address: string): Result<Conn> {
  dialed += `${network} ${address},`;
  return dial("tcp", `127.0.0.1:${serverPort}`);
}

function use(how: string): string {
  resolver = new Resolver();
  resolver.preferGo = how != "system";
  resolver.strictErrors = how == "strict";
  if (how == "own") resolver.dial = dialServer;
  if (how == "stream") resolver.dial = dialStream;
  if (how == "default") resolver = defaultResolver;
  dialer.resolver = resolver;
  return how;
}

function lookUp(how: string, what: string): string {
  const isDefault = resolver === defaultResolver;
  if (how == "host") return texts(isDefault ? lookupHost(what) : resolver.lookupHost(what));
  if (how == "ip") return ips(isDefault ? lookupIP(what) : resolver.lookupIP("ip", what));
  if (["ip4", "ip5", "ip6"].includes(how)) return ips(resolver.lookupIP(how, what));
  if (how == "addr") return texts(isDefault ? lookupAddr(what) : resolver.lookupAddr(what));
  if (how == "mx") return mailServers(isDefault ? lookupMX(what) : resolver.lookupMX(what));
  if (how == "ns") return nameServers(isDefault ? lookupNS(what) : resolver.lookupNS(what));
  if (how == "txt") return texts(isDefault ? lookupTXT(what) : resolver.lookupTXT(what));
  if (how == "cname") {
    const found = isDefault ? lookupCNAME(what) : resolver.lookupCNAME(what);
    return found.ok ? found.value : tell(found.err!);
  }
  if (how == "srv") {
    const parts = what.split("/");
    return services(
      isDefault ? lookupSRV(parts[0], parts[1], parts[2]) : resolver.lookupSRV(parts[0], parts[1], parts[2]),
    );
  }
  return `no operation ${how}`;
}

function findPort(network: string, service: string): string {
  const found = lookupPort(network, service);
  return found.ok ? found.value.toString() : tell(found.err!);
}

function connectTo(network: string, address: string): string {
  const made = dialer.dial(network, address);
  const err = made.err;
  if (err !== null) return tell(err);
  const remote = made.value.remoteAddr()!;
  made.value.close();
  return `${remote.network()} ${remote}`;
}

/** The place of what was made, whose port is the kernel's choice. */
function portless(addr: Addr): string {
  const split = splitHostPort(addr.toString());
  return `${addr.network()} ${split.ok ? split.value.host : addr.toString()}`;
}

function listenAt(network: string, address: string): string {
  const made = listenOn(network, address);
  const err = made.err;
  if (err !== null) return tell(err);
  const place = portless(made.value.addr());
  made.value.close();
  return place;
}

function listenForPackets(network: string, address: string): string {
  const made = listenPacket(network, address);
  const err = made.err;
  if (err !== null) return tell(err);
  const place = portless(made.value.localAddr()!);
  made.value.close();
  return place;
}

/** What is done with `network/address`. */
function resolve(how: string, network: string, address: string): string {
  if (how == "port") return findPort(network, address);
  if (how == "connect") return connectTo(network, address);
  if (how == "listen") return listenAt(network, address);
  if (how == "listenpacket") return listenForPackets(network, address);
  if (how == "tcpaddr") return one(resolveTCPAddr(network, address));
  if (how == "udpaddr") return one(resolveUDPAddr(network, address));
  return how == "ipaddr" ? one(resolveIPAddr(network, address)) : one(resolveUnixAddr(network, address));
}

// --- Many at once

const results = new Chan<string>(0);

function lookUpNumber(number: i32): void {
  const name = `n${number}.example.test`;
  results.send(`${name} ${lookUp("host", name)}`);
}

function together(count: i32): string {
  for (let i = 0; i < count; i++) go(lookUpNumber, i);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) lines.push(results.recv());
  return lines.sort().join(", ");
}

// --- Dialing

function serveAt(address: string): string {
  const made = listenTCP("tcp", new TCPAddr(parseIP(address), port)).value;
  listener = made;
  port = (made.addr() as TCPAddr).port;
  return address;
}

/** A server that takes no more clients, and does not say so: its queue has room for one. */
function fill(address: string): string {
  const ip = parseIP(address)!;
  const ip4 = ip.to4();
  const family = ip4 !== null ? AF_INET : AF_INET6;
  const sa: Sockaddr = ip4 !== null ? new SockaddrInet4(port, ip4.bytes) : new SockaddrInet6(port, 0, ip.bytes);
  const server = socket(family, SOCK_STREAM, 0);
  setsockoptInt(server, SOL_SOCKET, SO_REUSEADDR, 1);
  bind(server, sa);
  listen(server, 0);
  connect(socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0), sa);
  return address;
}

/** Dials, and tells who answered, after how many milliseconds. */
function call(network: string, host: string): string {
  const start = now();
  const made = dialer.dial(network, `${host}:${port}`);
  const took = (now() - start) / MILLISECOND;
  const err = made.err;
  if (err !== null) return `${tell(err).replaceAll(`:${port}`, ":PORT")} after ${took} ms`;
  const remote = (made.value.remoteAddr() as TCPAddr).ip!.toString();
  made.value.close();
  return `${remote} after ${took} ms`;
}

/** How many descriptors are open beside the standard streams, and the goroutines. */
function census(): string {
  let open = 0;
  for (let fd = 3; fd < 200; fd++) open += i32(fcntl(fd, F_GETFD) >= 0);
  return `${open} open, ${numGoroutine()} running`;
}

function perform(how: string, what: string): string {
  if (how == "use") return use(what);
  if (how == "server") {
    serverPort = what;
    return "";
  }
  if (how == "dialed") return dialed;
  if (["port", "connect", "listen", "listenpacket"].includes(how) || (how.endsWith("addr") && how != "addr")) {
    const at = what.indexOf("/");
    return resolve(how, what.substring(0, at), what.substring(at + 1));
  }
  if (how == "together") return together(<i32>parseInt(what, 10));
  if (how == "timeout") {
    dialer.timeout = <i64>parseInt(what, 10) * MILLISECOND;
    return what;
  }
  if (how == "delay") {
    dialer.fallbackDelay = <i64>parseInt(what, 10) * MILLISECOND;
    return what;
  }
  if (how == "serve") return serveAt(what);
  if (how == "close") {
    listener!.close();
    return "";
  }
  if (how == "fill") return fill(what);
  if (how == "dial") return call("tcp", what);
  if (how == "dial4") return call("tcp4", what);
  return how == "census" ? census() : lookUp(how, what);
}

for (let i = 1; i + 1 < args.length; i += 2) stdout.writeString(`${perform(args[i], args[i + 1])}\n`);
