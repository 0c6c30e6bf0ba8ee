import type { Core } from "../../core/core.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import { EBADF, ENOTDIR, EPERM, S_IFDIR, S_IFMT } from "../../core/linux.generated.js";
import type { OpenFile } from "../../core/open-file.js";

/** The rights of `wasi_snapshot_preview1`, numbered from bit 0 in this order (WebAssembly/WASI, typenames.witx). */
const ORDER = [
  ...(["FD_DATASYNC", "FD_READ", "FD_SEEK", "FD_FDSTAT_SET_FLAGS", "FD_SYNC", "FD_TELL", "FD_WRITE"] as const),
  ...(["FD_ADVISE", "FD_ALLOCATE", "PATH_CREATE_DIRECTORY", "PATH_CREATE_FILE", "PATH_LINK_SOURCE"] as const),
  ...(["PATH_LINK_TARGET", "PATH_OPEN", "FD_READDIR", "PATH_READLINK", "PATH_RENAME_SOURCE"] as const),
  ...(["PATH_RENAME_TARGET", "PATH_FILESTAT_GET", "PATH_FILESTAT_SET_SIZE", "PATH_FILESTAT_SET_TIMES"] as const),
  ...(["FD_FILESTAT_GET", "FD_FILESTAT_SET_SIZE", "FD_FILESTAT_SET_TIMES", "PATH_SYMLINK"] as const),
  ...(["PATH_REMOVE_DIRECTORY", "PATH_UNLINK_FILE", "POLL_FD_READWRITE", "SOCK_SHUTDOWN", "SOCK_ACCEPT"] as const),
];

export type Right = (typeof ORDER)[number];

const BITS = Object.fromEntries(ORDER.map((name, i) => [name, 1n << BigInt(i)])) as Readonly<Record<Right, bigint>>;

/** The bits of some rights. */
export function rightsOf(...names: readonly Right[]): bigint {
  return names.reduce((bits, name) => bits | BITS[name], 0n);
}

export const RIGHTS_ALL: bigint = (1n << BigInt(ORDER.length)) - 1n;

/** What can be done with a file that is no directory. */
export const FILE_RIGHTS = rightsOf(
  ...(["FD_DATASYNC", "FD_READ", "FD_SEEK", "FD_FDSTAT_SET_FLAGS", "FD_SYNC", "FD_TELL", "FD_WRITE"] as const),
  ...(["FD_ADVISE", "FD_ALLOCATE", "FD_FILESTAT_GET", "FD_FILESTAT_SET_SIZE", "FD_FILESTAT_SET_TIMES"] as const),
  "POLL_FD_READWRITE",
);

/** What can be done with a directory, and with the paths that begin in it. */
export const DIRECTORY_RIGHTS = rightsOf(
  ...ORDER.filter((name) => name.startsWith("PATH_")),
  ...(["FD_DATASYNC", "FD_FDSTAT_SET_FLAGS", "FD_SYNC", "FD_READDIR", "FD_FILESTAT_GET"] as const),
  ...(["FD_FILESTAT_SET_TIMES", "POLL_FD_READWRITE"] as const),
);

/** What only a descriptor has that the guest opened itself: the standard streams are the host's. */
const OWN_RIGHTS = rightsOf("FD_ALLOCATE", "FD_FILESTAT_SET_SIZE", "FD_FILESTAT_SET_TIMES");

/** What the guest may do with an open descriptor. */
export function fileOf({ fds }: Core, fd: number): OpenFile {
  const rights = fds.isBorrowed(fd) ? RIGHTS_ALL & ~OWN_RIGHTS : RIGHTS_ALL;
  return fds.file(fd) ?? { rights, inheriting: rights, isOwn: false, preopenName: null };
}

/** The kernel's descriptor behind `fd`, or `-EBADF` if that is not open or lacks the right. */
export function descriptorWith(core: Core, fd: number, right: Right): SysResult {
  const hostFd = core.fds.hostFd(fd);
  const file = core.fds.file(fd);
  if (file === undefined && !core.fds.isBorrowed(fd)) return hostFd < 0 ? -EBADF : hostFd;
  return (fileOf(core, fd).rights & BITS[right]) === 0n ? -EBADF : hostFd;
}

/** The kernel's descriptor of a directory that a path begins in, or `-EBADF`, `-ENOTDIR`, or `-EPERM` without the right. */
export function directoryWith(core: Core, fd: number, ...rights: readonly Right[]): SysResult {
  const hostFd = core.fds.hostFd(fd);
  if (hostFd < 0) return -EBADF;
  const { rights: held } = fileOf(core, fd);
  const hasRights = rights.every((right) => (held & BITS[right]) !== 0n);
  // Only a directory has such rights, if anything is known of its rights.
  if (hasRights && core.fds.file(fd) !== undefined) return hostFd;
  const status = core.kernel.fstat(hostFd);
  if (isErrno(status)) return status;
  if ((status.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  return hasRights ? hostFd : -EPERM;
}
