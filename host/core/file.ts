import type { Core } from "./core.js";
import { type Errno, isErrno, type SysResult } from "./errno.js";
import { accessOf, judgeFile, spell } from "./file-access.js";
import {
  EEXIST,
  EINVAL,
  EISDIR,
  ELOOP,
  EMFILE,
  ENOENT,
  ENOTDIR,
  ENXIO,
  EPERM,
  O_ACCMODE,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_DSYNC,
  O_EXCL,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_SYNC,
  O_TRUNC,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFSOCK,
  S_ISGID,
  S_ISUID,
} from "./linux.generated.js";
import { isDots, joinPath, nameIn, whereItWouldBe, withoutSlashes } from "./place.js";
import { enterSocket } from "./socket.js";

/** What `open` knows of O_ flags; the others would reach past the file (O_PATH), signal the host (O_ASYNC), or pretend. */
const OPEN_FLAGS =
  O_ACCMODE |
  O_CREAT |
  O_EXCL |
  O_NOCTTY |
  O_TRUNC |
  O_APPEND |
  O_NONBLOCK |
  O_DSYNC |
  O_SYNC |
  O_DIRECTORY |
  O_NOFOLLOW |
  O_CLOEXEC;

const NO_DIRECTORY_IS_MADE = O_CREAT | O_DIRECTORY;
const NEW_FILE = O_CREAT | O_EXCL;

/**
 * Opens the file at `path` and enters it into the table; the new descriptor, or `-errno`.
 *
 * The file is opened without access to its contents first, judged by its real
 * path, and that very file is then opened again: nobody can swap it between. A
 * file that runs with the rights of the host's user is not the guest's to create.
 */
export function openFile(core: Core, path: Uint8Array, flags: number, mode: number): SysResult {
  if ((flags & ~OPEN_FLAGS) !== 0 || (flags & O_ACCMODE) === O_ACCMODE) return -EINVAL;
  if ((flags & NO_DIRECTORY_IS_MADE) === NO_DIRECTORY_IS_MADE) return -EINVAL;
  if ((flags & O_CREAT) !== 0 && (mode & (S_ISUID | S_ISGID)) !== 0) return -EPERM;
  if (core.fds.isFull) return -EMFILE;
  // Linux creates no directory by open, and says so whatever has the name (fs/namei.c, open_last_lookups).
  if ((flags & O_CREAT) !== 0 && isDirectoryName(path)) return openAbsent(core, path, -ENOENT, flags, mode);
  // A new file is none that a link leads to, wherever that is.
  const pathFd = core.kernel.openPath(path, (flags & NEW_FILE) === NEW_FILE ? O_NOFOLLOW : flags & O_NOFOLLOW);
  if (isErrno(pathFd)) return openAbsent(core, path, pathFd, flags, mode);
  try {
    const hostFd = openKnown(core, pathFd, flags, false);
    return isErrno(hostFd) ? hostFd : enterSocket(core, hostFd, undefined, (flags & O_CLOEXEC) !== 0);
  } finally {
    core.kernel.close(pathFd);
  }
}

/** Opens the very file that `pathFd` (an O_PATH descriptor) refers to, if it may be; with O_PATH, without its contents. */
export function openKnown(core: Core, pathFd: number, flags: number, takesDirectories: boolean): SysResult {
  const real = core.kernel.pathOf(pathFd);
  const status = core.kernel.fstat(pathFd);
  if (isErrno(status)) return status;
  const type = status.mode & S_IFMT;
  const denied =
    type === S_IFSOCK
      ? judgeSocketFile(core, real)
      : judgeFile(core, accessOf(flags), real, core.kernel.originOf(pathFd));
  const refused = denied || refusal(type, flags, takesDirectories);
  if (refused) return refused;
  if ((flags & O_PATH) !== 0) return core.kernel.dup(pathFd);
  return core.kernel.openFile(pathFd, flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW));
}

/** What Linux answers to the open of a file of this type. */
function refusal(type: number, flags: number, takesDirectories: boolean): SysResult {
  if ((flags & NEW_FILE) === NEW_FILE) return -EEXIST;
  if (type === S_IFDIR) return takesDirectories && !accessOf(flags).writes ? 0 : -EISDIR;
  // WASI says so of every link that is not followed, Linux only where no directory is asked for.
  if (type === S_IFLNK && (takesDirectories || (flags & O_DIRECTORY) === 0)) return -ELOOP;
  if ((flags & O_DIRECTORY) !== 0) return -ENOTDIR;
  return type === S_IFSOCK ? -ENXIO : 0;
}

/** Whether a slash follows the path's last name. */
function isDirectoryName(path: Uint8Array): boolean {
  const bare = withoutSlashes(path);
  return bare.length < path.length && !isDots(nameIn(bare).name);
}

/** A path that leads nowhere: it is judged by where it would lead, so that a refusal tells nothing of what exists. */
function openAbsent(core: Core, path: Uint8Array, error: Errno, flags: number, mode: number): SysResult {
  const place = whereItWouldBe(core, path);
  const denied = judgeFile(core, accessOf(flags), place.path, "medium");
  if (denied || error !== -ENOENT || (flags & O_CREAT) === 0) return denied || error;
  // The file that a dangling link leads to is not created: only a directory that was judged is created in.
  if (place.isBehindLink) return -ELOOP;
  return createFile(core, path, flags, mode);
}

/** Creates the file inside its open directory, which is judged once more: by now it may be another. */
function createFile(core: Core, path: Uint8Array, flags: number, mode: number): SysResult {
  const { directory, name } = nameIn(withoutSlashes(path));
  const directoryFd = core.kernel.openPath(directory, O_DIRECTORY);
  if (isErrno(directoryFd)) return directoryFd;
  try {
    const real = core.kernel.pathOf(directoryFd);
    const denied = judgeFile(core, accessOf(flags), joinPath(real, name), core.kernel.originOf(directoryFd));
    if (denied) return denied;
    if (isDirectoryName(path)) return -EISDIR;
    const hostFd = core.kernel.createAt(directoryFd, name, flags, mode);
    return isErrno(hostFd) ? hostFd : enterSocket(core, hostFd, undefined, (flags & O_CLOEXEC) !== 0);
  } finally {
    core.kernel.close(directoryFd);
  }
}

/** Who may know of a socket file is told that it cannot be opened. */
function judgeSocketFile(core: Core, real: Uint8Array | Errno): SysResult {
  return core.permissions.check({ verb: "stat", endpoint: { kind: "unix-path", name: spell(real) } });
}
