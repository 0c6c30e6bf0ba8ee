import { type FileStatus, type Kernel, UNKNOWN_DESTINATION } from "../../host/core/kernel.js";
import {
  AF_INET,
  EBADF,
  EFAULT,
  EINVAL,
  ENOTCONN,
  ENOTSOCK,
  S_IFSOCK,
  SCM_MAX_FD,
  SIZEOF_SOCKADDR_IN,
} from "../../host/core/linux.generated.js";

/** The calls of a kernel that a test can script and look up. */
/** What of a kernel is no call. */
type Slot = "address" | "control" | "nameRoom" | "controlRoom" | "description" | "messageFlags";

export type KernelCall = Exclude<keyof Kernel, Slot | "attach">;

/** Results by call: the value, or a function that makes it of the call's arguments. */
export type Script = { readonly [Name in KernelCall]?: ReturnType<Kernel[Name]> | Kernel[Name] };

/** One call that reached the kernel, and the address in the slot at that moment. */
export interface RecordedCall {
  readonly name: KernelCall;
  readonly args: readonly unknown[];
  readonly address: Uint8Array;
}

/** A kernel that does nothing but remember what it was asked. */
export interface FakeKernel extends Kernel {
  messageFlags: number;
  readonly recorded: RecordedCall[];
  /** The arguments of each call so far, of one name or of all. */
  calls(name?: KernelCall): readonly unknown[][];
}

export const FIRST_HOST_FD = 100;

export const FAKE_STATUS: FileStatus = {
  dev: 1n,
  ino: 2n,
  mode: S_IFSOCK | 0o755,
  nlink: 3n,
  uid: 4,
  gid: 5,
  rdev: 6n,
  size: 7n,
  blksize: 8,
  blocks: 9n,
  atim: 10_000_000_001n,
  mtim: 20_000_000_002n,
  ctim: 30_000_000_003n,
};

/**
 * A kernel with scripted results. What the script does not name succeeds as
 * simply as it can: new descriptors count up from 100, sockets are bound to
 * 0.0.0.0:0 and connected to nobody. As the interface promises, a negative descriptor is EBADF
 * and a pointer outside memory EFAULT.
 */
export function fakeKernel(script: Script = {}): FakeKernel {
  const recorded: RecordedCall[] = [];
  const address = { bytes: new Uint8Array(128), length: 0 };
  const control = {
    descriptors: new Int32Array(SCM_MAX_FD),
    descriptorCount: 0,
    bytes: new Uint8Array(512),
    length: 0,
    tcpCount: 0,
  };
  const defaults = behaviors(address, control);
  const entry = (name: KernelCall): [string, unknown] => {
    const scripted = script[name];
    const act = typeof scripted === "function" ? scripted : scripted === undefined ? defaults[name] : () => scripted;
    const call = (...args: unknown[]): unknown => {
      recorded.push({ name, args, address: address.bytes.slice(0, address.length) });
      return OF_A_DESCRIPTOR.has(name) && (args[0] as number) < 0
        ? -EBADF
        : (act as (...args: unknown[]) => unknown)(...args);
    };
    return [name, call];
  };
  return {
    ...(Object.fromEntries((Object.keys(defaults) as KernelCall[]).map(entry)) as unknown as Kernel),
    address,
    control,
    description: new Int32Array(3),
    nameRoom: { pointer: 0, size: 0 },
    controlRoom: { pointer: 0, size: 0 },
    attach: (memory) => defaults.attach(memory),
    messageFlags: 0,
    recorded,
    calls: (name) => recorded.filter((call) => name === undefined || call.name === name).map(({ args }) => [...args]),
  };
}

const OF_A_DESCRIPTOR: ReadonlySet<KernelCall> = new Set([
  ...(["bind", "bindAt", "listen", "accept4", "connect", "connectFile", "shutdown"] as const),
  ...(["getsockname", "getpeername", "getsockopt", "setsockopt"] as const),
  ...(["read", "write", "readv", "writev", "recv", "send", "recvfrom", "sendto", "sendtoAllowed"] as const),
  ...(["recvv", "sendv"] as const),
  ...(["epollCtl", "epollWait"] as const),
  ...(["close", "release", "dup", "available", "getStatusFlags", "setStatusFlags", "pathOf", "fstat"] as const),
  ...(["sendmsg", "recvmsg", "preadv", "pwritev", "setTimes"] as const),
  ...(["truncate", "allocate", "advise", "sync", "datasync", "readEntries"] as const),
]);

