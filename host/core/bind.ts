import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import { AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC, IPPROTO_IPV6, IPV6_V6ONLY } from "./linux.generated.js";
import type { EndpointQuestion } from "./permissions/question.js";
import { decodeAsInet4, decodeSockaddr, isForeign, MALFORMED, type SocketAddress } from "./sockaddr.js";
import { familyOf, type Socket, transportOf } from "./socket.js";
import { bindUnixPath } from "./unix-path.js";

/** Binds `socket` to the address in the kernel's slot, if policy allows it. Every ABI ends here. */
export function bindSocket(core: Core, socket: Socket, hostFd: number): SysResult {
  const { bytes, length } = core.kernel.address;
  let address = decodeSockaddr(bytes, length);
  // bind(2) of an AF_INET socket reads AF_UNSPEC as AF_INET (net/ipv4/af_inet.c, __inet_bind).
  const family = familyOf(core, socket, hostFd);
  if (isUnspec(address) && family === AF_INET) address = decodeAsInet4(bytes, length);
  if (address === MALFORMED || isUnspec(address) || isForeign(family, address.family)) {
    return core.kernel.bind(hostFd);
  }

  if (address.family === AF_UNIX && address.kind === "pathname") return bindPath(core, socket, hostFd, address.name);
  const denied = core.permissions.check(bindQuestion(core, socket, hostFd, address));
  if (denied) return denied;
  return markJudged(socket, core.kernel.bind(hostFd), address.family === AF_UNIX ? 0 : address.port);
}

/**
 * The socket remembers the path as the guest wrote it: the kernel may hold its last part only.
 *
 * One that is bound is for the kernel to refuse, which first looks where the path leads (net/unix/af_unix.c, unix_bind_bsd).
 */
function bindPath(core: Core, socket: Socket, hostFd: number, name: Uint8Array): SysResult {
  const result = bindUnixPath(core, hostFd, name);
  if (!isErrno(result)) socket.localName = { family: AF_UNIX, kind: "pathname", name };
  return markJudged(socket, result, 0);
}

function markJudged(socket: Socket, result: SysResult, port: number): SysResult {
  if (!isErrno(result)) {
    socket.isBindJudged = true;
    socket.judgedPort = port;
  }
  return result;
}

/**
 * Makes `socket` a listener, if policy allows its local address.
 *
 * A socket that was bound by `bind` has been judged. One that was not is about
 * to be bound by the kernel, or was by `connect`: it is judged here, as a port
 * that the kernel chose. One whose association was dissolved may be bound more
 * widely than it was judged, and is judged again, as the port that it asked for.
 */
export function listenSocket(core: Core, socket: Socket, hostFd: number, backlog: number): SysResult {
  if (!socket.isBindJudged && socket.domain !== AF_UNIX) {
    const denied = judgeImplicitBind(core, socket, hostFd);
    if (denied) return denied;
  }
  return core.kernel.listen(hostFd, backlog);
}

function judgeImplicitBind(core: Core, socket: Socket, hostFd: number): SysResult {
  const result = core.kernel.getsockname(hostFd);
  if (isErrno(result)) return result;
  const local = decodeSockaddr(core.kernel.address.bytes, core.kernel.address.length);
  if (local === MALFORMED || isUnspec(local) || local.family === AF_UNIX) return 0;
  return core.permissions.check({
    ...bindQuestion(core, socket, hostFd, { ...local, port: socket.judgedPort }),
    verb: "listen",
  });
}

function bindQuestion(core: Core, socket: Socket, hostFd: number, address: BoundAddress): EndpointQuestion {
  if (address.family === AF_UNIX) {
    // An autobind gets an abstract name of the kernel's choice: judged as the empty one, which only a prefix rule holds.
    return { verb: "bind", endpoint: { kind: "unix-abstract", name: String.fromCharCode(...address.name) } };
  }
  const endpoint = {
    kind: "ip",
    transport: transportOf(socket),
    address: address.address,
    port: address.port,
  } as const;
  return { verb: "bind", endpoint, dualStack: address.family === AF_INET6 && isDualStack(core, hostFd) };
}

type BoundAddress = Exclude<SocketAddress, { readonly family: typeof AF_UNSPEC }>;

const v6only = new Uint8Array(4);

function isDualStack(core: Core, hostFd: number): boolean {
  const result = core.kernel.getsockopt(hostFd, IPPROTO_IPV6, IPV6_V6ONLY, v6only);
  return isErrno(result) || v6only[0] === 0;
}

function isUnspec(address: SocketAddress | typeof MALFORMED): address is { readonly family: typeof AF_UNSPEC } {
  return address !== MALFORMED && address.family === AF_UNSPEC;
}
