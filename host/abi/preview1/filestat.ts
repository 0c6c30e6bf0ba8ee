import { setTimesBeneath, setTimesOf, statBeneath } from "../../core/directory.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import { type FileStatus, TIME_NOW, TIME_OMIT } from "../../core/kernel.js";
import { EINVAL } from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";
import type { GuestMemory } from "../memory.js";
import { filetypeOf } from "./filetype.js";
import { followsLinks } from "./lookup.js";
import { descriptorWith, directoryWith } from "./rights.js";

const SIZEOF_FILESTAT = 64;

const FSTFLAGS_ATIM = 1;
const FSTFLAGS_ATIM_NOW = 2;
const FSTFLAGS_MTIM = 4;
const FSTFLAGS_MTIM_NOW = 8;
const FSTFLAGS_ALL = 15;
/** The largest time that Linux takes, in nanoseconds. */
const TIME_MAX = (1n << 63n) - 1n;

/**
 * `fd_filestat_get(fd, buf: *mut filestat) -> errno`
 *
 * ```text
 * struct filestat: 0 u64 dev, 8 u64 ino, 16 u8 filetype, 24 u64 nlink, 32 u64 size, 40 u64 atim, 48 mtim, 56 ctim
 * ```
 */
export function fd_filestat_get({ core, memory }: AbiContext, fd: number, buf: number): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_FILESTAT_GET");
  if (isErrno(hostFd)) return hostFd;
  memory.reserve(buf, SIZEOF_FILESTAT);
  const status = core.kernel.fstat(hostFd);
  if (isErrno(status)) return status;
  writeFilestat(memory, buf, status, core.fds.socket(fd));
  return 0;
}

/** `path_filestat_get(fd, flags: lookupflags, path: *const u8, path_len: size, buf: *mut filestat) -> errno` */
export function path_filestat_get(
  { core, memory }: AbiContext,
  fd: number,
  flags: number,
  path: number,
  length: number,
  buf: number,
): SysResult {
  const directoryFd = directoryWith(core, fd, "PATH_FILESTAT_GET");
  if (isErrno(directoryFd)) return directoryFd;
  const follow = followsLinks(flags);
  if (follow === null) return -EINVAL;
  const place = { directoryFd, path: memory.copy(path, length) };
  memory.reserve(buf, SIZEOF_FILESTAT);
  const status = statBeneath(core, place, follow);
  if (isErrno(status)) return status;
  writeFilestat(memory, buf, status, undefined);
  return 0;
}

/** `fd_filestat_set_times(fd, atim: timestamp, mtim: timestamp, fst_flags: fstflags) -> errno` */
export function fd_filestat_set_times(
  { core }: AbiContext,
  fd: number,
  atim: bigint,
  mtim: bigint,
  flags: number,
): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_FILESTAT_SET_TIMES");
  if (isErrno(hostFd)) return hostFd;
  const times = timesOf(atim, mtim, flags);
  return times === null ? -EINVAL : setTimesOf(core, hostFd, times);
}

/**
 * `path_filestat_set_times(fd, flags: lookupflags, path: *const u8, path_len: size, atim: timestamp, mtim: timestamp, fst_flags: fstflags) -> errno`
 */
export function path_filestat_set_times(
  { core, memory }: AbiContext,
  fd: number,
  flags: number,
  path: number,
  length: number,
  atim: bigint,
  mtim: bigint,
  fstFlags: number,
): SysResult {
  const directoryFd = directoryWith(core, fd, "PATH_FILESTAT_SET_TIMES");
  if (isErrno(directoryFd)) return directoryFd;
  const follow = followsLinks(flags);
  const times = timesOf(atim, mtim, fstFlags);
  if (follow === null || times === null) return -EINVAL;
  return setTimesBeneath(core, { directoryFd, path: memory.copy(path, length) }, follow, times);
}

/** Access and modification; null for flags that contradict each other, and for times that Linux has not. */
function timesOf(atim: bigint, mtim: bigint, flags: number): [bigint, bigint] | null {
  const access = timeOf(atim, flags & FSTFLAGS_ATIM, flags & FSTFLAGS_ATIM_NOW);
  const modification = timeOf(mtim, flags & FSTFLAGS_MTIM, flags & FSTFLAGS_MTIM_NOW);
  if ((flags & ~FSTFLAGS_ALL) !== 0 || access === null || modification === null) return null;
  return [access, modification];
}

function timeOf(time: bigint, isGiven: number, isNow: number): bigint | null {
  if (isGiven !== 0) return isNow !== 0 || time > TIME_MAX ? null : time;
  return isNow !== 0 ? TIME_NOW : TIME_OMIT;
}

function writeFilestat(memory: GuestMemory, buf: number, status: FileStatus, socket: unknown): void {
  memory.setBigUint64(buf, status.dev);
  memory.setBigUint64(buf + 8, status.ino);
  memory.setBigUint64(buf + 16, BigInt(filetypeOf(socket, status)));
  memory.setBigUint64(buf + 24, status.nlink);
  memory.setBigUint64(buf + 32, status.size);
  memory.setBigUint64(buf + 40, status.atim);
  memory.setBigUint64(buf + 48, status.mtim);
  memory.setBigUint64(buf + 56, status.ctim);
}
