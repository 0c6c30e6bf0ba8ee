import {
  checkDirectory,
  checkSlash,
  type Entry,
  type PathBeneath,
  withEntryBeneath,
  withFileBeneath,
} from "./beneath.js";
import type { Core } from "./core.js";
import { type Errno, isErrno, type SysResult } from "./errno.js";
import { judgeFile, MOVING, READING, spell, WRITING } from "./file-access.js";
import type { FileStatus } from "./kernel.js";
import {
  AT_REMOVEDIR,
  EBUSY,
  EEXIST,
  EINVAL,
  EISDIR,
  EPERM,
  EXDEV,
  O_ACCMODE,
  O_PATH,
  O_RDONLY,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFSOCK,
} from "./linux.generated.js";
import { joinPath, lexicalPath } from "./place.js";

/** For new directories; the umask of the host narrows it. */
const MODE = 0o777;
const SLASH = 0x2f;

export function createDirectory(core: Core, place: PathBeneath): SysResult {
  return withEntryBeneath(core, place, WRITING, -EEXIST, ({ directoryFd, name }) =>
    core.kernel.mkdirat(directoryFd, name, MODE),
  );
}

export function removeDirectory(core: Core, place: PathBeneath): SysResult {
  return withEntryBeneath(core, place, WRITING, -EINVAL, ({ directoryFd, name }) =>
    core.kernel.unlinkat(directoryFd, name, AT_REMOVEDIR),
  );
}

export function removeFile(core: Core, place: PathBeneath): SysResult {
  return withEntryBeneath(core, place, WRITING, -EISDIR, (entry) => {
    return checkSlash(core, entry) || core.kernel.unlinkat(entry.directoryFd, entry.name, 0);
  });
}

/**
 * Moves a file or a directory, unless a denial holds for something in it.
 */
export function rename(core: Core, from: PathBeneath, to: PathBeneath): SysResult {
  return withEntryBeneath(core, from, MOVING, -EBUSY, (source) =>
    withEntryBeneath(core, to, WRITING, -EBUSY, (target) => {
      const needsDirectory = source.hasSlash || target.hasSlash;
      const mistaken = needsDirectory ? checkDirectory(core, source.directoryFd, source.name) : 0;
      const refused = mistaken || judgeSockets(core, source, target);
      return refused || core.kernel.renameat(source.directoryFd, source.name, target.directoryFd, target.name);
    }),
  );
}

/** Gives a file a second name; of a symbolic link, the link itself. */
export function link(core: Core, from: PathBeneath, to: PathBeneath): SysResult {
  return withEntryBeneath(core, from, MOVING, -EPERM, (source) =>
    withEntryBeneath(core, to, WRITING, -EEXIST, (target) => {
      const mistaken = checkSlash(core, source) || checkSlash(core, target);
      const refused = mistaken || judgeSockets(core, source, target);
      return refused || core.kernel.linkat(source.directoryFd, source.name, target.directoryFd, target.name);
    }),
  );
}

/**
 * 0, or why a name must not be given where the guest may connect to Unix sockets, and may not where the old name is.
 *
 * Other files are refused, too, as between file systems: were they let through for their type, another process could have
 * put a socket in their place by then.
 */
function judgeSockets(core: Core, from: Entry, to: Entry): SysResult {
  const [path, target] = [spell(from.real), spell(to.real)];
  if (!core.permissions.gainsSockets(path, target)) return 0;
  const status = core.kernel.fstatat(from.directoryFd, from.name);
  if (isErrno(status)) return status;
  const type = status.mode & S_IFMT;
  if (type !== S_IFSOCK && type !== S_IFDIR) return -EXDEV;
  return core.permissions.check({ verb: "move", path, to: target, isDirectory: type === S_IFDIR });
}

/**
 * Makes a symbolic link.
 *
 * No link that is made here leads anybody else where the guest may not go itself: an absolute text is refused, and one
 * that leads out of what is granted.
 */
export function symlink(core: Core, text: Uint8Array, place: PathBeneath): SysResult {
  if (text[0] === SLASH) return -EPERM;
  return withEntryBeneath(core, place, WRITING, -EEXIST, (entry) => {
    const { directoryFd, name } = entry;
    const path = spell(lexicalPath(joinPath(core.kernel.pathOf(directoryFd), text)));
    const isGranted = (["read", "write"] as const).some((verb) =>
      core.permissions.permits({ verb, path, origin: "medium" }),
    );
    if (!isGranted) return -EPERM;
    return checkSlash(core, entry) || core.kernel.symlinkat(text, directoryFd, name);
  });
}

export function readLink(core: Core, place: PathBeneath): Uint8Array | SysResult {
  return withFileBeneath(core, place, false, READING, (linkFd) => {
    const status = core.kernel.fstat(linkFd);
    if (isErrno(status)) return status;
    return (status.mode & S_IFMT) === S_IFLNK ? core.kernel.readlink(linkFd) : -EINVAL;
  });
}

export function statBeneath(core: Core, place: PathBeneath, follow: boolean): FileStatus | Errno {
  return withFileBeneath(core, place, follow, READING, (fileFd) => core.kernel.fstat(fileFd));
}

/** Sets times as `setTimes` of the kernel takes them. */
export function setTimesBeneath(
  core: Core,
  place: PathBeneath,
  follow: boolean,
  [access, modification]: readonly [bigint, bigint],
): SysResult {
  return withFileBeneath(core, place, follow, WRITING, (fileFd) => core.kernel.setTimes(fileFd, access, modification));
}

/** The same of an open file: one that was not opened for writing is judged now. */
export function setTimesOf(core: Core, hostFd: number, [access, modification]: readonly [bigint, bigint]): SysResult {
  const flags = core.kernel.getStatusFlags(hostFd);
  if (isErrno(flags)) return flags;
  const isWritable = (flags & O_PATH) === 0 && (flags & O_ACCMODE) !== O_RDONLY;
  const denied = isWritable ? 0 : judgeFile(core, WRITING, core.kernel.pathOf(hostFd), core.kernel.originOf(hostFd));
  return denied || core.kernel.setTimes(hostFd, access, modification);
}
