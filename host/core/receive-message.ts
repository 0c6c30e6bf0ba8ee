import { hearsInside, judgePassing, recognize } from "./boundary.js";
import { type ControlMessage, decodeControl } from "./control.js";
import type { Core } from "./core.js";
import { type Errno, isErrno, type SysResult } from "./errno.js";
import { admitSocket, foreignTcpSocket } from "./foreign-socket.js";
import {
  EMFILE,
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
  /** Told first, if anything came: the guest's room for it, which was checked. */
  moveTo(start: number, size: number): void;
  /** How many descriptors still fit. */
  readonly descriptorRoom: number;
  isTruncated: boolean;
  put(message: ControlMessage): void;
  putIntegers(level: number, type: number, integers: Int32Array, count: number): void;
}

/** The messages that guests receive. SCM_RIGHTS is not among them: the kernel's slot has its descriptors apart. */
const KNOWN: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [SOL_SOCKET, new Set([SCM_CREDENTIALS, SCM_TIMESTAMP, SCM_TIMESTAMPNS])],
  [IPPROTO_IP, new Set([IP_RECVERR, IP_TTL, IP_TOS])],
  [IPPROTO_IPV6, new Set([IPV6_RECVERR, IPV6_HOPLIMIT, IPV6_TCLASS])],
  [IPPROTO_UDP, new Set([UDP_GRO])],
]);

/** Receives as the guest's msghdr at `msg` says; the address goes to the slot, what came with the data to `sink`. */
export function receiveMessage(
  core: Core,
  socket: Socket,
  hostFd: number,
  msg: number,
  flags: number,
  sink: ControlSink,
): SysResult {
  const isInside = hearsInside(core, socket, hostFd);
  const { control, controlRoom } = core.kernel;
  const received = core.kernel.recvmsg(hostFd, msg, flags, !isInside);
  if (isErrno(received)) return received;
  if (control.descriptorCount === 0 && control.length === 0) return received;
  sink.moveTo(controlRoom.pointer, controlRoom.size);
  if (control.length > 0) putKnown(control.bytes.subarray(0, control.length), sink);
  takeDescriptors(core, socket, isInside, flags, sink);
  return received;
}

function putKnown(bytes: Uint8Array, sink: ControlSink): void {
  for (const message of decodeControl(bytes) ?? []) {
    if (KNOWN.get(message.level)?.has(message.type)) sink.put(message);
  }
}

/**
 * Enters the descriptors in the slot under the lowest free numbers.
 *
 * As in Linux a guest gets those up to the first that has no room or may not come in, and MSG_CTRUNC if there are
 * more (net/core/scm.c, scm_detach_fds): by their places it knows which ones it has. All others are closed.
 */
function takeDescriptors(core: Core, socket: Socket, isInside: boolean, flags: number, sink: ControlSink): void {
  const { control } = core.kernel;
  const arrived = control.descriptorCount;
  if (arrived === 0) return;
  control.descriptorCount = 0;
  const mayEnter = judgePassing(core, "receive", isInside) === 0;
  const room = mayEnter ? sink.descriptorRoom : 0;
  let entered = 0;
  for (let i = 0; i < arrived; i++) {
    const hostFd = control.descriptors[i] as number;
    const known = isInside ? recognizeIn(core, socket, hostFd, flags) : null;
    // The first that stays out keeps the others out.
    const fd = i === entered && i < room ? enter(core, i, known, (flags & MSG_CMSG_CLOEXEC) !== 0) : -EMFILE;
    if (isErrno(fd)) core.kernel.close(hostFd);
    // The guest's numbers take the place of the host's.
    else control.descriptors[entered++] = fd;
  }
  if (entered < arrived) sink.isTruncated = true;
  if (entered > 0) sink.putIntegers(SOL_SOCKET, SCM_RIGHTS, control.descriptors, entered);
}

function recognizeIn(core: Core, { pair }: Socket, hostFd: number, flags: number): Socket | null {
  return pair === null ? null : recognize(core, pair, hostFd, (flags & MSG_PEEK) !== 0);
}

/** Enters the slot's descriptor `i`; `-errno`, owning nothing, if its kind may not come in or the table is full. */
function enter(core: Core, i: number, known: Socket | null, closeOnExec: boolean): number | Errno {
  const { descriptors, tcpCount } = core.kernel.control;
  const hostFd = descriptors[i] as number;
  const socket = known ?? (i < tcpCount ? foreignTcpSocket() : admitSocket(core, hostFd));
  return typeof socket === "number" ? socket : core.fds.add(hostFd, socket, closeOnExec);
}
