import { openBeneath } from "../../core/beneath.js";
import type { Core } from "../../core/core.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import {
  EINVAL,
  EMFILE,
  EPERM,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  S_IFDIR,
  S_IFMT,
} from "../../core/linux.generated.js";
import { enterSocket } from "../../core/socket.js";
import type { AbiContext } from "../imports.js";
import { statusFlagsOf } from "./descriptors.js";
import { followsLinks } from "./lookup.js";
import { DIRECTORY_RIGHTS, directoryWith, FILE_RIGHTS, fileOf, RIGHTS_ALL, type Right, rightsOf } from "./rights.js";

const OFLAGS_CREAT = 1;
const OFLAGS_DIRECTORY = 2;
const OFLAGS_EXCL = 4;
const OFLAGS_TRUNC = 8;
const OFLAGS_ALL = 15;

const READING = rightsOf("FD_READ", "FD_READDIR");
const WRITING = rightsOf("FD_WRITE", "FD_ALLOCATE", "FD_FILESTAT_SET_SIZE");

/**
 * `path_open(fd, dirflags: lookupflags, path: *const u8, path_len: size, oflags, fs_rights_base: rights, fs_rights_inheriting: rights, fdflags, fd: *mut fd) -> errno`
 *
 * Opens for reading and for writing as far as the rights ask for it; judged by the real path of the very file. PERM for
 * a path that leaves the directory, and for rights that it does not hand on; LOOP for a link that is not followed, and
 * for the creation of what a link leads to.
 */
export function path_open(
  { core, memory }: AbiContext,
  fd: number,
  dirflags: number,
  path: number,
  length: number,
  oflags: number,
  base: bigint,
  inheriting: bigint,
  fdflags: number,
  newFd: number,
): SysResult {
  const directoryFd = directoryWith(core, fd, ...rightsNeeded(oflags));
  if (isErrno(directoryFd)) return directoryFd;
  const follow = followsLinks(dirflags);
  const status = statusFlagsOf(fdflags);
  if (follow === null || status === null || (oflags & ~OFLAGS_ALL) !== 0) return -EINVAL;
  const place = { directoryFd, path: memory.copy(path, length) };
  memory.reserve(newFd, 4);
  const handedOn = fileOf(core, fd).inheriting;
  const [rights, later] = [base & RIGHTS_ALL, inheriting & RIGHTS_ALL];
  if (((rights | later) & ~handedOn) !== 0n) return -EPERM;
  if (core.fds.isFull) return -EMFILE;
  const hostFd = openBeneath(core, place, follow, linuxFlags(oflags, rights) | status);
  if (isErrno(hostFd)) return hostFd;
  const opened = enter(core, hostFd, rights, later);
  if (!isErrno(opened)) memory.setUint32(newFd, opened);
  return opened;
}

function rightsNeeded(oflags: number): readonly Right[] {
  return [
    "PATH_OPEN",
    ...(oflags & OFLAGS_CREAT ? (["PATH_CREATE_FILE"] as const) : []),
    ...(oflags & OFLAGS_TRUNC ? (["PATH_FILESTAT_SET_SIZE"] as const) : []),
  ];
}

/** Without a right to the contents only the file itself is opened, if nothing has to be changed. */
function linuxFlags(oflags: number, rights: bigint): number {
  const changes = (oflags & (OFLAGS_CREAT | OFLAGS_TRUNC)) !== 0;
  const reads = (rights & READING) !== 0n;
  const writes = (rights & WRITING) !== 0n || ((oflags & OFLAGS_TRUNC) !== 0 && reads);
  const neither = changes ? O_WRONLY : O_PATH;
  const access = reads ? (writes ? O_RDWR : O_RDONLY) : writes ? O_WRONLY : neither;
  return (
    access |
    (oflags & OFLAGS_CREAT ? O_CREAT : 0) |
    (oflags & OFLAGS_DIRECTORY ? O_DIRECTORY : 0) |
    (oflags & OFLAGS_EXCL ? O_EXCL : 0) |
    (oflags & OFLAGS_TRUNC ? O_TRUNC : 0)
  );
}

/** Enters what was opened, with those of the rights that its type has. */
function enter(core: Core, hostFd: number, rights: bigint, inheriting: bigint): SysResult {
  const status = core.kernel.fstat(hostFd);
  const isDirectory = !isErrno(status) && (status.mode & S_IFMT) === S_IFDIR;
  const fd = enterSocket(core, hostFd, undefined, true);
  if (isErrno(fd)) return fd;
  core.fds.setFile(fd, {
    rights: rights & (isDirectory ? DIRECTORY_RIGHTS : FILE_RIGHTS),
    inheriting: isDirectory ? inheriting : inheriting & FILE_RIGHTS,
    isOwn: true,
    preopenName: null,
  });
  return fd;
}
