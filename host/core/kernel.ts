import type { SysResult } from "./errno.js";
import type { FileOrigin } from "./permissions/question.js";

/**
 * One socket address on its way to or from the kernel.
 *
 * Calls that take an address read `bytes[0, length)`; calls that return one
 * fill both. One slot per guest, so that no call allocates.
 */
export interface AddressSlot {
  /** `struct sockaddr_storage`: 128 bytes. */
  readonly bytes: Uint8Array;
  /** `socklen_t`: what the kernel said, which may exceed what fits. */
  length: number;
}

/**
 * What messages carry beside data, on its way to or from the kernel. One slot per guest.
 *
 * `sendmsg` reads it, `recvmsg` fills it; the descriptors that `recvmsg` puts here are the caller's to close.
 */
export interface ControlSlot {
  /** Host descriptors of SCM_RIGHTS, or the two that `socketpair` and `pipe2` have made. */
  readonly descriptors: Int32Array;
  descriptorCount: number;
  /** All other control messages, in the layout of core/control.ts: `bytes[0, length)`. */
  readonly bytes: Uint8Array;
  length: number;
  /** Of `recvmsg`, if it was to ask: how many of the first descriptors are sockets of TCP, all that came before another. */
  readonly tcpCount: number;
}

/** Bytes of linear memory that a call has checked. */
export interface Room {
  readonly pointer: number;
  readonly size: number;
}

/** What `fstat(2)` and `fstatat(2)` tell; times in nanoseconds since the epoch. */
export interface FileStatus {
  dev: bigint;
  ino: bigint;
  mode: number;
  nlink: bigint;
  uid: number;
  gid: number;
  rdev: bigint;
  size: bigint;
  blksize: number;
  blocks: bigint;
  atim: bigint;
  mtim: bigint;
  ctim: bigint;
}

/** The times that `setTimes` takes beside nanoseconds. */
export const TIME_NOW = -1n;
export const TIME_OMIT = -2n;

/** What `sendtoAllowed` answers where it has sent nothing: no errno. */
export const UNKNOWN_DESTINATION = -4096;

/** A name in a directory. */
export interface DirectoryEntry {
  readonly ino: bigint;
  /** Where the entry after this one begins. */
  readonly next: bigint;
  /** DT_REG and its like: the type bits of a mode, shifted right by 12. */
  readonly type: number;
  readonly name: Uint8Array;
}

/**
 * What the core and the ABIs ask of the operating system, for one guest.
 *
 * Every call answers a result `>= 0` or `-errno`; nothing throws. `hostFd` is a
 * kernel descriptor. A parameter named `pointer` is an offset into the guest's
 * linear memory: the kernel side checks it against the memory's size at that
 * moment and answers `-EFAULT`. A call that is blocked when the guest is
 * cancelled answers `-ECANCELED`.
 */
export interface Kernel {
  readonly address: AddressSlot;
  readonly control: ControlSlot;
  /** Where the guest wants what the last `recvmsg` told beside the data: the name (0 for none) and the control data. */
  readonly nameRoom: Room;
  readonly controlRoom: Room;

  /** Tells the kernel side which linear memory `pointer` arguments refer to. */
  attach(memory: WebAssembly.Memory): void;

  socket(domain: number, type: number, protocol: number): SysResult;
  /** 0; the two descriptors go to the control slot. */
  socketpair(domain: number, type: number, protocol: number): SysResult;
  /** 0; the descriptors go to the control slot, the one to read from first. */
  pipe2(flags: number): SysResult;
  /** Binds to the address in the slot. */
  bind(hostFd: number): SysResult;
  /** Binds an AF_UNIX socket to the file `name` (no slash) in the directory `directoryFd`. */
  bindAt(hostFd: number, directoryFd: number, name: Uint8Array): SysResult;
  /** What any descriptor is, into `description`; `-ENOTSOCK` if it is no socket. */
  describe(hostFd: number): SysResult;
  /** SO_DOMAIN, SO_TYPE and SO_PROTOCOL as the last `describe` found them; the next transfer overwrites them. */
  readonly description: Int32Array;
  listen(hostFd: number, backlog: number): SysResult;
  /** Blocks unless the descriptor is O_NONBLOCK; the peer's address goes to the slot. */
  accept4(hostFd: number, flags: number): SysResult;
  /** Connects to the address in the slot; blocks unless the descriptor is O_NONBLOCK. */
  connect(hostFd: number): SysResult;
  /** Connects to the very socket file that `pathFd` (an O_PATH descriptor) refers to. */
  connectFile(hostFd: number, pathFd: number): SysResult;
  shutdown(hostFd: number, how: number): SysResult;
  /** The address goes to the slot. */
  getsockname(hostFd: number): SysResult;
  /** The address goes to the slot. */
  getpeername(hostFd: number): SysResult;
  /** Fills `value` and answers the option's length. */
  getsockopt(hostFd: number, level: number, name: number, value: Uint8Array): SysResult;
  setsockopt(hostFd: number, level: number, name: number, value: Uint8Array): SysResult;

