import type { Core } from "../../core/core.js";
import { type Errno, isErrno, type SysResult } from "../../core/errno.js";
import { AF_INET, AF_INET6, EINVAL, EMSGSIZE } from "../../core/linux.generated.js";
import { AddressLookup, type Lookup, QueryLookup } from "../../core/resolver/lookup.js";
import type { AbiContext } from "../imports.js";
import type { GuestMemory } from "../memory.js";

const MESSAGE_MAX = 65535;

/**
 * `int res_send(const unsigned char *msg, int msglen, unsigned char *answer, int anslen)`
 *
 * Sends a DNS query to the name servers of this machine and waits; the answer's length, which may exceed `anslen`.
 * The name is judged by the right to resolve. hosts(5) and `localhost` are answered without a server. EINVAL for what
 * is no plain query of class IN for A, AAAA, CNAME, PTR, MX, NS, TXT, SRV or SOA; ETIMEDOUT, ECONNREFUSED: resolver(3).
 */
export function res_send(
  { core, memory }: AbiContext,
  msg: number,
  msglen: number,
  answer: number,
  anslen: number,
): SysResult {
  if (msglen < 0 || msglen > MESSAGE_MAX) return -EMSGSIZE;
  if (anslen < 0) return -EINVAL;
  const message = memory.copy(msg, msglen);
  memory.reserve(answer, Math.min(anslen, MESSAGE_MAX));
  return writeAnswer(memory, answer, anslen, core.resolver.query(core, message));
}

/**
 * `int res_send_async(const unsigned char *msg, int msglen)`
 *
 * Begins what res_send does, with the same errors, and does not wait: a descriptor that can be read when
 * res_send_result has more to say. It can be polled, entered into epoll sets and closed, which gives up; to any other
 * call it is EBADF, and it is never passed. EMFILE with 1024 look-ups, which hold three of the host's descriptors each.
 */
export function res_send_async({ core, memory }: AbiContext, msg: number, msglen: number): SysResult {
  if (msglen < 0 || msglen > MESSAGE_MAX) return -EMSGSIZE;
  return enterLookup(core, core.resolver.openQuery(core, memory.copy(msg, msglen)));
}

/**
 * `int res_send_result(int fd, unsigned char *answer, int anslen)`
 *
 * What res_send would have answered, as often as it is asked; EINPROGRESS if it has to wait more. A look-up goes on to
 * the next server within this call, and at no other time. EINVAL if `fd` is not of res_send_async.
 */
export function res_send_result({ core, memory }: AbiContext, fd: number, answer: number, anslen: number): SysResult {
  const lookup = core.fds.lookup(fd);
  if (typeof lookup === "number") return lookup;
  if (!(lookup instanceof QueryLookup) || anslen < 0) return -EINVAL;
  memory.reserve(answer, Math.min(anslen, MESSAGE_MAX));
  return writeAnswer(memory, answer, anslen, lookup.result());
}

function writeAnswer(memory: GuestMemory, pointer: number, room: number, answer: Uint8Array | Errno): SysResult {
  if (typeof answer === "number") return answer;
  memory.write(pointer, answer, Math.min(room, answer.length));
  return answer.length;
}

function enterLookup({ fds }: Core, lookup: Lookup | Errno): SysResult {
  if (typeof lookup === "number") return lookup;
  const fd = fds.addLookup(lookup);
  if (isErrno(fd)) lookup.close();
  return fd;
}

const NAME_MAX = 1025;
const SIZEOF_HOST_ADDRESS = 20;

/**
 * `int getaddrinfo(const char *node, int family, struct host_address *buf, size_t len)`
 *
 * The addresses of a host name by the system's resolver (nsswitch.conf), as many as fit in `len` bytes; how many there
 * are. `struct host_address` is u16 family, u16 zero, 16 bytes of address (IPv4 in the first 4). The name is judged by the
 * right to resolve, and taken as complete. ENOENT if there is none, EAGAIN, EINVAL for what is no host name.
 */
export function getaddrinfo(
  { core, memory }: AbiContext,
  node: number,
  family: number,
  buf: number,
  len: number,
): SysResult {
  const text = memory.cString(node, NAME_MAX);
  if (text === null) return -EINVAL;
  memory.reserve(buf, len);
  return writeAddresses(memory, buf, len, core.resolver.addressesOf(core, new TextDecoder().decode(text), family));
}

/**
 * `int getaddrinfo_async(const char *node, int family)`
 *
 * Begins what getaddrinfo does, with the same errors, and does not wait: a descriptor like that of res_send_async, for
 * getaddrinfo_result. EAGAIN with 16 look-ups of the system's in this process, those that were closed included until
 * the system gives up.
 */
export function getaddrinfo_async({ core, memory }: AbiContext, node: number, family: number): SysResult {
  const text = memory.cString(node, NAME_MAX);
  if (text === null) return -EINVAL;
  return enterLookup(core, core.resolver.openAddresses(core, new TextDecoder().decode(text), family));
}

/**
 * `int getaddrinfo_result(int fd, struct host_address *buf, size_t len)`
 *
 * What getaddrinfo would have answered, as often as it is asked; EINPROGRESS if the system has not answered yet. EINVAL
 * if `fd` is not of getaddrinfo_async.
 */
export function getaddrinfo_result({ core, memory }: AbiContext, fd: number, buf: number, len: number): SysResult {
  const lookup = core.fds.lookup(fd);
  if (typeof lookup === "number") return lookup;
  if (!(lookup instanceof AddressLookup)) return -EINVAL;
  memory.reserve(buf, len);
  return writeAddresses(memory, buf, len, lookup.result());
}

function writeAddresses(memory: GuestMemory, buf: number, len: number, found: Uint8Array[] | Errno): SysResult {
  if (typeof found === "number") return found;
  const room = Math.floor((len >>> 0) / SIZEOF_HOST_ADDRESS);
  found.slice(0, room).forEach((address, index) => {
    const entry = buf + index * SIZEOF_HOST_ADDRESS;
    memory.bytes(entry, SIZEOF_HOST_ADDRESS).fill(0);
    memory.setUint16(entry, address.length === 4 ? AF_INET : AF_INET6);
    memory.write(entry + 4, address, address.length);
  });
  return found.length;
}

/** The numbers of the databases are this ABI's own. */
const DATABASES = ["services", "protocols", "resolvConf"] as const;

/**
 * `int getent(int database, unsigned offset, void *buf, unsigned len)`
 *
 * The text of a public database from byte `offset` on: 0 /etc/services, 1 /etc/protocols, 2 of /etc/resolv.conf the lines
 * `search`, `domain` and `options` (EACCES without a right to resolve). How many bytes there are, 0 at the end; a file
 * that is missing is empty. EINVAL for any other database.
 */
export function getent(
  { core, memory }: AbiContext,
  database: number,
  offset: number,
  buf: number,
  len: number,
): SysResult {
  const file = DATABASES[database];
  if (file === undefined) return -EINVAL;
  memory.reserve(buf, len);
  const text = core.resolver.database(core, file);
  if (isErrno(text)) return text;
  const rest = new TextEncoder().encode(text).subarray(offset >>> 0);
  const size = Math.min(len >>> 0, rest.length);
  memory.bytes(buf, size).set(rest.subarray(0, size));
  return size;
}
