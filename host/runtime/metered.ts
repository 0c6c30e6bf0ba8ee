import type { SysResult } from "../core/errno.js";
import { type FileStatus, type Kernel, UNKNOWN_DESTINATION } from "../core/kernel.js";
import { MSG_PEEK, S_IFMT, S_IFSOCK } from "../core/linux.generated.js";
import { clippedVector, vectorSize } from "./iovecs.js";
import { overridden } from "./overridden.js";
import type { WrapKernel } from "./run-guest.js";
import { stop } from "./stop.js";

/** How many bytes may go where; null for any number. */
export interface Allowance {
  /** Written to standard output and error, by whatever descriptor. */
  readonly output: number | null;
  /** Sent and received through sockets that are no standard stream. */
  readonly traffic: number | null;
}

/** Ends the guest in the call that would pass what it is allowed. Loaded only for those with such a limit. */
export function metered(allowance: Allowance): WrapKernel {
  return (kernel) => meteredKernel(kernel, allowance);
}

function meteredKernel(kernel: Kernel, allowance: Allowance): Kernel {
  const meters = new Meters(kernel, allowance);
  let memory: WebAssembly.Memory | null = null;
  const drop = (): void => closeReceived(kernel);
  const sizeOf = (pointer: number, count: number): number => vectorSize(memory, pointer, count);
  const clip = (pointer: number, count: number, most: number, call: (count: number) => SysResult): SysResult =>
    clippedVector(memory, pointer, count, most, call);
  return overridden(kernel, {
    attach: (attached) => {
      memory = attached;
      kernel.attach(attached);
    },
    write: (fd, at, count) => meters.send("write", fd, count >>> 0, (most) => kernel.write(fd, at, most)),
    send: (fd, at, count, flags) => meters.send("send", fd, count >>> 0, (most) => kernel.send(fd, at, most, flags)),
    sendto: (fd, at, count, flags) =>
      meters.send("sendto", fd, count >>> 0, (most) => kernel.sendto(fd, at, most, flags)),
    // Whether it may be sent is asked before whether there is as much left to send.
    sendtoAllowed: () => UNKNOWN_DESTINATION,
    writev: (fd, at, count) =>
      meters.send("writev", fd, sizeOf(at, count), (most) => clip(at, count, most, (n) => kernel.writev(fd, at, n))),
    sendv: (fd, at, count, flags) =>
      meters.send("sendmsg", fd, sizeOf(at, count), (most) =>
        clip(at, count, most, (n) => kernel.sendv(fd, at, n, flags)),
      ),
    sendmsg: (fd, at, count, flags) =>
      meters.send("sendmsg", fd, sizeOf(at, count), (most) =>
        clip(at, count, most, (n) => kernel.sendmsg(fd, at, n, flags)),
      ),
    pwritev: (fd, at, count, offset) =>
      meters.send("pwritev", fd, sizeOf(at, count), (most) =>
        clip(at, count, most, (n) => kernel.pwritev(fd, at, n, offset)),
      ),
    allocate: (fd, offset, size) => meters.allocate(fd, size, () => kernel.allocate(fd, offset, size)),
    read: (fd, at, count) => meters.received("read", fd, kernel.read(fd, at, count), 0),
    readv: (fd, at, count) => meters.received("readv", fd, kernel.readv(fd, at, count), 0),
    recv: (fd, at, count, flags) => meters.received("recv", fd, kernel.recv(fd, at, count, flags), flags),
    recvfrom: (fd, at, count, flags, address, length) =>
      meters.received("recvfrom", fd, kernel.recvfrom(fd, at, count, flags, address, length), flags),
    recvv: (fd, at, count, flags) => meters.received("recvmsg", fd, kernel.recvv(fd, at, count, flags), flags),
    recvmsg: (fd, at, flags, asks) => meters.received("recvmsg", fd, kernel.recvmsg(fd, at, flags, asks), flags, drop),
    close: (fd) => {
      meters.forget(fd);
      return kernel.close(fd);
    },
    release: (fd) => {
      meters.forget(fd);
      return kernel.release(fd);
    },
  });
}

