import type { Core } from "./core.js";
import { type Errno, isErrno, type SysResult } from "./errno.js";
import type { FileStatus } from "./kernel.js";
import { EACCES, EADDRINUSE, O_DIRECTORY, S_IFMT, S_IFSOCK } from "./linux.generated.js";

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
  return withPlace(core, "bind", path, ({ directoryFd, name }) => {
    if (isDots(name)) return -EADDRINUSE;
    // In the working directory itself nothing can be swapped, and peers see the very name that the guest gave.
    return isInWorkingDirectory(path) ? core.kernel.bind(hostFd) : core.kernel.bindAt(hostFd, directoryFd, name);
  });
}

/** Connects a socket to `path`: to the very file that was judged. */
export function connectUnixPath(core: Core, hostFd: number, path: Uint8Array): SysResult {
  return withFile(core, "connect", path, (fileFd) => core.kernel.connectFile(hostFd, fileFd));
}

/** Runs `send` with a path that names the very socket file that was judged. */
export function sendUnixPath(core: Core, path: Uint8Array, send: (path: Uint8Array) => SysResult): SysResult {
  return withFile(core, "send", path, (fileFd) => send(new TextEncoder().encode(`/proc/self/fd/${fileFd}`)));
}

/** What is known of the socket file at `path`, symbolic links followed. */
export function statUnixPath(core: Core, path: Uint8Array): FileStatus | Errno {
  return withFile(core, "stat", path, (fileFd) => socketOnly(core.kernel.fstat(fileFd)));
}

/** Removes the socket file at `path`; any other file is out of a network grant's reach. */
export function unlinkUnixPath(core: Core, path: Uint8Array): SysResult {
  return withPlace(core, "unlink", path, ({ directoryFd, name }) => {
    const status = socketOnly(core.kernel.fstatat(directoryFd, name));
    return isErrno(status) ? status : core.kernel.unlinkat(directoryFd, name);
  });
}

/** Files other than sockets are for the rights of files, which are refused here. */
function socketOnly(status: FileStatus | Errno): FileStatus | Errno {
  if (isErrno(status) || (status.mode & S_IFMT) === S_IFSOCK) return status;
  return -EACCES;
}

/** Judges `path` by its directory's real path, and runs `use` on it while that directory is open. */
function withPlace(core: Core, verb: PathVerb, path: Uint8Array, use: (place: Place) => SysResult): SysResult {
  const { directory, name } = split(path);
  const directoryFd = core.kernel.openPath(directory, O_DIRECTORY);
  try {
    const real = isErrno(directoryFd) ? lexicalPath(path) : join(core.kernel.pathOf(directoryFd), name);
    const denied = check(core, verb, real);
    if (denied) return denied;
    return isErrno(directoryFd) ? directoryFd : use({ directoryFd, name });
  } finally {
    if (!isErrno(directoryFd)) core.kernel.close(directoryFd);
  }
}

/** Opens the file itself without access to its contents, judges its real path, and runs `use` on it. */
function withFile<T>(core: Core, verb: PathVerb, path: Uint8Array, use: (fileFd: number) => T): T | Errno {
  const fileFd = core.kernel.openPath(path, 0);
  // What does not exist is judged by where it would be, so that a refusal tells nothing of what exists.
  if (isErrno(fileFd)) return withPlace(core, verb, path, () => fileFd);
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

function split(path: Uint8Array): { directory: Uint8Array; name: Uint8Array } {
  const slash = path.lastIndexOf(SLASH);
  if (slash === -1) return { directory: Uint8Array.of(DOT), name: path };
  return { directory: slash === 0 ? Uint8Array.of(SLASH) : path.subarray(0, slash), name: path.subarray(slash + 1) };
}

function join(directory: Uint8Array | Errno, name: Uint8Array): Uint8Array {
  if (isErrno(directory) || typeof directory === "number") return new Uint8Array(0);
  const base = directory.length === 1 ? directory.subarray(1) : directory;
  return Uint8Array.of(...base, SLASH, ...name);
}

/** `.` and `..` resolved as text alone: only to choose between EACCES and what the kernel said. */
function lexicalPath(path: Uint8Array): Uint8Array {
  if (path[0] !== SLASH) return path;
  const parts: string[] = [];
  for (const part of String.fromCharCode(...path).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return Uint8Array.from(`/${parts.join("/")}`, (character) => character.charCodeAt(0));
}

function isDots(name: Uint8Array): boolean {
  return name.length <= 2 && name.every((octet) => octet === DOT);
}

/** Whether `path` is `name` or `./name`. */
function isInWorkingDirectory(path: Uint8Array): boolean {
  const name = path[0] === DOT && path[1] === SLASH ? path.subarray(2) : path;
  return !name.includes(SLASH);
}
