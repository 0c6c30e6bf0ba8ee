import type { AddressSlot, ControlSlot, Kernel } from "../core/kernel.js";
import { SCM_MAX_FD } from "../core/linux.generated.js";
import { loadAddon, type NativeContext } from "./addon.js";
import { fileStatus, STATUS_FIELDS } from "./file-status.js";
import { systemAddresses } from "./system-addresses.js";

// struct mailbox (host/native/kernel.h)
//   0    u8[128]  address
//   128  u32      address_length
//   132  i32      message_flags
//   136  i32[4]   arguments
//   152  i32      result
//   156  u32      descriptor_count
//   160  i32[253] descriptors
//   1172 u32      control_length
//   1176 u8[512]  control
const MAILBOX_SIZE = 1688;
const ADDRESS_SIZE = 128;
const MESSAGE_FLAGS = 132;
const ARGUMENTS = 136;
// Of the numbers from ARGUMENTS on.
const RESULT = 4;
const DESCRIPTOR_COUNT = 156;
const CONTROL_LENGTH = 1172;
const CONTROL_SIZE = 512;

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
  | "sendv"
  | "epollCtl"
  | "epollWait"
  | "sendmsg"
  | "recvmsg"
  | "clockGettime"
  | "clockGetres"
  | "getrandom"
>;
type PathCalls = Pick<Kernel, "pathOf" | "readlink" | "fstat" | "fstatat">;

/**
 * Opens the kernel for one guest, on the thread that runs it.
 *
 * @param cancelFd from `createCancel`, or -1 for a guest that cannot be cancelled
 */
export function openKernel(cancelFd: number): Kernel {
  const mailbox = new ArrayBuffer(MAILBOX_SIZE);
  const native = loadAddon().openContext(new Uint8Array(mailbox), cancelFd);
  const messageFlags = new Int32Array(mailbox, MESSAGE_FLAGS, 1);
  return {
    ...native,
    ...memoryCalls(native, new Int32Array(mailbox, ARGUMENTS, RESULT + 1)),
    ...pathCalls(native),
    getaddrinfo: (name, family) => systemAddresses(native, name, family),
    address: addressSlot(mailbox),
    control: controlSlot(mailbox),
    get messageFlags() {
      return messageFlags[0] ?? 0;
    },
  };
}

function addressSlot(mailbox: ArrayBuffer): AddressSlot {
  const length = new Uint32Array(mailbox, ADDRESS_SIZE, 1);
  return {
    bytes: new Uint8Array(mailbox, 0, ADDRESS_SIZE),
    get length() {
      return length[0] ?? 0;
    },
    set length(value) {
      length[0] = value;
    },
  };
}

function controlSlot(mailbox: ArrayBuffer): ControlSlot {
  const count = new Uint32Array(mailbox, DESCRIPTOR_COUNT, 1);
  const length = new Uint32Array(mailbox, CONTROL_LENGTH, 1);
  return {
    descriptors: new Int32Array(mailbox, DESCRIPTOR_COUNT + 4, SCM_MAX_FD),
    bytes: new Uint8Array(mailbox, CONTROL_LENGTH + 4, CONTROL_SIZE),
    get descriptorCount() {
      return count[0] ?? 0;
    },
    set descriptorCount(value) {
      count[0] = value;
    },
    get length() {
      return length[0] ?? 0;
    },
    set length(value) {
      length[0] = value;
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
  const { epollCtl, epollWait } = native;
  const { read, write, readv, writev, recv, recvfrom, recvv, send, sendto, sendv, sendmsg, recvmsg } = native;
  const { clockGettime, clockGetres, getrandom } = native;
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
    recvfrom: (hostFd, pointer, count, flags) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
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
    recvmsg: (hostFd, pointer, count, flags) => {
      if (bytes.length === 0) refresh();
      numbers[0] = hostFd;
      numbers[1] = pointer;
      numbers[2] = count;
      numbers[3] = flags;
      recvmsg();
      return numbers[RESULT] as number;
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

function pathCalls(native: NativeContext): PathCalls {
  const fields = new BigUint64Array(STATUS_FIELDS);
  const path = new Uint8Array(PATH_SIZE);
  return {
    pathOf: (hostFd) => {
      const length = native.pathOf(hostFd, path);
      return length < 0 ? length : path.slice(0, length);
    },
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
  };
}