  read(hostFd: number, pointer: number, count: number): SysResult;
  write(hostFd: number, pointer: number, count: number): SysResult;
  /** `pointer` is an array of `count` 8-byte wasm32 iovecs. */
  readv(hostFd: number, pointer: number, count: number): SysResult;
  writev(hostFd: number, pointer: number, count: number): SysResult;
  recv(hostFd: number, pointer: number, count: number, flags: number): SysResult;
  send(hostFd: number, pointer: number, count: number, flags: number): SysResult;
  /**
   * As `recv`; the sender's address goes to the slot (length 0 if there is none), and to linear memory at `address`
   * unless that is 0: cut to the `socklen_t` at `length`, which then tells its whole length. Both are checked before
   * anything is received: `-EFAULT`, `-EINVAL` for a negative length.
   */
  recvfrom(hostFd: number, pointer: number, count: number, flags: number, address: number, length: number): SysResult;
  /** As `send`, to the address in the slot. */
  sendto(hostFd: number, pointer: number, count: number, flags: number): SysResult;
  /**
   * As `send`, to the `length` bytes at `address` in linear memory, if `allowDestination` has remembered just these in
   * this generation. Otherwise nothing is sent, and `UNKNOWN_DESTINATION` is the answer.
   */
  sendtoAllowed(
    hostFd: number,
    pointer: number,
    count: number,
    flags: number,
    address: number,
    length: number,
    generation: number,
  ): SysResult;
  /** Remembers the address in the slot as one that datagrams may go to, if it is an IP address; for a while. */
  allowDestination(generation: number): SysResult;
  /** Whether the address in the slot is remembered: 1 or 0. */
  allowsDestination(generation: number): SysResult;
  /** As `recv` into `count` wasm32 iovecs at `pointer`; `messageFlags` then holds `msg_flags`. */
  recvv(hostFd: number, pointer: number, count: number, flags: number): SysResult;
  /** As `send` from `count` wasm32 iovecs at `pointer`. */
  sendv(hostFd: number, pointer: number, count: number, flags: number): SysResult;
  /** As `sendv`, to the address in the slot (length 0: to the peer), with what is in the control slot. */
  sendmsg(hostFd: number, pointer: number, count: number, flags: number): SysResult;
  /**
   * `recvmsg(2)` as the wasm32 `struct msghdr` of 28 bytes at `pointer` says. It is checked before anything is received,
   * with all that it refers to: `-EFAULT`, `-EINVAL` for a negative `msg_namelen`, `-EMSGSIZE` for more than 1024 iovecs.
   *
   * Only the data is written. What came beside it goes to the slots, with where the guest wants it in `nameRoom` and
   * `controlRoom`. With `asks` the control slot tells what kind of descriptors these are, as far as that goes.
   */
  recvmsg(hostFd: number, pointer: number, flags: number, asks: boolean): SysResult;
  /** 0, or `-EPERM` unless these are the host's own: what `SCM_CREDENTIALS` may say without privileges. */
  checkCredentials(pid: number, uid: number, gid: number): SysResult;
  /** `msg_flags` of the last `recvv` or `recvmsg`. */
  readonly messageFlags: number;

  close(hostFd: number): SysResult;
  /** Closes without the wait that SO_LINGER asks for: the kernel goes on sending alone, as at a process's exit. */
  release(hostFd: number): SysResult;
  /** A duplicate with FD_CLOEXEC set: `fcntl(hostFd, F_DUPFD_CLOEXEC, 0)`. */
  dup(hostFd: number): SysResult;
  /** How many bytes can be read now: `ioctl(hostFd, FIONREAD)`. */
  available(hostFd: number): SysResult;
  /** `fcntl(hostFd, F_GETFL)` */
  getStatusFlags(hostFd: number): SysResult;
  /** `fcntl(hostFd, F_SETFL, flags)` */
  setStatusFlags(hostFd: number, flags: number): SysResult;
  /**
   * `ppoll(2)` on `count` native pollfds of 8 bytes (i32 fd, i16 events, i16 revents) at the start of `pollfds`.
   * `timeout` is in nanoseconds, negative for none.
   */
  poll(pollfds: Uint8Array, count: number, timeout: number): SysResult;

  /** `epoll_create1(flags)` */
  epollCreate(flags: number): SysResult;
  /** `pointer` is a wasm32 `struct epoll_event` of 16 bytes (u32 events, u64 data at 8), ignored by EPOLL_CTL_DEL. */
  epollCtl(epollFd: number, operation: number, hostFd: number, pointer: number): SysResult;
  /** Waits for up to `timeout` milliseconds, negative for ever; writes at most `count` events at `pointer`. */
  epollWait(epollFd: number, pointer: number, count: number, timeout: number): SysResult;

