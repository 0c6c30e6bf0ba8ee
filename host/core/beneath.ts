import type { Core } from "./core.js";
import { type Errno, isErrno, type SysResult } from "./errno.js";
import { openKnown } from "./file.js";
import { type Access, accessOf, judgeFile } from "./file-access.js";
import {
  EEXIST,
  EINVAL,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  EPERM,
  EXDEV,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  S_IFDIR,
  S_IFMT,
} from "./linux.generated.js";
import { isDots, joinPath, lexicalPath, nameIn, whereItWouldBe } from "./place.js";

/** A path that begins in an open directory of the guest's, and must not leave it. */
export interface PathBeneath {
  /** The kernel's descriptor. */
  readonly directoryFd: number;
  readonly path: Uint8Array;
}

/** A name in an open directory that was judged. */
export interface Entry {
  readonly directoryFd: number;
  readonly name: Uint8Array;
  /** The directory's real path, and the name. */
  readonly real: Uint8Array;
  /** Whether a slash follows the name: then it is a directory's. */
  readonly hasSlash: boolean;
}

const SLASH = 0x2f;
/** How often an open is tried again when what it found was gone, or was there, a moment later. */
const ATTEMPTS = 8;
/** For new files; the umask of the host narrows it. */
const MODE = 0o666;

/**
 * Opens a file with Linux's flags; the kernel's descriptor, or `-errno`.
 *
 * As `openFile` does it: the file is opened without its contents, judged by its real path, and that very file opened
 * again. It is created only where nothing is, not even a link.
 */
export function openBeneath(core: Core, place: PathBeneath, follow: boolean, flags: number): SysResult {
  const isNew = (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const pathFd = openPathBeneath(core, place, follow && !isNew ? 0 : O_NOFOLLOW);
    const hostFd = isErrno(pathFd) ? openAbsent(core, place, pathFd, flags) : openFound(core, pathFd, flags);
    if (hostFd !== -EEXIST || isNew) return hostFd;
  }
  return -ELOOP;
}

/** Opens the file itself without access to its contents, judges its real path, and runs `use` on it. */
export function withFileBeneath<T>(
  core: Core,
  place: PathBeneath,
  follow: boolean,
  access: Access,
  use: (fileFd: number) => T,
): T | Errno {
  const fileFd = openPathBeneath(core, place, follow ? 0 : O_NOFOLLOW);
  if (isErrno(fileFd)) return judgeAbsent(core, place, access, fileFd);
  try {
    return judgeFile(core, access, core.kernel.pathOf(fileFd), core.kernel.originOf(fileFd)) || use(fileFd);
  } finally {
    core.kernel.close(fileFd);
  }
}

/** Judges a name by its directory's real path, and runs `use` on it while that directory is open; `dots` for . and .. */
export function withEntryBeneath(
  core: Core,
  place: PathBeneath,
  access: Access,
  dots: Errno,
  use: (entry: Entry) => SysResult,
): SysResult {
  const end = place.path.findLastIndex((octet) => octet !== SLASH) + 1;
  if (end === 0) return place.path.length === 0 ? -ENOENT : -EPERM;
  const { directory, name } = nameIn(place.path.subarray(0, end));
  const directoryFd = openPathBeneath(core, { ...place, path: directory }, O_DIRECTORY);
  if (isErrno(directoryFd)) return judgeAbsent(core, place, access, directoryFd);
  try {
    if (isDots(name)) return dots;
    const real = joinPath(core.kernel.pathOf(directoryFd), name);
    const denied = judgeFile(core, access, real, core.kernel.originOf(directoryFd));
    return denied || use({ directoryFd, name, real, hasSlash: end < place.path.length });
  } finally {
    core.kernel.close(directoryFd);
  }
}

/** 0, or what is wrong with a slash behind a name that is no directory's. */
export function checkSlash(core: Core, { directoryFd, name, hasSlash }: Entry): SysResult {
  return hasSlash ? checkDirectory(core, directoryFd, name) : 0;
}

export function checkDirectory(core: Core, directoryFd: number, name: Uint8Array): SysResult {
  const status = core.kernel.fstatat(directoryFd, name);
  if (isErrno(status)) return status;
  return (status.mode & S_IFMT) === S_IFDIR ? 0 : -ENOTDIR;
}

/** Leaving the directory is EPERM, as wasmtime has it. */
function openPathBeneath(core: Core, { directoryFd, path }: PathBeneath, flags: number): SysResult {
  const pathFd = core.kernel.openBeneath(directoryFd, path, flags);
  return pathFd === -EXDEV ? -EPERM : pathFd;
}

function openFound(core: Core, pathFd: number, flags: number): SysResult {
  try {
    return openKnown(core, pathFd, flags, true);
  } finally {
    core.kernel.close(pathFd);
  }
}

function openAbsent(core: Core, place: PathBeneath, error: Errno, flags: number): SysResult {
  const access = accessOf(flags);
  if (error !== -ENOENT || (flags & O_CREAT) === 0) return judgeAbsent(core, place, access, error);
  return withEntryBeneath(core, place, access, -EISDIR, ({ directoryFd, name, hasSlash }) => {
    if (hasSlash) return -EISDIR;
    if ((flags & O_DIRECTORY) !== 0) return -EINVAL;
    return core.kernel.createAt(directoryFd, name, flags | O_EXCL, MODE);
  });
}

/** A path that leads nowhere is judged by where it would lead, so that a refusal tells nothing of what exists. */
function judgeAbsent(core: Core, place: PathBeneath, access: Access, error: Errno): SysResult {
  if (error === -EPERM || error === -EINVAL || error === -ENAMETOOLONG) return error;
  const real = joinPath(core.kernel.pathOf(place.directoryFd), place.path);
  // What is no directory at all is nothing that could be told of.
  if (real.length === 0) return error;
  // Links that go round lead nowhere: those are judged by where they are.
  const path = error === -ELOOP ? lexicalPath(real) : whereItWouldBe(core, real).path;
  return judgeFile(core, access, path, "medium") || error;
}
