import type { Core } from "./core.js";
import { closeDescriptor } from "./descriptors.js";
import { isErrno, type SysResult } from "./errno.js";
import { EBADF, EINVAL, O_CLOEXEC } from "./linux.generated.js";

/** `dup2(2)`: makes `newFd` a duplicate of `oldFd`, and closes what it was. */
export function replaceDescriptor(core: Core, oldFd: number, newFd: number): SysResult {
  if (newFd < 0 || newFd >= core.fds.limit || !core.fds.isOpen(oldFd)) return -EBADF;
  return oldFd === newFd ? newFd : duplicateOnto(core, oldFd, newFd, false);
}

/** `dup3(2)`: as dup2, but with FD_CLOEXEC by O_CLOEXEC, and never of a descriptor onto itself. */
export function replaceOther(core: Core, oldFd: number, newFd: number, flags: number): SysResult {
  if ((flags & ~O_CLOEXEC) !== 0 || oldFd === newFd) return -EINVAL;
  if (newFd < 0 || newFd >= core.fds.limit || !core.fds.isOpen(oldFd)) return -EBADF;
  return duplicateOnto(core, oldFd, newFd, (flags & O_CLOEXEC) !== 0);
}

/** The duplicate exists before the old descriptor goes: a failure leaves everything as it was. */
function duplicateOnto(core: Core, oldFd: number, newFd: number, closeOnExec: boolean): SysResult {
  const hostFd = core.kernel.dup(core.fds.hostFd(oldFd));
  if (isErrno(hostFd)) return hostFd;
  const socket = core.fds.socket(oldFd);
  const file = core.fds.file(oldFd);
  try {
    // The errors of this close are lost, as on Linux.
    closeDescriptor(core, newFd);
  } finally {
    core.fds.add(hostFd, isErrno(socket) ? undefined : socket, closeOnExec, newFd);
    core.fds.setFile(newFd, file);
  }
  return newFd;
}
