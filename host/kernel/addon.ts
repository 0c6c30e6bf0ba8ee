import { existsSync } from "node:fs";
import { join } from "node:path";

import type { SysResult } from "../core/errno.js";

/** Arguments and result are in the mailbox (host/native/binding_transfer.c). */
type Transfer = () => void;

/** The addon's functions for one guest (host/native/binding_*.c): they throw a TypeError for wrong types only. */
export interface NativeContext {
  /** Points the context at a memory; again when the memory has grown. */
  attach(bytes: Uint8Array): SysResult;

  read: Transfer;
  write: Transfer;
  readv: Transfer;
  writev: Transfer;
  recv: Transfer;
  recvfrom: Transfer;
  recvv: Transfer;
  send: Transfer;
  sendto: Transfer;
  sendtoAllowed: Transfer;
  allowDestination: Transfer;
  allowsDestination: Transfer;
  sendv: Transfer;
  epollCtl: Transfer;
  epollWait: Transfer;
  sendmsg: Transfer;
  recvmsg: Transfer;
  accept4: Transfer;
  /** The answer takes the place of the arguments. */
  describe: Transfer;
  close: Transfer;

  socket(domain: number, type: number, protocol: number): SysResult;
  socketpair(domain: number, type: number, protocol: number): SysResult;
  pipe2(flags: number): SysResult;
  checkCredentials(pid: number, uid: number, gid: number): SysResult;
  bind(hostFd: number): SysResult;
  bindAt(hostFd: number, directoryFd: number, name: Uint8Array): SysResult;
  listen(hostFd: number, backlog: number): SysResult;
  connect(hostFd: number): SysResult;
  connectFile(hostFd: number, pathFd: number): SysResult;
  shutdown(hostFd: number, how: number): SysResult;
  getsockname(hostFd: number): SysResult;
  getpeername(hostFd: number): SysResult;
  getsockopt(hostFd: number, level: number, name: number, value: Uint8Array): SysResult;
  setsockopt(hostFd: number, level: number, name: number, value: Uint8Array): SysResult;

  release(hostFd: number): SysResult;
  dup(hostFd: number): SysResult;
  available(hostFd: number): SysResult;
  getStatusFlags(hostFd: number): SysResult;
  setStatusFlags(hostFd: number, flags: number): SysResult;
  poll(pollfds: Uint8Array, count: number, timeout: number): SysResult;
  epollCreate(flags: number): SysResult;
  openPath(path: Uint8Array, flags: number): SysResult;
  openBeneath(directoryFd: number, path: Uint8Array, flags: number): SysResult;
  openFile(pathFd: number, flags: number): SysResult;
  createAt(directoryFd: number, name: Uint8Array, flags: number, mode: number): SysResult;
  /** Fills `text` and answers the text's length. */
  readlink(linkFd: number, text: Uint8Array): SysResult;
  /** Fills `path` and answers the path's length. */
  pathOf(hostFd: number, path: Uint8Array): SysResult;
  /** An index into `ORIGINS` of file-origin.ts. */
  originOf(hostFd: number): SysResult;
  fstat(hostFd: number, status: BigUint64Array): SysResult;
  fstatat(directoryFd: number, name: Uint8Array, status: BigUint64Array): SysResult;
  mkdirat(directoryFd: number, name: Uint8Array, mode: number): SysResult;
  unlinkat(directoryFd: number, name: Uint8Array, flags: number): SysResult;
  symlinkat(text: Uint8Array, directoryFd: number, name: Uint8Array): SysResult;
  renameat(oldFd: number, oldName: Uint8Array, newFd: number, newName: Uint8Array): SysResult;
  linkat(oldFd: number, oldName: Uint8Array, newFd: number, newName: Uint8Array): SysResult;
  setTimes(hostFd: number, access: bigint, modification: bigint): SysResult;
  preadv(hostFd: number, pointer: number, count: number, offset: bigint): SysResult;
  pwritev(hostFd: number, pointer: number, count: number, offset: bigint): SysResult;
  seek(hostFd: number, offset: bigint, whence: number): bigint;
  truncate(hostFd: number, size: bigint): SysResult;
  allocate(hostFd: number, offset: bigint, size: bigint): SysResult;
  advise(hostFd: number, offset: bigint, size: bigint, advice: number): SysResult;
  sync(hostFd: number): SysResult;
  datasync(hostFd: number): SysResult;
  /** Fills `entries` with struct linux_dirent64 and answers the bytes. */
  readEntries(directoryFd: number, cookie: bigint, entries: Uint8Array): SysResult;
  startGetaddrinfo(name: Uint8Array, family: number): SysResult;
  /** Fills `entries`, 20 bytes each, and answers how many there are. */
  finishGetaddrinfo(hostFd: number, entries: Uint8Array): SysResult;
  timerfdCreate(): SysResult;
  timerfdSettime(hostFd: number, nanoseconds: number): SysResult;
  clockGettime(clock: number, pointer: number): SysResult;
  clockGetres(clock: number, pointer: number): SysResult;
  getrandom(pointer: number, count: number): SysResult;
}

/** What the addon exports. */
export interface Addon {
  openContext(mailbox: Uint8Array, cancelFd: number): NativeContext;
  createCancel(): SysResult;
  fireCancel(cancelFd: number): SysResult;
  watchCancel(cancelFd: number): SysResult;
  cpuTime(cancelFd: number): SysResult;
  descriptorLimit(): SysResult;
  unshareDescriptors(): SysResult;
  closeDescriptor(hostFd: number): SysResult;
  flushInput(hostFd: number): SysResult;
  isTerminal(hostFd: number): number;
  exitNow(code: number): never;
  writeAll(hostFd: number, bytes: Uint8Array, timeout: number, cancelFd: number): SysResult;

  landlockVersion(): SysResult;
  landlockErrata(): SysResult;
  createRuleset(files: number, ports: number, scopes: number): SysResult;
  permitPath(rulesetFd: number, path: Uint8Array, access: number): SysResult;
  permitPort(rulesetFd: number, port: number, access: number): SysResult;
  restrictAll(rulesetFd: number): SysResult;
  filterCalls(granted: number): SysResult;
  filterAvailable(): SysResult;

  tryOpenat2(): SysResult;
  keepOnExec(hostFd: number): SysResult;
  /** Words that each end with NUL. */
  execute(words: Uint8Array): SysResult;
  endWithParent(parent: number): SysResult;

  setEngineFlags(flags: Uint8Array): SysResult;
}

let loaded: Addon | undefined;

/**
 * The addon, loaded at its first use.
 *
 * Both this file and its compiled form are two folders below the project, so
 * one relative path serves both.
 */
export function loadAddon(): Addon {
  loaded ??= requireAddon(join(import.meta.dirname, "../../build/native/sockyard.node"));
  return loaded;
}

/**
 * Loads the addon at `path`, or says how it comes to be.
 *
 * Without `require`, which first looks for the package.json of each folder above.
 */
export function requireAddon(path: string): Addon {
  const module = { exports: {} };
  try {
    process.dlopen(module, path);
  } catch (cause) {
    if (existsSync(path)) throw cause;
    throw new Error(`the addon ${path} is missing: run npm run build:native`, { cause });
  }
  return module.exports as Addon;
}
