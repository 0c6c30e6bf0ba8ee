import { type Errno, isErrno, type SysResult } from "../errno.js";
import type { Kernel } from "../kernel.js";
import { EINPROGRESS, SOCK_CLOEXEC, SOCK_NONBLOCK } from "../linux.generated.js";
import { encodeSockaddr } from "../sockaddr.js";
import type { DnsCodec } from "./dns-codec.js";
import type { ServerAddress } from "./resolv-conf.js";
import type { Steps } from "./steps.js";

/** The resolver's own end of an exchange: a kernel that is attached to the codec's memory. */
export interface Link {
  readonly kernel: Kernel;
  readonly codec: DnsCodec;
}

/**
 * Connects a socket of the host's own to `server` and closes it after `use`, whatever happens.
 *
 * It is non-blocking, never enters the guest's table, and no policy is asked:
 * the server is the host's configuration, and what is sent there was judged.
 */
export function* useSocket<Result>(
  kernel: Kernel,
  server: ServerAddress,
  type: number,
  use: (hostFd: number) => Steps<Result | Errno>,
): Steps<Result | Errno> {
  const hostFd = kernel.socket(server.family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (isErrno(hostFd)) return hostFd;
  try {
    kernel.address.length = encodeSockaddr(server, kernel.address.bytes);
    const connected = kernel.connect(hostFd);
    return isErrno(connected) && connected !== -EINPROGRESS ? connected : yield* use(hostFd);
  } finally {
    kernel.close(hostFd);
  }
}

/** Sends what the kernel takes of `bytes`; how many. */
export function sendBytes({ kernel, codec }: Link, hostFd: number, bytes: Uint8Array, flags: number): SysResult {
  new Uint8Array(codec.memory.buffer).set(bytes, codec.buffer);
  return kernel.send(hostFd, codec.buffer, bytes.length, flags);
}

/** A copy of the first `count` bytes that the kernel put into the codec's buffer. */
export function receivedBytes({ codec }: Link, count: number): Uint8Array {
  return new Uint8Array(codec.memory.buffer, codec.buffer, count).slice();
}
