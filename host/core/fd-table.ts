import type { Errno } from "./errno.js";
import { EBADF, EINVAL, EMFILE, ENOTSOCK } from "./linux.generated.js";
import type { OpenFile } from "./open-file.js";
import type { Lookup } from "./resolver/lookup.js";
import type { Socket } from "./socket.js";

const FREE = -1;
/** Of a look-up: not AT_FDCWD, nor any other number that means something to the kernel. */
const HELD = -2;
const LOOKUPS_MAX = 1024;

/** What a table notes of a number. */
const BORROWED = 1;
const CLOSE_ON_EXEC = 2;

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
  readonly #files: (OpenFile | undefined)[] = [];
  readonly #lookups = new Map<number, Lookup>();
  /** BORROWED and CLOSE_ON_EXEC, as long as `#hostFds`. */
  #flags = new Uint8Array(64);
  #lowestFree = 0;

  readonly #lookupsMax: number;
  readonly #onFull: () => void;

  /**
   * `limit` is the guest's RLIMIT_NOFILE: numbers stay below it. `onFull` is told each time that this is why there is
   * no room for a descriptor.
   */
  constructor(
    readonly limit = 1 << 20,
    lookupsMax = LOOKUPS_MAX,
    onFull: () => void = () => {},
  ) {
    this.#lookupsMax = lookupsMax;
    this.#onFull = onFull;
  }

  /**
   * The kernel's descriptor behind `fd`, or a negative number, which every system call answers with EBADF: for what is
   * not open, and for a look-up, which can only be waited for.
   */
  hostFd(fd: number): number {
    const hostFds = this.#hostFds;
    return fd >= 0 && fd < hostFds.length ? (hostFds[fd] ?? FREE) : FREE;
  }

  /** The same to wait for: that of a look-up, too. */
  waitFd(fd: number): number {
    const hostFd = this.hostFd(fd);
    return hostFd === HELD ? (this.#lookups.get(fd)?.hostFd ?? FREE) : hostFd;
  }

  isOpen(fd: number): boolean {
    return this.hostFd(fd) !== FREE;
  }

  /** The socket behind `fd`, or `-EBADF`, or `-ENOTSOCK`. */
  socket(fd: number): Socket | Errno {
    if (!this.isOpen(fd)) return -EBADF;
    return this.#sockets[fd] ?? -ENOTSOCK;
  }

  /** What is remembered of the file behind `fd`, if anything is. */
  file(fd: number): OpenFile | undefined {
    return fd >= 0 ? this.#files[fd] : undefined;
  }

  /** Remembers something of the open descriptor `fd`, as long as it is open. */
  setFile(fd: number, file: OpenFile | undefined): void {
    this.#files[fd] = file;
  }

  /** Whether there is room for one more descriptor: asked before the kernel makes it. */
  get isFull(): boolean {
    return this.#isBeyond(this.#firstFree(this.#lowestFree));
  }

  /** Enters `hostFd` under the lowest free number >= `atLeast`, or answers `-EMFILE` and owns nothing. */
  add(hostFd: number, socket: Socket | undefined, closeOnExec: boolean, atLeast = 0): number | Errno {
    const fd = this.#firstFree(Math.max(atLeast, this.#lowestFree));
    if (this.#isBeyond(fd)) return -EMFILE;
    if (fd >= this.#hostFds.length) this.#grow(fd);
    this.#hostFds[fd] = hostFd;
    this.#sockets[fd] = socket;
    this.#flags[fd] = closeOnExec ? CLOSE_ON_EXEC : 0;
    if (fd === this.#lowestFree) this.#lowestFree = fd + 1;
    return fd;
  }

  /** Enters one of the host's own descriptors, which `remove` then does not hand out for closing. */
  addBorrowed(hostFd: number, socket?: Socket): number | Errno {
    const fd = this.add(hostFd, socket, false);
    if (fd >= 0) this.#flags[fd] = BORROWED;
    return fd;
  }

  /** Enters a look-up under the lowest free number, or answers `-EMFILE` and owns nothing. */
  addLookup(lookup: Lookup): number | Errno {
    const fd = this.add(HELD, undefined, false);
    if (fd >= 0) this.#lookups.set(fd, lookup);
    return fd;
  }

  /** The look-up behind `fd`, `-EBADF`, or `-EINVAL` if it is none. */
  lookup(fd: number): Lookup | Errno {
    return this.#lookups.get(fd) ?? (this.isOpen(fd) ? -EINVAL : -EBADF);
  }

  /** Whether there are as many look-ups as one guest may have: each holds several of the host's descriptors. */
  get isFullOfLookups(): boolean {
    return this.#lookups.size >= this.#lookupsMax || this.isFull;
  }

  /** Whether `fd` is one of the host's own descriptors. */
  isBorrowed(fd: number): boolean {
    return this.#has(fd, BORROWED);
  }

  /**
   * Frees the number `fd`; answers the kernel's descriptor to close, or `-EBADF`. Null if there is none to close: that
   * of the host's own stays open, and a look-up is closed here.
   */
  remove(fd: number): number | null | Errno {
    const hostFd = this.hostFd(fd);
    if (hostFd === FREE) return -EBADF;
    const isBorrowed = this.isBorrowed(fd);
    this.#hostFds[fd] = FREE;
    this.#sockets[fd] = undefined;
    this.#files[fd] = undefined;
    this.#flags[fd] = 0;
    if (fd < this.#lowestFree) this.#lowestFree = fd;
    if (hostFd !== HELD) return isBorrowed ? null : hostFd;
    this.#lookups.get(fd)?.close();
    this.#lookups.delete(fd);
    return null;
  }

  /** Gives the open descriptor `from` the free number `to`. */
  move(from: number, to: number): void {
    const [hostFd, socket, file] = [this.hostFd(from), this.#sockets[from], this.#files[from]];
    const [flags, lookup] = [this.#flags[from] ?? 0, this.#lookups.get(from)];
    // It goes on under its new number.
    this.#lookups.delete(from);
    this.remove(from);
    this.add(hostFd, socket, false, to);
    this.setFile(to, file);
    this.#flags[to] = flags;
    if (lookup !== undefined) this.#lookups.set(to, lookup);
  }

  closeOnExec(fd: number): boolean {
    return this.#has(fd, CLOSE_ON_EXEC);
  }

  /** Of an open descriptor. */
  setCloseOnExec(fd: number, on: boolean): void {
    const others = (this.#flags[fd] ?? 0) & ~CLOSE_ON_EXEC;
    this.#flags[fd] = on ? others | CLOSE_ON_EXEC : others;
  }

  /** The open descriptors from `first` up. */
  openFrom(first: number): number[] {
    return Array.from(this.#hostFds.keys()).filter((fd) => fd >= first && this.isOpen(fd));
  }

  /** The guest's number of one of the kernel's descriptors, or null if it has none. */
  numberOf(hostFd: number): number | null {
    return this.openFrom(0).find((fd) => this.waitFd(fd) === hostFd) ?? null;
  }

  #isBeyond(fd: number): boolean {
    if (fd < this.limit) return false;
    this.#onFull();
    return true;
  }

  #has(fd: number, flag: number): boolean {
    return ((this.#flags[fd] ?? 0) & flag) !== 0;
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
    const flags = new Uint8Array(larger.length);
    flags.set(this.#flags);
    this.#flags = flags;
  }
}
