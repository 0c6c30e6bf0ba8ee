import { PREVIEW1_MODULE } from "../abi/preview1/imports.js";
import { DIRECTORY_RIGHTS, RIGHTS_ALL } from "../abi/preview1/rights.js";
import type { Core } from "../core/core.js";
import { errnoText, isErrno, type SysResult } from "../core/errno.js";
import { spell } from "../core/file-access.js";
import { EMFILE, O_DIRECTORY, O_RDONLY } from "../core/linux.generated.js";
import type { Preopen } from "../core/permissions/preopens.js";
import { RuntimeError } from "./runtime-error.js";
import type { ImportedFunction } from "./signatures.js";

/**
 * Enters the directories that the guest was given, from the lowest free number up.
 *
 * Only a guest that looks for them has them: the numbers of all others begin as C's do, at 3. Throws a `RuntimeError`
 * for one that was asked for and cannot be opened.
 */
export function enterPreopens(core: Core, preopens: readonly Preopen[], isLookedFor: boolean): void {
  for (const preopen of preopens) {
    const hostFd = openDirectory(core, preopen.host);
    if (isErrno(hostFd)) {
      if (preopen.isRequired) throw cannotOpen(preopen, hostFd);
    } else if (isLookedFor) {
      enter(core, hostFd, preopen);
    } else {
      core.kernel.close(hostFd);
    }
  }
}

/** Whether a program uses paths, and finds the directories that they begin in as every libc does. */
export function looksForDirectories(imported: readonly ImportedFunction[]): boolean {
  const names = imported.flatMap(({ module, name }) => (module === PREVIEW1_MODULE ? [name] : []));
  return names.includes("fd_prestat_get") && names.some((name) => name.startsWith("path_"));
}

function enter(core: Core, hostFd: number, { guest }: Preopen): void {
  const fd = core.fds.add(hostFd, undefined, true);
  if (isErrno(fd)) {
    core.kernel.close(hostFd);
    throw new RuntimeError("ERR_DIRECTORY", "the program is given too many directories", [errnoText(EMFILE)]);
  }
  const preopenName = new TextEncoder().encode(guest);
  core.fds.setFile(fd, { rights: DIRECTORY_RIGHTS, inheriting: RIGHTS_ALL, isOwn: true, preopenName });
}

/** A directory that may not be read is opened without its contents: paths can begin there. */
function openDirectory(core: Core, path: string): SysResult {
  const pathFd = core.kernel.openPath(new TextEncoder().encode(path), O_DIRECTORY);
  if (isErrno(pathFd)) return pathFd;
  const origin = core.kernel.originOf(pathFd);
  if (!core.permissions.permits({ verb: "read", path: spell(core.kernel.pathOf(pathFd)), origin })) return pathFd;
  const hostFd = core.kernel.openFile(pathFd, O_RDONLY | O_DIRECTORY);
  if (isErrno(hostFd)) return pathFd;
  core.kernel.close(pathFd);
  return hostFd;
}

function cannotOpen({ host }: Preopen, error: number): RuntimeError {
  return new RuntimeError("ERR_DIRECTORY", "cannot open the directory of --dir", [`${host}: ${errnoText(-error)}`]);
}
