import { isErrno, type SysResult } from "../core/errno.js";
import { loadAddon } from "./addon.js";

/** LANDLOCK_ACCESS_FS_*, LANDLOCK_ACCESS_NET_* and LANDLOCK_SCOPE_* (landlock(7)). */
export const ACCESS = {
  execute: 1 << 0,
  writeFile: 1 << 1,
  readFile: 1 << 2,
  readDirectory: 1 << 3,
  removeDirectory: 1 << 4,
  removeFile: 1 << 5,
  makeDevice: (1 << 6) | (1 << 11),
  makeDirectory: 1 << 7,
  makeFile: 1 << 8,
  makeSocket: 1 << 9,
  makeFifo: 1 << 10,
  makeLink: 1 << 12,
  /** To rename and to link from one directory into another. */
  refer: 1 << 13,
  truncate: 1 << 14,
} as const;

export const BIND_TCP = 1 << 0;
export const CONNECT_TCP = 1 << 1;
export const SCOPE_ABSTRACT = 1 << 0;
export const SCOPE_SIGNAL = 1 << 1;

/** Sockets that a filter of calls lets be made (host/native/kernel.h, KERNEL_GRANT_*). */
export const SOCKETS = { netlink: 1, packet: 2, icmp: 4, raw: 8, routes: 16 } as const;

/** A set of rules for Landlock, to be applied or dropped. */
export interface Ruleset {
  permitPath(path: Uint8Array, access: number): SysResult;
  permitPort(port: number, access: number): SysResult;
  /** Holds every thread of the process to the rules, for good. */
  apply(): SysResult;
  close(): void;
}

/** The version of Landlock's interface, or `-errno` where the kernel has none. */
export function landlockVersion(): SysResult {
  return loadAddon().landlockVersion();
}

/** A bit for each flaw of Landlock that this kernel has mended; 0 if it cannot tell. */
export function landlockErrata(): number {
  return Math.max(loadAddon().landlockErrata(), 0);
}

/** Opens a set that keeps all of this back until a rule permits it, or answers `-errno`. */
export function openRuleset(files: number, ports: number, scopes: number): Ruleset | SysResult {
  const addon = loadAddon();
  const fd = addon.createRuleset(files, ports, scopes);
  if (isErrno(fd)) return fd;
  return {
    permitPath: (path, access) => addon.permitPath(fd, path, access),
    permitPort: (port, access) => addon.permitPort(fd, port, access),
    apply: () => addon.restrictAll(fd),
    close: () => {
      addon.closeDescriptor(fd);
    },
  };
}

/** Whether the kernel itself keeps a path beneath its directory. */
export function hasOpenat2(): boolean {
  return !isErrno(loadAddon().tryOpenat2());
}

/** Takes the system calls that nothing here needs from every thread of the process, for good. */
export function filterCalls(granted: number): SysResult {
  return loadAddon().filterCalls(granted);
}

/** 0 if `filterCalls` can be had, or `-errno`. */
export function filterAvailable(): SysResult {
  return loadAddon().filterAvailable();
}
