import { localAddress } from "../accept.js";
import type { Core } from "../core.js";
import { isErrno, type SysResult } from "../errno.js";
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from "../linux.generated.js";
import type { AddressText } from "../permissions/address-text.js";
import { familyOf } from "../socket.js";
import { endpoint } from "./notation.js";
import type { Tracer } from "./tracer.js";

/**
 * Turns one guest's calls into events.
 *
 * Asking the kernel for the names of a socket overwrites the address slot, so
 * descriptors are described before a call decodes its arguments and after it
 * has written its results.
 */
export class Recorder {
  readonly #core: Core;
  readonly #tracer: Tracer;
  readonly #start = performance.now();
  #sequence = 0;

  constructor(
    core: Core,
    tracer: Tracer,
    readonly addresses: AddressText,
  ) {
    this.#core = core;
    this.#tracer = tracer;
  }

  /** Runs `call` and reports it; `render` gives the arguments, each when its time has come. */
  record(
    name: string,
    before: () => string[],
    call: () => SysResult,
    after: (result: SysResult, early: string[]) => string[],
  ): SysResult {
    const early = before();
    const { permissions } = this.#core;
    permissions.lastVerdict = null;
    const started = performance.now();
    const result = call();
    const duration = (performance.now() - started) / 1000;
    const verdict = permissions.lastVerdict;
    this.#tracer({
      sequence: ++this.#sequence,
      time: (started - this.#start) / 1000,
      duration,
      call: name,
      arguments: after(result, early),
      result,
      verdict,
    });
    return result;
  }

  /** A descriptor in the style of `strace -yy`: `4<TCP:[127.0.0.1:80->127.0.0.1:5000]>`. */
  descriptor(fd: number): string {
    const lookup = this.#core.fds.lookup(fd);
    if (typeof lookup !== "number") return `${fd}<lookup:[${lookup.name || "."}]>`;
    const socket = this.#core.fds.socket(fd);
    // Where a host's own pipes lead is no news, even where they are sockets.
    if (isErrno(socket) || this.#core.fds.isBorrowed(fd)) return String(fd);
    const { kernel, fds } = this.#core;
    const hostFd = fds.hostFd(fd);
    const local = this.#endpointAfter(localAddress(this.#core, socket, hostFd));
    const peer = this.#endpointAfter(kernel.getpeername(hostFd));
    const isBound = local !== "" && !/:0$/.test(local);
    const ends = peer === "" ? (isBound ? local : "") : `${local}->${peer}`;
    return `${fd}<${protocolOf(familyOf(this.#core, socket, hostFd), socket.type)}${ends && `:[${ends}]`}>`;
  }

  #endpointAfter(result: SysResult): string {
    const { bytes, length } = this.#core.kernel.address;
    return isErrno(result) ? "" : endpoint(bytes, length, this.addresses);
  }
}

/** What strace calls the protocol of a socket. */
function protocolOf(domain: number, type: number): string {
  if (domain === AF_UNIX) {
    return (
      { [SOCK_STREAM]: "UNIX-STREAM", [SOCK_DGRAM]: "UNIX-DGRAM", [SOCK_SEQPACKET]: "UNIX-SEQPACKET" }[type] ?? "UNIX"
    );
  }
  if (domain === AF_NETLINK) return "NETLINK";
  if (domain === AF_PACKET) return "PACKET";
  const version = { [AF_INET]: "", [AF_INET6]: "v6" }[domain] ?? "?";
  return ({ [SOCK_STREAM]: "TCP", [SOCK_DGRAM]: "UDP" }[type] ?? "RAW") + version;
}
