import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import { SO_COOKIE, SOCK_SEQPACKET, SOCK_STREAM, SOL_SOCKET } from "./linux.generated.js";
import { getUint32 } from "./little-endian.js";
import type { SocketPair } from "./pair.js";
import type { Socket } from "./socket.js";

/**
 * Where a sandbox ends, for descriptors on their way.
 *
 * Inside is what passes between the ends of a pair that the guest made itself, while both are its own. Every other
 * Unix socket leads outside, whoever is there.
 */
export function judgePassing(core: Core, direction: "send" | "receive", isInside: boolean): SysResult {
  return isInside ? 0 : core.permissions.check(direction === "send" ? SEND : RECEIVE);
}

const SEND = { verb: "pass-fd", direction: "send" } as const;
const RECEIVE = { verb: "pass-fd", direction: "receive" } as const;

/**
 * Whether what `socket` receives next can have come from its own sandbox only.
 *
 * Asked before the message is taken. A datagram socket without a peer hears whoever knows its name, and it loses a
 * peer that has died; once it is connected anew its pair counts as outside. Overwrites the address slot.
 */
export function hearsInside(core: Core, { pair, type }: Socket, hostFd: number): boolean {
  if (pair === null || !pair.isInside) return false;
  if (type === SOCK_STREAM || type === SOCK_SEQPACKET) return true;
  return core.kernel.getpeername(hostFd) === 0;
}

/** Notes that both ends of `pair`, and all that is on its way through it, can be others' from now on. */
export function exposePair(pair: SocketPair | null): void {
  if (pair === null || !pair.isInside) return;
  pair.isInside = false;
  for (const { socket } of pair.inFlight.values()) exposePair(socket.pair);
}

/**
 * Notes which descriptors a message took with it.
 *
 * Inside, a socket is remembered, to be recognized where it arrives; outside, its pair is no longer this guest's alone.
 */
export function noteSent(core: Core, { pair, type }: Socket, fds: readonly number[], sent: number): void {
  // Without a byte to go with, a stream drops them (net/unix/af_unix.c, unix_stream_sendmsg).
  if (type === SOCK_STREAM && sent === 0) return;
  for (const fd of fds) {
    const socket = core.fds.socket(fd);
    if (isErrno(socket)) continue;
    const cookie = pair?.isInside ? cookieOf(core, core.fds.hostFd(fd)) : null;
    if (pair === null || cookie === null) {
      exposePair(socket.pair);
      continue;
    }
    const entry = pair.inFlight.get(cookie);
    if (entry === undefined) pair.inFlight.set(cookie, { socket, count: 1 });
    else entry.count++;
  }
}

/** The guest's own socket behind a descriptor that came through `pair`, or null if it is none; `isPeek` leaves it there. */
export function recognize(core: Core, pair: SocketPair, hostFd: number, isPeek: boolean): Socket | null {
  if (pair.inFlight.size === 0) return null;
  const cookie = cookieOf(core, hostFd);
  const entry = cookie === null ? undefined : pair.inFlight.get(cookie);
  if (cookie === null || entry === undefined) return null;
  if (!isPeek) {
    entry.count--;
    if (entry.count === 0) pair.inFlight.delete(cookie);
  }
  return entry.socket;
}

/** The kernel's number of a socket, never used twice; null for what is none, or before Linux 4.12. */
function cookieOf(core: Core, hostFd: number): number | null {
  const result = core.kernel.getsockopt(hostFd, SOL_SOCKET, SO_COOKIE, cookie);
  // The kernel counts from 1: at a billion sockets a second 2^53 are not reached in a hundred days.
  return isErrno(result) ? null : getUint32(cookie, 4) * 2 ** 32 + getUint32(cookie, 0);
}

const cookie = new Uint8Array(8);
