import type { Errno } from "./errno.js";
import { EBADF, EMFILE, ENOTSOCK } from "./linux.generated.js";
import type { Socket } from "./socket.js";

const FREE = -1;

/**
 * The guest's descriptors: its small numbers on one side, the kernel's on the other.
 *
 * One table serves every ABI. A new descriptor gets the lowest free number, as
 * POSIX promises. Standard input, output and error are entries 0, 1 and 2; they
 * belong to the host process, so closing them here leaves the host's open.
 */
export class FdTable {
  #hostFds = new Int32Array(64).fill(FREE);
  readonly #sockets: (Socket | undefined)[] = [];
  readonly #borrowed = new Set<number>();
  readonly #closeOnExec = new Set<number>();
  #lowestFree = 0;

  /** `limit` is the guest's RLIMIT_NOFILE: numbers stay below it. */
  constructor(readonly limit = 1 << 20) {}

  /** The kernel's descriptor behind `fd`, or -1, which every system call answers with EBADF. */
  hostFd(fd: number): number {
    const hostFds = this.#hostFds;
    return fd >= 0 && fd < hostFds.length ? (hostFds[fd] ?? FREE) : FREE;
  }

  isOpen(fd: number): boolean {
    return this.hostFd(fd) !== FREE;
  }

  /** The socket behind `fd`, or `-EBADF`, or `-ENOTSOCK`. */
  socket(fd: number): Socket | Errno {
    if (!this.isOpen(fd)) return -EBADF;
    return this.#sockets[fd] ?? -ENOTSOCK;
  }

  /** Whether there is room for one more descriptor: asked before the kernel makes it. */
  get isFull(): boolean {
    return this.#firstFree(this.#lowestFree) >= this.limit;
  }

  /** Enters `hostFd` under the lowest free number >= `atLeast`, or answers `-EMFILE` and owns nothing. */
  add(hostFd: number, socket: Socket | undefined, closeOnExec: boolean, atLeast = 0): number | Errno {
    const fd = this.#firstFree(Math.max(atLeast, this.#lowestFree));
    if (fd >= this.limit) return -EMFILE;
    if (fd >= this.#hostFds.length) this.#grow(fd);
    this.#hostFds[fd] = hostFd;
    this.#sockets[fd] = socket;
    if (closeOnExec) this.#closeOnExec.add(fd);
    if (fd === this.#lowestFree) this.#lowestFree = fd + 1;
    return fd;
  }

  /** Enters one of the host's own descriptors, which `remove` then does not hand out for closing. */
  addBorrowed(hostFd: number, socket?: Socket): number | Errno {
    const fd = this.add(hostFd, socket, false);
    if (fd >= 0) this.#borrowed.add(fd);
    return fd;
  }

  /** Whether `fd` is one of the host's own descriptors. */
  isBorrowed(fd: number): boolean {
    return this.#borrowed.has(fd);
  }

  /** Frees the number `fd`; answers the kernel's descriptor to close, null if that is the host's own, or `-EBADF`. */
  remove(fd: number): number | null | Errno {
    const hostFd = this.hostFd(fd);
    if (hostFd === FREE) return -EBADF;
    this.#hostFds[fd] = FREE;
    this.#sockets[fd] = undefined;
    this.#closeOnExec.delete(fd);
    if (fd < this.#lowestFree) this.#lowestFree = fd;
    return this.#borrowed.delete(fd) ? null : hostFd;
  }

  closeOnExec(fd: number): boolean {
    return this.#closeOnExec.has(fd);
  }

  setCloseOnExec(fd: number, on: boolean): void {
    if (on) this.#closeOnExec.add(fd);
    else this.#closeOnExec.delete(fd);
  }

  /** The open descriptors from `first` up. */
  openFrom(first: number): number[] {
    return Array.from(this.#hostFds.keys()).filter((fd) => fd >= first && this.isOpen(fd));
  }

  #firstFree(from: number): number {
    let fd = from;
    while (fd < this.#hostFds.length && this.#hostFds[fd] !== FREE) fd++;
    return fd;
  }

  #grow(fd: number): void {
    const larger = new Int32Array(Math.max(fd + 1, this.#hostFds.length * 2)).fill(FREE);
    larger.set(this.#hostFds);
    this.#hostFds = larger;
  }
}
