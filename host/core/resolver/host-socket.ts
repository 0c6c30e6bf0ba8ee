import { isErrno, type SysResult } from "../errno.js";
import type { Kernel } from "../kernel.js";
import { EINPROGRESS, ETIMEDOUT, SOCK_CLOEXEC, SOCK_NONBLOCK } from "../linux.generated.js";
import { encodeSockaddr } from "../sockaddr.js";
import type { DnsCodec } from "./dns-codec.js";
import type { ServerAddress } from "./resolv-conf.js";

/** The resolver's own end of an exchange: a kernel that is attached to the codec's memory. */
export interface Link {
  readonly kernel: Kernel;
  readonly codec: DnsCodec;
}

/** `performance.now()` at which to give up. */
export type Deadline = number;

export function deadlineIn(seconds: number): Deadline {
  return performance.now() + seconds * 1000;
}

/**
 * Connects a socket of the host's own to `server` and closes it after `use`, whatever happens.
 *
 * It is non-blocking, never enters the guest's table, and no policy is asked:
 * the server is the host's configuration, and what is sent there was judged.
 */
export function useSocket(
  kernel: Kernel,
  server: ServerAddress,
  type: number,
  use: (hostFd: number) => SysResult,
): SysResult {
  const hostFd = kernel.socket(server.family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (isErrno(hostFd)) return hostFd;
  try {
    kernel.address.length = encodeSockaddr(server, kernel.address.bytes);
    const connected = kernel.connect(hostFd);
    return isErrno(connected) && connected !== -EINPROGRESS ? connected : use(hostFd);
  } finally {
    kernel.close(hostFd);
  }
}

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** Waits for `events` or an error; 0, or `-ETIMEDOUT` at the deadline. */
export function waitFor(kernel: Kernel, hostFd: number, events: number, deadline: Deadline): SysResult {
  const left = deadline - performance.now();
  if (left <= 0) return -ETIMEDOUT;
  const pollfd = new Uint8Array(8);
  const view = new DataView(pollfd.buffer);
  view.setInt32(0, hostFd, true);
  view.setInt16(4, events, true);
  const ready = kernel.poll(pollfd, 1, left * NANOSECONDS_PER_MILLISECOND);
  if (isErrno(ready)) return ready;
  return ready === 0 ? -ETIMEDOUT : 0;
}