function behaviors(address: Kernel["address"], control: Kernel["control"]): Omit<Kernel, Slot> {
  let next = FIRST_HOST_FD;
  let memory: WebAssembly.Memory | undefined;
  const open = (): number => next++;
  const succeed = (): number => 0;
  const check = (pointer: number, size: number, result: number): number =>
    (pointer >>> 0) + (size >>> 0) > (memory?.buffer.byteLength ?? 0) ? -EFAULT : result;
  const receive = (_: number, pointer: number, count: number): number => check(pointer, count, 0);
  const send = (_: number, pointer: number, count: number): number => check(pointer, count, count);
  const vector = (_: number, pointer: number, count: number): number => check(pointer, count * 8, 0);
  const name = (): number => {
    address.bytes.fill(0);
    address.bytes[0] = AF_INET;
    address.length = SIZEOF_SOCKADDR_IN;
    return 0;
  };
  const allowed = new Set<string>();
  const spell = (generation: number, bytes: Uint8Array): string => `${generation} ${bytes}`;
  const inSlot = (generation: number): string => spell(generation, address.bytes.subarray(0, address.length));
  const pair = (): number => {
    control.descriptors.set([open(), open()]);
    return 0;
  };
  return {
    attach: (attached) => {
      memory = attached;
    },
    socket: open,
    describe: () => -ENOTSOCK,
    socketpair: pair,
    pipe2: pair,
    checkCredentials: succeed,
    accept4: () => {
      name();
      return open();
    },
    dup: open,
    epollCreate: open,
    epollCtl: (_, __, ___, pointer) => check(pointer, 16, 0),
    epollWait: (_, pointer, count) => check(pointer, count * 16, 0),
    openPath: open,
    openBeneath: open,
    openFile: open,
    createAt: open,
    readlink: () => new Uint8Array(0),
    ...{ bind: succeed, bindAt: succeed, listen: succeed, connect: succeed, connectFile: succeed, shutdown: succeed },
    ...{
      close: succeed,
      release: succeed,
      available: succeed,
      getStatusFlags: succeed,
      setStatusFlags: succeed,
      poll: succeed,
      ...{ mkdirat: succeed, unlinkat: succeed, symlinkat: succeed, renameat: succeed, linkat: succeed },
      ...{ setTimes: succeed, truncate: succeed, allocate: succeed, advise: succeed, sync: succeed, datasync: succeed },
    },
    ...{ read: receive, recv: receive, write: send, send, sendto: send },
    recvfrom: (_, pointer, count, __, at, length) => {
      if (check(pointer, count, 0) !== 0) return -EFAULT;
      if (at === 0 || memory === undefined) return 0;
      if (length === 0 || check(length, 4, 0) !== 0) return -EFAULT;
      const room = new DataView(memory.buffer).getInt32(length, true);
      return room < 0 ? -EINVAL : check(at, Math.min(room, 128), 0);
    },
    sendtoAllowed: (hostFd, pointer, count, _, at, length, generation) => {
      if (check(at, length, 0) !== 0 || memory === undefined) return UNKNOWN_DESTINATION;
      const bytes = new Uint8Array(memory.buffer, at, length);
      return allowed.has(spell(generation, bytes)) ? send(hostFd, pointer, count) : UNKNOWN_DESTINATION;
    },
    allowDestination: (generation) => {
      allowed.add(inSlot(generation));
      return 0;
    },
    allowsDestination: (generation) => Number(allowed.has(inSlot(generation))),
    ...{ readv: vector, writev: vector, recvv: vector, sendv: vector, sendmsg: vector },
    ...{ preadv: vector, pwritev: vector, seek: () => 0n, readEntries: () => [] },
    recvmsg: (_, pointer) => {
      control.descriptorCount = 0;
      control.length = 0;
      address.length = 0;
      return check(pointer, 28, 0);
    },
    getsockname: name,
    getpeername: () => -ENOTCONN,
    getsockopt: (_, __, ___, value) => Math.min(4, value.fill(0).length),
    setsockopt: succeed,
    originOf: () => "medium",
    pathOf: () => new TextEncoder().encode("/"),
    startGetaddrinfo: open,
    finishGetaddrinfo: () => [],
    timerfdCreate: open,
    timerfdSettime: succeed,
    fstat: () => FAKE_STATUS,
    fstatat: () => FAKE_STATUS,
    clockGettime: (_, pointer) => check(pointer, 8, 0),
    clockGetres: (_, pointer) => check(pointer, 8, 0),
    getrandom: (pointer, count) => check(pointer, count, 0),
  };
}
