import * as linux from "../linux.generated.js";
import type { AddressText } from "../permissions/address-text.js";
import { decodeSockaddr, MALFORMED, type SocketAddress } from "../sockaddr.js";
import { rawAddress } from "./raw-address.js";

type Names = ReadonlyMap<number, string>;

/** Constants of one prefix, by value; the first name of a value wins. */
function namesOf(...names: (keyof typeof linux)[]): Names {
  const table = new Map<number, string>();
  for (const name of names) {
    const value = linux[name] as number;
    if (!table.has(value)) table.set(value, name);
  }
  return table;
}

/** The name of `value`, or the number itself. */
export function symbol(names: Names, value: number): string {
  return names.get(value) ?? String(value);
}

/** The names of the bits in `value`, joined by `|`; what has no name in hexadecimal. */
export function flagsOf(names: Names, value: number): string {
  const parts: string[] = [];
  let rest = value;
  for (const [bit, name] of names) {
    if (bit === 0 || (rest & bit) !== bit) continue;
    parts.push(name);
    rest &= ~bit;
  }
  if (rest !== 0) parts.push(`0x${(rest >>> 0).toString(16)}`);
  return parts.join("|") || (names.get(0) ?? "0");
}

export const FAMILIES = namesOf(
  "AF_UNSPEC",
  "AF_UNIX",
  "AF_INET",
  "AF_INET6",
  "AF_IPX",
  "AF_APPLETALK",
  "AF_NETLINK",
  "AF_PACKET",
  "AF_VSOCK",
);
const TYPES = namesOf("SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET");
export const TYPE_FLAGS = namesOf("SOCK_CLOEXEC", "SOCK_NONBLOCK");
const PROTOCOLS = namesOf("IPPROTO_IP", "IPPROTO_ICMP", "IPPROTO_TCP", "IPPROTO_UDP", "IPPROTO_ICMPV6", "IPPROTO_RAW");
export const LEVELS: Names = new Map([
  ...namesOf("SOL_SOCKET", "IPPROTO_IPV6"),
  [linux.IPPROTO_IP, "SOL_IP"],
  [linux.IPPROTO_TCP, "SOL_TCP"],
  [linux.IPPROTO_UDP, "SOL_UDP"],
]);
export const MESSAGE_FLAGS = namesOf(
  "MSG_OOB",
  "MSG_PEEK",
  "MSG_DONTROUTE",
  "MSG_CTRUNC",
  "MSG_TRUNC",
  "MSG_DONTWAIT",
  "MSG_EOR",
  "MSG_WAITALL",
  "MSG_NOSIGNAL",
  "MSG_MORE",
  "MSG_ERRQUEUE",
  "MSG_FASTOPEN",
  "MSG_CMSG_CLOEXEC",
);
export const ERROR_ORIGINS = namesOf(
  "SO_EE_ORIGIN_NONE",
  "SO_EE_ORIGIN_LOCAL",
  "SO_EE_ORIGIN_ICMP",
  "SO_EE_ORIGIN_ICMP6",
);
export const DNS_TYPES = namesOf("T_A", "T_NS", "T_CNAME", "T_SOA", "T_PTR", "T_MX", "T_TXT", "T_AAAA", "T_SRV");
export const DNS_RCODES = namesOf("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED");
export const HOWS = namesOf("SHUT_RD", "SHUT_WR", "SHUT_RDWR");
export const FCNTL_COMMANDS = namesOf("F_DUPFD", "F_GETFD", "F_SETFD", "F_GETFL", "F_SETFL", "F_DUPFD_CLOEXEC");
export const STATUS_FLAGS = namesOf("O_RDONLY", "O_WRONLY", "O_RDWR", "O_APPEND", "O_NONBLOCK");
const ACCESS_MODES = namesOf("O_RDONLY", "O_WRONLY", "O_RDWR");
export const OPEN_FLAGS = namesOf(
  ...(["O_CREAT", "O_EXCL", "O_NOCTTY", "O_TRUNC", "O_APPEND", "O_NONBLOCK", "O_SYNC", "O_DSYNC"] as const),
  ...(["O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC"] as const),
);
export const PIPE_FLAGS = namesOf("O_NONBLOCK", "O_DIRECT", "O_CLOEXEC");
export const POLL_EVENTS = namesOf("POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDHUP");
export const EPOLL_OPERATIONS = namesOf("EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD");
export const EPOLL_FLAGS = namesOf("EPOLL_CLOEXEC");
/** As signed numbers, which is what bit operations make of EPOLLET. */
export const EPOLL_EVENTS: Names = new Map(
  [
    ...namesOf("EPOLLIN", "EPOLLPRI", "EPOLLOUT", "EPOLLERR", "EPOLLHUP", "EPOLLRDNORM", "EPOLLRDBAND", "EPOLLWRNORM"),
    ...namesOf("EPOLLWRBAND", "EPOLLMSG", "EPOLLRDHUP", "EPOLLEXCLUSIVE", "EPOLLWAKEUP", "EPOLLONESHOT", "EPOLLET"),
  ].map(([value, name]) => [value | 0, name]),
);
export const FILE_TYPES = namesOf("S_IFSOCK", "S_IFLNK", "S_IFREG", "S_IFBLK", "S_IFDIR", "S_IFCHR", "S_IFIFO");

