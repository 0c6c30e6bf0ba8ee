import type { Kernel } from "../core/kernel.js";
import { loadAddon, type NativeContext } from "./addon.js";
import { directoryEntries, ENTRIES_SIZE } from "./directory-entries.js";
import { fileOrigin } from "./file-origin.js";
import { fileStatus, STATUS_FIELDS } from "./file-status.js";
import { Mailbox, RESULT } from "./mailbox.js";
import { systemAddresses } from "./system-addresses.js";

/** PATH_MAX */
const PATH_SIZE = 4096;

type MemoryCalls = Pick<
  Kernel,
  | "attach"
  | "read"
  | "write"
  | "readv"
  | "writev"
  | "recv"
  | "recvfrom"
  | "recvv"
  | "send"
  | "sendto"
  | "sendtoAllowed"
  | "sendv"
  | "epollCtl"
  | "epollWait"
  | "sendmsg"
  | "recvmsg"
  | "preadv"
  | "pwritev"
  | "clockGettime"
  | "clockGetres"
  | "getrandom"
>;
type MailboxCalls = Pick<Kernel, "accept4" | "describe" | "close" | "allowDestination" | "allowsDestination">;
type PathCalls = Pick<Kernel, "pathOf" | "originOf" | "readlink" | "fstat" | "fstatat" | "readEntries">;

/**
 * Opens the kernel for one guest, on the thread that runs it.
 *
 * @param cancelFd from `createCancel`, or -1 for a guest that cannot be cancelled
 */
export function openKernel(cancelFd: number): Kernel {
  const mailbox = new Mailbox();
  const native = loadAddon().openContext(mailbox.bytes, cancelFd);
  return {
    ...native,
    ...memoryCalls(native, mailbox.numbers),
    ...mailboxCalls(native, mailbox.numbers),
    ...pathCalls(native),
    finishGetaddrinfo: (hostFd) => systemAddresses(native, hostFd),
    address: mailbox.address,
    control: mailbox.control,
    nameRoom: mailbox.nameRoom,
    controlRoom: mailbox.controlRoom,
    description: mailbox.numbers,
    get messageFlags() {
      return mailbox.messageFlags;
    },
  };
}

/**
 * The calls that touch linear memory.
 *
 * Growing the memory detaches `bytes` and may move the memory, so each call
 * asks first. They are arrow functions with fixed parameters because that is
 * what V8 calls fastest from WebAssembly, faster than the addon's own.
 */
