// A guest that answers lines as net-oracle.go does.

import { startGuest } from "./guest.js";

const SOURCE = `
import { Failure, is } from "sockyard/errors";
import { Addr, IPAddr, TCPAddr, UDPAddr, UnixAddr } from "sockyard/net/addr";
import {
  AddrError, DNSConfigError, DNSError, ErrClosed, ErrWriteToConnected, InvalidAddrError, OpError, ParseError,
  UnknownNetworkError,
} from "sockyard/net/errors";
import { joinHostPort, splitHostPort } from "sockyard/net/hostport";
import { IP, parseIP } from "sockyard/net/ip";
import { cidrMask, IPMask, IPNet, parseCIDR } from "sockyard/net/ipnet";
import { ipAddrAt, tcpAddrAt, udpAddrAt, unixAddrAt, writeInet, writeUnix } from "sockyard/net/sockaddr";
import { ErrDeadlineExceeded, ErrExist, ErrNotExist, ErrPermission, newSyscallError } from "sockyard/os/errors";
import { Errno } from "sockyard/syscall/errno";

const source = memory.data(65536);
const sockaddr = memory.data(128);
export function buffer(): usize { return source; }

function hexOf(start: usize, size: i32): string {
  let text = "";
  for (let i = 0; i < size; i++) {
    const byte = load<u8>(start + i);
    text += (byte < 16 ? "0" : "") + byte.toString(16);
  }
  return text;
}

function bytesOf(word: string): Uint8Array {
  const result = new Uint8Array((word.length - 1) >> 1);
  for (let i = 0; i < result.length; i++) result[i] = <u8>parseInt(word.substring(1 + 2 * i, 3 + 2 * i), 16);
  return result;
}

function text(word: string): string {
  const bytes = bytesOf(word);
  return String.UTF8.decodeUnsafe(bytes.dataStart, bytes.length);
}

function number(word: string): i32 { return <i32>parseInt(word); }
function ipOf(word: string): IP | null { return word == "-" ? null : IP.from(bytesOf(word)); }

function maskOf(word: string): IPMask {
  const bytes = bytesOf(word);
  const copy = new StaticArray<u8>(bytes.length);
  memory.copy(changetype<usize>(copy), bytes.dataStart, bytes.length);
  return new IPMask(copy);
}

function show(bytes: StaticArray<u8>): string { return hexOf(changetype<usize>(bytes), bytes.length); }
function showIP(ip: IP | null): string { return ip === null ? "nil" : show(ip.bytes); }
function showMask(mask: IPMask | null): string { return mask === null ? "nil" : show(mask.bytes); }

// fmt.Sprint() has spaces between operands that are no strings.
function describe(ip: IP | null): string {
  if (ip === null) return "nil";
  const flags = [
    ip.isUnspecified(), ip.isLoopback(), ip.isPrivate(), ip.isMulticast(), ip.isInterfaceLocalMulticast(),
    ip.isLinkLocalMulticast(), ip.isLinkLocalUnicast(), ip.isGlobalUnicast(),
  ];
  return [
    showIP(ip), ip.toString(), showIP(ip.to4()), showIP(ip.to16()), showMask(ip.defaultMask()), flags.join(" "),
  ].join(" ");
}

function cidr(s: string): string {
  const parsed = parseCIDR(s);
  const err = parsed.err;
  if (err !== null) return err.toString();
  const ipnet = parsed.value.ipnet;
  return [
    showIP(parsed.value.ip), showIP(ipnet.ip), ipnet.mask.toString(), ipnet.toString(), ipnet.network(),
  ].join(" ");
}

function split(s: string): string {
  const result = splitHostPort(s);
  const err = result.err;
  return err !== null ? err.toString() : result.value.host + "|" + result.value.port;
}

function addressOf(words: string[], at: i32): Addr | null {
  if (words[at] == "tcp") return new TCPAddr(ipOf(words[at + 1]), number(words[at + 2]), text(words[at + 3]));
  if (words[at] == "udp") return new UDPAddr(ipOf(words[at + 1]), number(words[at + 2]), text(words[at + 3]));
  if (words[at] == "ip") return new IPAddr(ipOf(words[at + 1]), text(words[at + 3]));
  if (words[at] == "unix") return new UnixAddr(text(words[at + 1]), text(words[at + 3]));
  return null;
}

function failure(kind: string, number: i32): Failure {
  if (kind == "errno") return new Errno(number);
  if (kind == "syscall") return newSyscallError("connect", new Errno(number))!;
  if (kind == "closed") return ErrClosed;
  if (kind == "deadline") return ErrDeadlineExceeded;
  if (kind == "connected") return ErrWriteToConnected;
  if (kind == "network") return new UnknownNetworkError("x");
  if (kind == "invalid") return new InvalidAddrError("no address");
  if (kind == "parse") return new ParseError("IP address", "x");
  if (kind == "config") return new DNSConfigError(new Errno(number));
  if (kind == "dns") {
    const server = (number & 8) != 0 ? "127.0.0.1:53" : "";
    return new DNSError("no such host", "name.example", server, (number & 1) != 0, (number & 2) != 0, (number & 4) != 0);
  }
  return new AddrError("missing port in address", kind);
}

function tell(err: Failure): string {
  const flags = [
    err.timeout(), err.temporary(), is(err, ErrClosed), is(err, ErrDeadlineExceeded), is(err, ErrNotExist),
    is(err, ErrExist), is(err, ErrPermission), is(err, new Errno(111)),
  ];
  return err.toString() + " " + flags.join(" ");
}

function answer(words: string[]): string {
  const call = words[0];
  if (call == "parse") return describe(parseIP(text(words[1])));
  if (call == "describe") return describe(ipOf(words[1]));
  if (call == "equal") return ipOf(words[1])!.equal(ipOf(words[2])).toString();
  if (call == "mask") return showIP(ipOf(words[1])!.mask(maskOf(words[2])));
  if (call == "size") {
    const mask = maskOf(words[1]);
    return mask.toString() + " " + mask.size().ones.toString() + " " + mask.size().bits.toString();
  }
  if (call == "cidrmask") return showMask(cidrMask(number(words[1]), number(words[2])));
  if (call == "cidr") return cidr(text(words[1]));
  if (call == "network") {
    const network = new IPNet(ipOf(words[1])!, maskOf(words[2]));
    return network.toString() + " " + network.contains(ipOf(words[3])!).toString();
  }
  if (call == "split") return split(text(words[1]));
  if (call == "join") return joinHostPort(text(words[1]), text(words[2]));
  if (call == "address") {
    const made = addressOf(words, 1)!;
    return made.network() + " " + made.toString();
  }
  if (call == "fail") return tell(failure(words[1], number(words[2])));
  if (call == "operation") {
    const err = failure(words[3], number(words[4]));
    return tell(new OpError(text(words[1]), text(words[2]), addressOf(words, 5), addressOf(words, 9), err));
  }
  if (call == "write") return written(writeInet(number(words[1]), ipOf(words[2]), number(words[3]), text(words[4]), sockaddr));
  if (call == "writeunix") return written(writeUnix(text(words[1]), sockaddr));
  if (call == "read") return read(bytesOf(words[1]));
  return "unknown call";
}

function written(size: i32): string { return size < 0 ? size.toString() : hexOf(sockaddr, size); }

function read(bytes: Uint8Array): string {
  const at = bytes.dataStart;
  const size = bytes.length;
  const all: Array<Addr | null> = [
    tcpAddrAt(at, size), udpAddrAt(at, size), ipAddrAt(at, size), unixAddrAt(at, size, "unix"),
  ];
  const texts: string[] = [];
  for (let i = 0; i < all.length; i++) {
    const each = all[i];
    texts.push(each === null ? "null" : each.network() + " " + each.toString());
  }
  return texts.join("|");
}

let kept = "";
export function ask(length: i32): usize {
  kept = answer(String.UTF16.decodeUnsafe(source, length << 1).split(" "));
  return changetype<usize>(kept);
}

/** For texts that Go cannot have: lone surrogates. */
export function endure(length: i32): void {
  const any = String.UTF16.decodeUnsafe(source, length << 1);
  parseIP(any);
  cidr(any);
  split(any);
  writeUnix(any, sockaddr);
  writeInet(10, null, 0, any, sockaddr);
}
`;

/** A guest with Go's address types. */
export interface NetGuest {
  /** Answers a line as net-oracle.go does, and some more. */
  ask(line: string): string;
  /** Has `text` read as every kind of address. */
  endure(text: string): void;
}

export async function startNetGuest(): Promise<NetGuest> {
  const guest = await startGuest(SOURCE);
  return {
    ask: (line) => guest.string(guest.call("ask", guest.put(line))),
    endure: (text) => void guest.call("endure", guest.put(text)),
  };
}
