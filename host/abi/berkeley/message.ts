import { type ControlMessage, decodeControl } from "../../core/control.js";
import { type Errno, isErrno, type SysResult } from "../../core/errno.js";
import { EINVAL, EMSGSIZE, ENOBUFS, MSG_CTRUNC, SIZEOF_SOCKADDR_STORAGE } from "../../core/linux.generated.js";
import { receiveMessage } from "../../core/receive-message.js";
import { sendMessage } from "../../core/send-message.js";
import type { AbiContext } from "../imports.js";
import { copyToSlot, type GuestMemory } from "../memory.js";

const SIZEOF_MSGHDR = 28;
const SIZEOF_IOVEC = 8;
/** UIO_MAXIOV */
const IOVECS_MAX = 1024;
/** net.core.optmem_max as the kernel sets it: more control data than this is ENOBUFS. */
const CONTROL_MAX = 131_072;

/** The fields of a msghdr, read once. */
interface Header {
  readonly name: number;
  readonly nameLength: number;
  readonly vector: number;
  readonly count: number;
  readonly control: number;
  readonly controlLength: number;
}

/**
 * `ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)`
 *
 * As sendto, from up to 1024 buffers (EMSGSIZE), with control data: SCM_RIGHTS with up to 253 descriptors, which
 * needs the right to pass them unless both ends are this program's own pair (EACCES); SCM_CREDENTIALS with the
 * program's own numbers (EPERM); UDP_SEGMENT. EINVAL for other control data, EBADF, ETOOMANYREFS: sendmsg(2), unix(7).
 */
export function sendmsg(context: AbiContext, fd: number, msg: number, flags: number): SysResult {
  const { core, memory } = context;
  const socket = core.fds.socket(fd);
  if (isErrno(socket)) return socket;
  const header = readHeader(memory, msg);
  if (isErrno(header)) return header;
  copyToSlot(memory, header.name, header.nameLength, core.kernel.address);
  const messages = readControl(memory, header);
  if (isErrno(messages)) return messages;
  return sendMessage(core, socket, core.fds.hostFd(fd), header.vector, header.count, flags, messages);
}

/**
 * `ssize_t recvmsg(int fd, struct msghdr *msg, int flags)`
 *
 * As recvfrom, into up to 1024 buffers (EMSGSIZE). `msg_namelen`, `msg_controllen` and `msg_flags` then tell what
 * there is: MSG_TRUNC, MSG_CTRUNC, MSG_EOR, MSG_OOB, MSG_ERRQUEUE. Received descriptors get the lowest free numbers;
 * those without room are closed, and so are all from outside without the right to pass them. recvmsg(2), unix(7).
 */
export function recvmsg(context: AbiContext, fd: number, msg: number, flags: number): SysResult {
  const { core, memory, control } = context;
  const socket = core.fds.socket(fd);
  if (isErrno(socket)) return socket;
  control.restart(memory.whole);
  const received = receiveMessage(core, socket, core.fds.hostFd(fd), msg, flags, control);
  if (!isErrno(received)) fillHeader(context, msg);
  return received;
}

/**
 * Reads and checks a msghdr in the order of Linux (net/socket.c, __copy_msghdr). For recvmsg the kernel side does that.
 *
 * ```text
 * struct msghdr
 *  0 u32 msg_name        0: none
 *  4 i32 msg_namelen     more than sizeof(struct sockaddr_storage) is as much
 *  8 u32 msg_iov         array of struct iovec
 * 12 u32 msg_iovlen
 * 16 u32 msg_control     array of struct cmsghdr, 0 for none
 * 20 u32 msg_controllen  bytes
 * 24 i32 msg_flags       written only
 * ```
 */
function readHeader(memory: GuestMemory, msg: number): Header | Errno {
  memory.reserve(msg, SIZEOF_MSGHDR);
  const name = memory.getUint32(msg);
  const nameLength = name === 0 ? 0 : memory.getInt32(msg + 4);
  if (nameLength < 0) return -EINVAL;
  const vector = memory.getUint32(msg + 8);
  const count = memory.getUint32(msg + 12);
  if (count > IOVECS_MAX) return -EMSGSIZE;
  memory.reserve(vector, count * SIZEOF_IOVEC);
  const control = memory.getUint32(msg + 16);
  return {
    name,
    nameLength: Math.min(nameLength, SIZEOF_SOCKADDR_STORAGE),
    vector,
    count,
    control,
    controlLength: control === 0 ? 0 : memory.getUint32(msg + 20),
  };
}

const NO_MESSAGES: readonly ControlMessage[] = [];

/** The control messages, in a copy that the guest cannot change any more. */
function readControl(memory: GuestMemory, { control, controlLength }: Header): readonly ControlMessage[] | Errno {
  if (controlLength === 0) return NO_MESSAGES;
  if (controlLength > CONTROL_MAX) return -ENOBUFS;
  return decodeControl(memory.copy(control, controlLength)) ?? -EINVAL;
}

/**
 * Tells what came beside the data, whose control messages are written already: in the order of Linux (net/socket.c,
 * ____sys_recvmsg), which a guest sees whose places overlap.
 */
function fillHeader({ core: { kernel }, memory, control }: AbiContext, msg: number): void {
  const { address, nameRoom, messageFlags } = kernel;
  if (nameRoom.pointer !== 0) {
    memory.write(nameRoom.pointer, address.bytes, Math.min(nameRoom.size, address.length, address.bytes.length));
    memory.setUint32(msg + 4, address.length);
  }
  memory.setUint32(msg + 24, control.isTruncated ? messageFlags | MSG_CTRUNC : messageFlags);
  memory.setUint32(msg + 20, control.length);
}