  /** Opens `path` (bytes, no NUL) with `O_PATH | O_CLOEXEC` and the given extra flags. */
  openPath(path: Uint8Array, flags: number): SysResult;
  /**
   * As `openPath`, beginning in a directory that the path must not leave: `-EXDEV` then, whoever moves what meanwhile.
   * Magic links are not followed.
   */
  openBeneath(directoryFd: number, path: Uint8Array, flags: number): SysResult;
  /**
   * Opens the very file that `pathFd` (an O_PATH descriptor) refers to. Never waits: not for the other end of a FIFO,
   * nor for a device.
   */
  openFile(pathFd: number, flags: number): SysResult;
  /** As `openFile`, of `name` (no slash) in a directory, created if it does not exist; follows no symbolic link. */
  createAt(directoryFd: number, name: Uint8Array, flags: number, mode: number): SysResult;
  /** The text of the symbolic link that `linkFd` (O_PATH | O_NOFOLLOW) refers to, or `-errno`. */
  readlink(linkFd: number): Uint8Array | SysResult;
  /** The path of an open descriptor, as `readlink("/proc/self/fd/N")` gives it, or `-errno`. */
  pathOf(hostFd: number): Uint8Array | SysResult;
  /** Where the contents of the file behind a descriptor come from; never fails. */
  originOf(hostFd: number): FileOrigin;
  fstat(hostFd: number): FileStatus | SysResult;
  /** Does not follow a symbolic link. */
  fstatat(directoryFd: number, name: Uint8Array): FileStatus | SysResult;
  /** Of `name` in a directory, as of all that follow: a symbolic link is not followed. */
  mkdirat(directoryFd: number, name: Uint8Array, mode: number): SysResult;
  /** `flags` may hold AT_REMOVEDIR. */
  unlinkat(directoryFd: number, name: Uint8Array, flags: number): SysResult;
  symlinkat(text: Uint8Array, directoryFd: number, name: Uint8Array): SysResult;
  renameat(oldFd: number, oldName: Uint8Array, newFd: number, newName: Uint8Array): SysResult;
  linkat(oldFd: number, oldName: Uint8Array, newFd: number, newName: Uint8Array): SysResult;
  /** In nanoseconds since the epoch, or `TIME_NOW`, `TIME_OMIT`; an O_PATH descriptor will do. */
  setTimes(hostFd: number, access: bigint, modification: bigint): SysResult;

  /** As `readv` from a position that is not the descriptor's own. */
  preadv(hostFd: number, pointer: number, count: number, offset: bigint): SysResult;
  pwritev(hostFd: number, pointer: number, count: number, offset: bigint): SysResult;
  /** `lseek(2)`: the position, or `-errno`. */
  seek(hostFd: number, offset: bigint, whence: number): bigint;
  truncate(hostFd: number, size: bigint): SysResult;
  allocate(hostFd: number, offset: bigint, size: bigint): SysResult;
  advise(hostFd: number, offset: bigint, size: bigint, advice: number): SysResult;
  sync(hostFd: number): SysResult;
  datasync(hostFd: number): SysResult;
  /** What a directory holds, from a cookie on: 0, or that of an entry before. None at the end. */
  readEntries(directoryFd: number, cookie: bigint): DirectoryEntry[] | SysResult;

  /**
   * Begins to ask the system's resolver for the addresses of a host name (`[a-z0-9._-]`, at most 254):
   * `getaddrinfo(3)`, on a thread of its own. A descriptor that can be read once there is an answer; closing it gives up.
   * `-EAGAIN` if too many are running.
   */
  startGetaddrinfo(name: Uint8Array, family: number): SysResult;
  /**
   * Takes the answer, once; `-EINPROGRESS` if there is none yet. `-ENOENT` if there is no such name, `-EAGAIN` if it
   * cannot be told now.
   */
  finishGetaddrinfo(hostFd: number): Uint8Array[] | SysResult;

  /** A timer that counts as no time set by anybody does: `timerfd_create(CLOCK_MONOTONIC, …)`. */
  timerfdCreate(): SysResult;
  /** Makes the timer's descriptor readable from `nanoseconds` from now on, and not before. */
  timerfdSettime(hostFd: number, nanoseconds: number): SysResult;

  /** Writes the clock's time in nanoseconds as a u64 at `pointer`. */
  clockGettime(clock: number, pointer: number): SysResult;
  /** Writes the clock's resolution in nanoseconds as a u64 at `pointer`. */
  clockGetres(clock: number, pointer: number): SysResult;
  /** Fills `[pointer, pointer + count)` with random bytes; 0. */
  getrandom(pointer: number, count: number): SysResult;
}