function memoryCalls(native: NativeContext, numbers: Int32Array): MemoryCalls {
  const { epollCtl, epollWait, sendmsg, recvmsg } = native;
  const { read, write, readv, writev, recv, recvfrom, recvv, send, sendto, sendtoAllowed, sendv } = native;
  const { preadv, pwritev, clockGettime, clockGetres, getrandom } = native;
  let memory: WebAssembly.Memory | undefined;
  let bytes = new Uint8Array(0);

  function refresh(): void {
    if (memory === undefined) return;
    bytes = new Uint8Array(memory.buffer);
    native.attach(bytes);
  }

  return {
    attach: (attached) => {
      memory = attached;
      refresh();
    },
    read: (hostFd, pointer, count) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      read();
      return numbers[RESULT] as number;
    },
    write: (hostFd, pointer, count) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      write();
      return numbers[RESULT] as number;
    },
    readv: (hostFd, pointer, count) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      readv();
      return numbers[RESULT] as number;
    },
    writev: (hostFd, pointer, count) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      writev();
      return numbers[RESULT] as number;
    },
    recv: (hostFd, pointer, count, flags) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      recv();
      return numbers[RESULT] as number;
    },
    recvfrom: (hostFd, pointer, count, flags, address, length) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      numbers[4] = address;
      numbers[5] = length;
      recvfrom();
      return numbers[RESULT] as number;
    },
    recvv: (hostFd, pointer, count, flags) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      recvv();
      return numbers[RESULT] as number;
    },
    send: (hostFd, pointer, count, flags) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      send();
      return numbers[RESULT] as number;
    },
    sendto: (hostFd, pointer, count, flags) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      sendto();
      return numbers[RESULT] as number;
    },
    sendtoAllowed: (hostFd, pointer, count, flags, address, length, generation) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      numbers[4] = address;
      numbers[5] = length;
      numbers[6] = generation;
      sendtoAllowed();
      return numbers[RESULT] as number;
    },
    sendv: (hostFd, pointer, count, flags) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      sendv();
      return numbers[RESULT] as number;
    },
    epollCtl: (epollFd, operation, hostFd, pointer) => {
      if (bytes.length === 0) refresh();
      numbers[0] = epollFd;
      numbers[1] = pointer;
      numbers[2] = hostFd;
      numbers[3] = operation;
      epollCtl();
      return numbers[RESULT] as number;
    },
    epollWait: (epollFd, pointer, count, timeout) => {
      if (bytes.length === 0) refresh();
      numbers[0] = epollFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = timeout;
      epollWait();
      return numbers[RESULT] as number;
    },
    sendmsg: (hostFd, pointer, count, flags) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      sendmsg();
      return numbers[RESULT] as number;
    },
    recvmsg: (hostFd, pointer, flags, asks) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = flags;
      numbers[3] = asks ? 1 : 0;
      recvmsg();
      return numbers[RESULT] as number;
    },
    preadv: (hostFd, pointer, count, offset) => {
      if (bytes.length === 0) refresh();
      return preadv(hostFd, pointer, count, offset);
    },
    pwritev: (hostFd, pointer, count, offset) => {
      if (bytes.length === 0) refresh();
      return pwritev(hostFd, pointer, count, offset);
    },
    clockGettime: (clock, pointer) => {
      if (bytes.length === 0) refresh();
      return clockGettime(clock, pointer);
    },
    clockGetres: (clock, pointer) => {
      if (bytes.length === 0) refresh();
      return clockGetres(clock, pointer);
    },
    getrandom: (pointer, count) => {
      if (bytes.length === 0) refresh();
      return getrandom(pointer, count);
    },
  };
}

/** Calls that are often made, too: as fast as those above, and without linear memory. */
function mailboxCalls(native: NativeContext, numbers: Int32Array): MailboxCalls {
  const { accept4, describe, close, allowDestination, allowsDestination } = native;
  return {
    accept4: (hostFd, flags) => {
      numbers[0] = hostFd;
      numbers[1] = flags;
      accept4();
      return numbers[RESULT] as number;
    },
    describe: (hostFd) => {
      numbers[0] = hostFd;
      describe();
      return numbers[RESULT] as number;
    },
    close: (hostFd) => {
      numbers[0] = hostFd;
      close();
      return numbers[RESULT] as number;
    },
    allowDestination: (generation) => {
      numbers[0] = generation;
      allowDestination();
      return numbers[RESULT] as number;
    },
    allowsDestination: (generation) => {
      numbers[0] = generation;
      allowsDestination();
      return numbers[RESULT] as number;
    },
  };
}

function pathCalls(native: NativeContext): PathCalls {
  const fields = new BigUint64Array(STATUS_FIELDS);
  const path = new Uint8Array(PATH_SIZE);
  return {
    pathOf: (hostFd) => {
      const length = native.pathOf(hostFd, path);
      return length < 0 ? length : path.slice(0, length);
    },
    originOf: (hostFd) => fileOrigin(native.originOf(hostFd)),
    readlink: (linkFd) => {
      const length = native.readlink(linkFd, path);
      return length < 0 ? length : path.slice(0, length);
    },
    fstat: (hostFd) => {
      const result = native.fstat(hostFd, fields);
      return result < 0 ? result : fileStatus(fields);
    },
    fstatat: (directoryFd, name) => {
      const result = native.fstatat(directoryFd, name, fields);
      return result < 0 ? result : fileStatus(fields);
    },
    readEntries: (directoryFd, cookie) => {
      const entries = new Uint8Array(ENTRIES_SIZE);
      const filled = native.readEntries(directoryFd, cookie, entries);
      return filled < 0 ? filled : directoryEntries(entries.subarray(0, filled));
    },
  };
}