/** Of a message that no guest gets any more. */
function closeReceived({ control, close }: Kernel): void {
  for (const hostFd of control.descriptors.subarray(0, control.descriptorCount)) close(hostFd);
  control.descriptorCount = 0;
}

/** One limit, and what has been used of it. */
class Meter {
  #used = 0;

  constructor(
    readonly reason: "output" | "traffic",
    readonly limit: number,
  ) {}

  get left(): number {
    return this.limit - this.#used;
  }

  /** Takes what a call has moved; what it answers. */
  count(result: SysResult): SysResult {
    if (result > 0) this.#used += result;
    return result;
  }

  stop(name: string, hostFd: number): never {
    return stop(this.reason, { name, hostFds: [hostFd] });
  }
}

/** Which meter each of the kernel's descriptors has. */
class Meters {
  readonly #kernel: Kernel;
  readonly #output: Meter | null;
  readonly #traffic: Meter | null;
  readonly #standard: readonly (FileStatus | null)[];
  /** By descriptor; undefined for one that has not been looked at. */
  readonly #known: (Meter | null | undefined)[] = [];

  constructor(kernel: Kernel, { output, traffic }: Allowance) {
    this.#kernel = kernel;
    this.#output = output === null ? null : new Meter("output", output);
    this.#traffic = traffic === null ? null : new Meter("traffic", traffic);
    this.#standard = [0, 1, 2].map((hostFd) => this.#statusOf(hostFd));
  }

  /**
   * Makes a call that wants to move `size` bytes out of the guest.
   *
   * To an output as many are written as there are left; what is sent is sent whole or not at all.
   */
  send(name: string, hostFd: number, size: number, call: (most: number) => SysResult): SysResult {
    const meter = this.#meterOf(hostFd);
    if (meter === null) return call(size);
    const { left } = meter;
    if (size <= left) return meter.count(call(size));
    if (meter !== this.#output || left === 0) return meter.stop(name, hostFd);
    const result = meter.count(call(left));
    return meter.left > 0 ? result : meter.stop(name, hostFd);
  }

  /** What a call has received counts, unless it is there to be received again. `drop` is called before the guest ends. */
  received(name: string, hostFd: number, result: SysResult, flags: number, drop?: () => void): SysResult {
    if (result <= 0 || this.#traffic === null || (flags & MSG_PEEK) !== 0) return result;
    if (this.#meterOf(hostFd) !== this.#traffic) return result;
    this.#traffic.count(result);
    if (this.#traffic.left >= 0) return result;
    drop?.();
    return this.#traffic.stop(name, hostFd);
  }

  /** Room in the file of an output is as good as written. */
  allocate(hostFd: number, size: bigint, call: () => SysResult): SysResult {
    const meter = this.#meterOf(hostFd);
    if (meter === null) return call();
    if (size > BigInt(meter.left)) return meter.stop("fallocate", hostFd);
    const result = call();
    if (result === 0) meter.count(Number(size));
    return result;
  }

  /** The number may be another's from now on. */
  forget(hostFd: number): void {
    if (hostFd >= 0) this.#known[hostFd] = undefined;
  }

  #meterOf(hostFd: number): Meter | null {
    if (hostFd < 0) return null;
    let meter = this.#known[hostFd];
    if (meter === undefined) {
      meter = this.#classify(hostFd);
      this.#known[hostFd] = meter;
    }
    return meter;
  }

  /** A duplicate, and what came back in a message, is the same file. */
  #classify(hostFd: number): Meter | null {
    const status = this.#statusOf(hostFd);
    if (status === null) return null;
    const stream = this.#standard.findLastIndex((other) => other?.dev === status.dev && other.ino === status.ino);
    if (stream > 0) return this.#output;
    return stream < 0 && (status.mode & S_IFMT) === S_IFSOCK ? this.#traffic : null;
  }

  #statusOf(hostFd: number): FileStatus | null {
    const status = this.#kernel.fstat(hostFd);
    return typeof status === "number" ? null : status;
  }
}
