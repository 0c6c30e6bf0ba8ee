import { judgePassing, noteSent } from "./boundary.js";
import { isAllowedAlready, sendTo } from "./connect.js";
import { type ControlMessage, ControlWriter, decodeIntegers } from "./control.js";
import type { Core } from "./core.js";
import { type Errno, isErrno, type SysResult } from "./errno.js";
import {
  AF_UNIX,
  EBADF,
  EINVAL,
  IPPROTO_UDP,
  SCM_CREDENTIALS,
  SCM_MAX_FD,
  SCM_RIGHTS,
  SOCK_DGRAM,
  SOL_SOCKET,
  UDP_SEGMENT,
} from "./linux.generated.js";
import type { Socket } from "./socket.js";

const SIZEOF_UCRED = 12;

/**
 * Sends what `count` iovecs at `vector` say with control messages, to the address in the slot or, if it is empty, to
 * the peer.
 *
 * What a message may do beside carrying data is this list: pass descriptors, tell who sends, and cut UDP datagrams.
 * Others could choose what policy does not judge, such as the source address, and are EINVAL.
 */
export function sendMessage(
  core: Core,
  socket: Socket,
  hostFd: number,
  vector: number,
  count: number,
  flags: number,
  messages: readonly ControlMessage[],
): SysResult {
  const { kernel } = core;
  const passed = fillSlot(core, socket, messages);
  if (isErrno(passed)) return passed;
  const hasName = kernel.address.length > 0;
  if (passed.length > 0) {
    const denied = judgePassing(core, "send", socket.pair?.isInside === true && !hasName);
    if (denied) return denied;
  }
  const sent =
    !hasName || isAllowedAlready(core, socket)
      ? kernel.sendmsg(hostFd, vector, count, flags)
      : sendTo(core, socket, hostFd, vector, count, flags, kernel.sendmsg);
  if (!isErrno(sent) && passed.length > 0) noteSent(core, socket, passed, sent);
  return sent;
}

const NOTHING: readonly number[] = [];

/** Puts the messages into the kernel's slot; the guest's descriptors that are to be passed, or `-errno`. */
function fillSlot(core: Core, socket: Socket, messages: readonly ControlMessage[]): readonly number[] | Errno {
  const { control } = core.kernel;
  control.descriptorCount = 0;
  control.length = 0;
  if (messages.length === 0) return NOTHING;
  const passed: number[] = [];
  const others = new ControlWriter(control.bytes);
  for (const message of messages) {
    const result = put(core, socket, message, passed, others);
    if (result) return result;
  }
  for (let i = 0; i < passed.length; i++) control.descriptors[i] = core.fds.hostFd(passed[i] as number);
  control.descriptorCount = passed.length;
  control.length = others.length;
  return others.isTruncated ? -EINVAL : passed;
}

function put(core: Core, socket: Socket, message: ControlMessage, passed: number[], others: ControlWriter): SysResult {
  const { level, type, data } = message;
  if (level === SOL_SOCKET && type === SCM_RIGHTS) return putDescriptors(core, socket, decodeIntegers(data), passed);
  if (level === SOL_SOCKET && type === SCM_CREDENTIALS) return putCredentials(core, socket, message, others);
  const isSegment = level === IPPROTO_UDP && type === UDP_SEGMENT && data.length === 2;
  if (!isSegment || socket.domain === AF_UNIX || socket.type !== SOCK_DGRAM) return -EINVAL;
  others.put(message);
  return 0;
}

/** As scm_fp_copy in net/core/scm.c; sockets of other families ignore descriptors (net/core/sock.c, __sock_cmsg_send). */
function putDescriptors(core: Core, { domain }: Socket, fds: readonly number[], passed: number[]): SysResult {
  if (domain !== AF_UNIX) return 0;
  if (passed.length + fds.length > SCM_MAX_FD) return -EINVAL;
  // A look-up is not open here: it is nobody's but this program's.
  if (!fds.every((fd) => core.fds.hostFd(fd) >= 0)) return -EBADF;
  passed.push(...fds);
  return 0;
}

/** Only the truth: the host may have the privilege to tell something else, a guest has not. */
function putCredentials(core: Core, { domain }: Socket, message: ControlMessage, others: ControlWriter): SysResult {
  if (domain !== AF_UNIX) return 0;
  if (message.data.length !== SIZEOF_UCRED) return -EINVAL;
  const [pid = 0, uid = 0, gid = 0] = decodeIntegers(message.data);
  const refused = core.kernel.checkCredentials(pid, uid, gid);
  if (refused) return refused;
  others.put(message);
  return 0;
}
