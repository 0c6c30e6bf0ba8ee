import { isErrno, type SysResult } from "../../core/errno.js";
import { AF_INET, AF_INET6, EINVAL, EMSGSIZE } from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";

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
  const answered = core.resolver.query(core, message);
  if (typeof answered === "number") return answered;
  memory.write(answer, answered, Math.min(anslen, answered.length));
  return answered.length;
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
  const found = core.resolver.addressesOf(core, new TextDecoder().decode(text), family);
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
