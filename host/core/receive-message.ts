import { hearsInside, judgePassing, recognize } from "./boundary.js";
import { type ControlMessage, decodeControl, encodeIntegers } from "./control.js";
import type { Core } from "./core.js";
import { type Errno, isErrno, type SysResult } from "./errno.js";
import { admitSocket } from "./foreign-socket.js";
import {
  IP_RECVERR,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_UDP,
  IPV6_HOPLIMIT,
  IPV6_RECVERR,
  IPV6_TCLASS,
  MSG_CMSG_CLOEXEC,
  MSG_PEEK,
  SCM_CREDENTIALS,
  SCM_RIGHTS,
  SCM_TIMESTAMP,
  SCM_TIMESTAMPNS,
  SOL_SOCKET,
  UDP_GRO,
} from "./linux.generated.js";
import type { Socket } from "./socket.js";

/** Where an ABI puts what came beside the data. */
export interface ControlSink {
  /** How many descriptors still fit. */
  readonly descriptorRoom: number;
  isTruncated: boolean;
  put(message: ControlMessage): void;
}

/** The messages that guests receive. SCM_RIGHTS is not among them: the kernel's slot has its descriptors apart. */
const KNOWN: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [SOL_SOCKET, new Set([SCM_CREDENTIALS, SCM_TIMESTAMP, SCM_TIMESTAMPNS])],
  [IPPROTO_IP, new Set([IP_RECVERR, IP_TTL, IP_TOS])],
  [IPPROTO_IPV6, new Set([IPV6_RECVERR, IPV6_HOPLIMIT, IPV6_TCLASS])],
  [IPPROTO_UDP, new Set([UDP_GRO])],
]);

/** Receives into `count` iovecs at `vector`; the sender's address goes to the slot, what came with the data to `sink`. */
export function receiveMessage(
  core: Core,
  socket: Socket,
  hostFd: number,
  vector: number,
  count: number,
  flags: number,
  sink: ControlSink,
): SysResult {
  const isInside = hearsInside(core, socket, hostFd);
  const received = core.kernel.recvmsg(hostFd, vector, count, flags);
  if (isErrno(received)) return received;
  const { control } = core.kernel;
  if (control.descriptorCount === 0 && control.length === 0) return received;
  for (const message of decodeControl(control.bytes.subarray(0, control.length)) ?? []) {
    if (KNOWN.get(message.level)?.has(message.type)) sink.put(message);
  }
  takeDescriptors(core, socket, isInside, flags, sink);
  return received;
}

/**
 * Enters the descriptors in the slot under the lowest free numbers.
 *
 * As in Linux a guest gets those up to the first that has no room or may not come in, and MSG_CTRUNC if there are
 * more (net/core/scm.c, scm_detach_fds): by their places it knows which ones it has. All others are closed.
 */
function takeDescriptors(core: Core, socket: Socket, isInside: boolean, flags: number, sink: ControlSink): void {
  const { control } = core.kernel;
  const arrived = Array.from(control.descriptors.subarray(0, control.descriptorCount));
  control.descriptorCount = 0;
  const fds: number[] = [];
  try {
    if (arrived.length === 0 || judgePassing(core, "receive", isInside) !== 0) return;
    const known = arrived.map((hostFd) => (isInside ? recognizeIn(core, socket, hostFd, flags) : null));
    for (const hostFd of arrived.slice(0, sink.descriptorRoom)) {
      const fd = enter(core, hostFd, known[fds.length] ?? null, (flags & MSG_CMSG_CLOEXEC) !== 0);
      if (isErrno(fd)) break;
      fds.push(fd);
    }
  } finally {
    if (fds.length < arrived.length) sink.isTruncated = true;
    for (const hostFd of arrived.slice(fds.length)) core.kernel.close(hostFd);
  }
  if (fds.length > 0) sink.put({ level: SOL_SOCKET, type: SCM_RIGHTS, data: encodeIntegers(fds) });
}

function recognizeIn(core: Core, { pair }: Socket, hostFd: number, flags: number): Socket | null {
  return pair === null ? null : recognize(core, pair, hostFd, (flags & MSG_PEEK) !== 0);
}

/** Enters one descriptor; `-errno`, owning nothing, if its kind may not come in or the table is full. */
function enter(core: Core, hostFd: number, known: Socket | null, closeOnExec: boolean): number | Errno {
  if (known !== null) return core.fds.add(hostFd, known, closeOnExec);
  const socket = admitSocket(core, hostFd);
  return typeof socket === "number" ? socket : core.fds.add(hostFd, socket, closeOnExec);
}
