import type { SysResult } from "../core/errno.js";
import { loadAddon } from "./addon.js";

/** Makes the descriptor that cancels a guest: any thread of the process may fire it. */
export function createCancel(): SysResult {
  return loadAddon().createCancel();
}

/**
 * Cancels the guest: the call that it is blocked in answers `-ECANCELED`.
 *
 * A guest that is about to block may miss it: fire again until it has ended.
 */
export function fireCancel(cancelFd: number): SysResult {
  return loadAddon().fireCancel(cancelFd);
}

/** Makes the calling thread the guest's, before its kernel is opened. */
export function watchCancel(cancelFd: number): SysResult {
  return loadAddon().watchCancel(cancelFd);
}

/** Milliseconds of processor time that the guest's thread has used; `-ESRCH` before it has begun and after its end. */
export function cpuTime(cancelFd: number): SysResult {
  return loadAddon().cpuTime(cancelFd);
}

/** Closes the descriptor, once no thread uses the guest's kernel any more. */
export function closeCancel(cancelFd: number): SysResult {
  return loadAddon().closeDescriptor(cancelFd);
}
