import type { Core } from "./core.js";
import { type Errno, isErrno, type SysResult } from "./errno.js";
import { judgeFile, READING, WRITING } from "./file-access.js";
import type { FileStatus } from "./kernel.js";
import { EADDRINUSE, EISDIR, O_DIRECTORY, O_NOFOLLOW, S_IFMT, S_IFSOCK } from "./linux.generated.js";
import { isDots, joinPath, nameIn, whereItWouldBe, withoutSlashes } from "./place.js";

type PathVerb = "bind" | "connect" | "send" | "unlink" | "stat";

/** A name inside an open directory: what policy judged is what the kernel then uses. */
interface Place {
  readonly directoryFd: number;
  readonly name: Uint8Array;
}

const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Binds a socket to `path`.
 *
 * The directory is opened once, judged by its real path, and the bind happens
 * inside that open directory, so no rename or symbolic link can move it between.
 */
export function bindUnixPath(core: Core, hostFd: number, path: Uint8Array): SysResult {
  const bare = withoutSlashes(path);
  return withPlace(core, "bind", bare, ({ directoryFd, name }) => {
    if (isDots(name)) return -EADDRINUSE;
    if (bare.length < path.length) return refuseSlash(core, directoryFd, name);
    // In the working directory itself nothing can be swapped, and peers see the very name that the guest gave.
    return isInWorkingDirectory(path) ? core.kernel.bind(hostFd) : core.kernel.bindAt(hostFd, directoryFd, name);
  });
}

/** A slash asks for a directory, which bind does not make: Linux looks only whether the name is taken (fs/namei.c, filename_create). */
function refuseSlash(core: Core, directoryFd: number, name: Uint8Array): SysResult {
  const status = core.kernel.fstatat(directoryFd, name);
  return isErrno(status) ? status : -EADDRINUSE;
}

/** Connects a socket to `path`: to the very file that was judged. */
export function connectUnixPath(core: Core, hostFd: number, path: Uint8Array): SysResult {
  return withFile(core, "connect", path, (fileFd) => core.kernel.connectFile(hostFd, fileFd));
}

/** Runs `send` with a path that names the very socket file that was judged. */
export function sendUnixPath(core: Core, path: Uint8Array, send: (path: Uint8Array) => SysResult): SysResult {
  return withFile(core, "send", path, (fileFd) => send(new TextEncoder().encode(`/proc/self/fd/${fileFd}`)));
}

/**
 * What is known of the file at `path`; a final symbolic link is followed if `follow`.
 *
 * A network grant is enough for socket files; others want the right to read.
 */
export function statPath(core: Core, path: Uint8Array, follow: boolean): FileStatus | Errno {
  const flags = follow ? 0 : O_NOFOLLOW;
  return withFile(core, "stat", path, (fileFd) => known(core, fileFd, core.kernel.fstat(fileFd)), flags);
}

/** Removes the file at `path`: a network grant is enough for socket files, others want the right to write. */
export function unlinkPath(core: Core, path: Uint8Array): SysResult {
  return withPlace(core, "unlink", path, ({ directoryFd, name }) => {
    if (name.length === 0) return -EISDIR;
    const status = core.kernel.fstatat(directoryFd, name);
    if (isErrno(status)) return status;
    const denied = isSocket(status)
      ? 0
      : judgeFile(core, WRITING, joinPath(core.kernel.pathOf(directoryFd), name), core.kernel.originOf(directoryFd));
    return denied || core.kernel.unlinkat(directoryFd, name, 0);
  });
}

function known(core: Core, fileFd: number, status: FileStatus | Errno): FileStatus | Errno {
  if (isErrno(status) || isSocket(status)) return status;
  return judgeFile(core, READING, core.kernel.pathOf(fileFd), core.kernel.originOf(fileFd)) || status;
}

function isSocket({ mode }: FileStatus): boolean {
  return (mode & S_IFMT) === S_IFSOCK;
}

/** Judges `path` by its directory's real path, and runs `use` on it while that directory is open. */
function withPlace(core: Core, verb: PathVerb, path: Uint8Array, use: (place: Place) => SysResult): SysResult {
  const { directory, name } = nameIn(path);
  const directoryFd = core.kernel.openPath(directory, O_DIRECTORY);
  try {
    const real = isErrno(directoryFd)
      ? whereItWouldBe(core, path).path
      : joinPath(core.kernel.pathOf(directoryFd), name);
    const denied = check(core, verb, real);
    if (denied) return denied;
    return isErrno(directoryFd) ? directoryFd : use({ directoryFd, name });
  } finally {
    if (!isErrno(directoryFd)) core.kernel.close(directoryFd);
  }
}

/** Opens the file itself without access to its contents, judges its real path, and runs `use` on it. */
function withFile<T>(core: Core, verb: PathVerb, path: Uint8Array, use: (fileFd: number) => T, flags = 0): T | Errno {
  const fileFd = core.kernel.openPath(path, flags);
  // What does not exist is judged by where it would be, so that a refusal tells nothing of what exists.
  if (isErrno(fileFd)) return check(core, verb, whereItWouldBe(core, path).path) || fileFd;
  try {
    const real = core.kernel.pathOf(fileFd);
    const denied = check(core, verb, isErrno(real) ? new Uint8Array(0) : real);
    return denied || use(fileFd);
  } finally {
    core.kernel.close(fileFd);
  }
}

function check(core: Core, verb: PathVerb, real: Uint8Array): SysResult {
  return core.permissions.check({ verb, endpoint: { kind: "unix-path", name: String.fromCharCode(...real) } });
}

/** Whether `path` is `name` or `./name`. */
function isInWorkingDirectory(path: Uint8Array): boolean {
  const name = path[0] === DOT && path[1] === SLASH ? path.subarray(2) : path;
  return !name.includes(SLASH);
}
