import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import {
  AF_UNIX,
  EAFNOSUPPORT,
  EINVAL,
  EMFILE,
  O_CLOEXEC,
  O_DIRECT,
  O_NONBLOCK,
  SOCK_CLOEXEC,
} from "./linux.generated.js";
import { createSocket, type Socket, TYPE_FLAGS } from "./socket.js";

/** The two descriptors of a new pair, as the guest numbers them. */
export type DescriptorPair = readonly [first: number, second: number];

/**
 * Two sockets that this guest made connected: what passes between them stays in its sandbox.
 *
 * It does so for as long as both ends do. Streams keep their peer for life; what datagram sockets can do besides is
 * looked at where they do it (core/boundary.ts).
 */
export class SocketPair {
  /** Whether neither end has left the sandbox. */
  isInside = true;
  /**
   * The sockets that are on their way through the pair, by the kernel's cookie.
   *
   * Held here so that they are forgotten with the pair when both ends are closed, as the kernel forgets them.
   */
  readonly inFlight = new Map<number, { readonly socket: Socket; count: number }>();
}

/** Makes two connected sockets; no policy is asked, since they reach nobody else. */
export function openSocketPair(core: Core, domain: number, type: number, protocol: number): DescriptorPair | SysResult {
  const made = core.kernel.socketpair(domain, type, protocol);
  if (isErrno(made)) return made;
  if (domain !== AF_UNIX) {
    // Whatever this kernel can pair, no rule judges such sockets.
    for (const hostFd of pairOf(core)) core.kernel.close(hostFd);
    return -EAFNOSUPPORT;
  }
  const pair = new SocketPair();
  const closeOnExec = (type & SOCK_CLOEXEC) !== 0;
  return enterPair(core, closeOnExec, () => {
    const socket = createSocket(domain, type & ~TYPE_FLAGS, protocol);
    socket.pair = pair;
    return socket;
  });
}

/** Makes a pipe: the descriptor to read from, then the one to write to. */
export function openPipe(core: Core, flags: number): DescriptorPair | SysResult {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) !== 0) return -EINVAL;
  const made = core.kernel.pipe2(flags);
  return isErrno(made) ? made : enterPair(core, (flags & O_CLOEXEC) !== 0, () => undefined);
}

/** Enters the two descriptors in the control slot, or closes both. */
function enterPair(core: Core, closeOnExec: boolean, describe: () => Socket | undefined): DescriptorPair | SysResult {
  const [one, other] = pairOf(core);
  const first = core.fds.add(one, describe(), closeOnExec);
  const second = isErrno(first) ? first : core.fds.add(other, describe(), closeOnExec);
  if (!isErrno(second)) return [first, second];
  if (!isErrno(first)) core.fds.remove(first);
  core.kernel.close(one);
  core.kernel.close(other);
  return -EMFILE;
}

function pairOf({ kernel: { control } }: Core): readonly [number, number] {
  return [control.descriptors[0] as number, control.descriptors[1] as number];
}