/** `SO_EE_…` are no options: they tell who reported an error. */
const SOCKET_OPTIONS = namesOf(...namesStarting("SO_").filter((name) => !name.startsWith("SO_EE_")));
const TCP_OPTIONS = namesOf(...namesStarting("TCP_"));
const IP_OPTIONS = namesOf(...namesStarting("IP_"), "MCAST_JOIN_GROUP", "MCAST_LEAVE_GROUP");
const IPV6_OPTIONS = namesOf(...namesStarting("IPV6_"), "MCAST_JOIN_GROUP", "MCAST_LEAVE_GROUP");

function namesStarting(prefix: string): (keyof typeof linux)[] {
  return (Object.keys(linux) as (keyof typeof linux)[]).filter((name) => name.startsWith(prefix));
}

/** An option's name at its level. */
export function optionName(level: number, name: number): string {
  const tables: Readonly<Record<number, Names>> = {
    [linux.SOL_SOCKET]: SOCKET_OPTIONS,
    [linux.IPPROTO_TCP]: TCP_OPTIONS,
    [linux.IPPROTO_IP]: IP_OPTIONS,
    [linux.IPPROTO_IPV6]: IPV6_OPTIONS,
  };
  return symbol(tables[level] ?? new Map(), name);
}

/** `O_WRONLY|O_CREAT`: the access mode first, which is no bit. */
export function openFlags(flags: number): string {
  const mode = symbol(ACCESS_MODES, flags & linux.O_ACCMODE);
  const rest = flags & ~linux.O_ACCMODE;
  return rest === 0 ? mode : `${mode}|${flagsOf(OPEN_FLAGS, rest)}`;
}

/** `SOCK_STREAM|SOCK_NONBLOCK` */
export function socketType(type: number): string {
  const flags = linux.SOCK_CLOEXEC | linux.SOCK_NONBLOCK;
  const name = symbol(TYPES, type & ~flags);
  return (type & flags) === 0 ? name : `${name}|${flagsOf(TYPE_FLAGS, type & flags)}`;
}

/** Protocol numbers have names in the IP families only. */
export function protocolName(domain: number, protocol: number): string {
  return domain === linux.AF_INET || domain === linux.AF_INET6 ? symbol(PROTOCOLS, protocol) : String(protocol);
}

const STRING_LIMIT = 32;
const ESCAPES: Readonly<Record<number, string>> = {
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

/** Bytes as a C string, escaped as strace does (octal), the first 32 of them. */
export function quote(bytes: Uint8Array, limit = STRING_LIMIT): string {
  const shown = bytes.subarray(0, limit);
  let text = "";
  shown.forEach((octet, i) => {
    const next = shown[i + 1];
    // An octal escape is as short as the next character lets it be.
    const width = next !== undefined && next >= 0x30 && next <= 0x37 ? 3 : 1;
    const printable = octet >= 0x20 && octet < 0x7f;
    text += ESCAPES[octet] ?? (printable ? String.fromCharCode(octet) : `\\${octet.toString(8).padStart(width, "0")}`);
  });
  return `"${text}"${bytes.length > limit ? "..." : ""}`;
}

/** A socket address as strace prints it. */
export function sockaddr(bytes: Uint8Array, length: number, text: AddressText): string {
  if (length === 0) return "NULL";
  const address = decodeSockaddr(bytes, Math.min(length, bytes.length));
  return address === MALFORMED ? (rawAddress(bytes, length) ?? malformed(bytes, length)) : structure(address, text);
}

function malformed(bytes: Uint8Array, length: number): string {
  if (length < 2) return "{...}";
  const family = (bytes[0] as number) | ((bytes[1] as number) << 8);
  return `{sa_family=${symbol(FAMILIES, family)}, sa_data=${quote(bytes.subarray(2, length))}}`;
}

function structure(address: SocketAddress, text: AddressText): string {
  switch (address.family) {
    case linux.AF_INET:
      return `{sa_family=AF_INET, sin_port=htons(${address.port}), sin_addr=inet_addr("${text.format(address.address)}")}`;
    case linux.AF_INET6: {
      const scope = address.scopeId === 0 ? "" : `, sin6_scope_id=${address.scopeId}`;
      const ip = `inet_pton(AF_INET6, "${text.format(address.address)}", &sin6_addr)`;
      return `{sa_family=AF_INET6, sin6_port=htons(${address.port}), sin6_flowinfo=htonl(${address.flowinfo}), ${ip}${scope}}`;
    }
    case linux.AF_UNIX:
      if (address.kind === "unnamed") return "{sa_family=AF_UNIX}";
      return `{sa_family=AF_UNIX, sun_path=${address.kind === "abstract" ? "@" : ""}${quote(address.name, 108)}}`;
    default:
      return "{sa_family=AF_UNSPEC}";
  }
}

/** `127.0.0.1:80`, `[::1]:80`, a quoted path, or `@"abstract"`; empty for no name. */
export function endpoint(bytes: Uint8Array, length: number, text: AddressText): string {
  const address = decodeSockaddr(bytes, Math.min(length, bytes.length));
  if (address === MALFORMED || address.family === linux.AF_UNSPEC) return "";
  if (address.family === linux.AF_INET) return `${text.format(address.address)}:${address.port}`;
  if (address.family === linux.AF_INET6) return `[${text.format(address.address)}]:${address.port}`;
  if (address.kind === "unnamed") return "";
  return `${address.kind === "abstract" ? "@" : ""}${quote(address.name, 108)}`;
}
