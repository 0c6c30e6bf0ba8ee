import type { SysResult } from "../core/errno.js";
import { loadAddon } from "./addon.js";

/**
 * Writes all of `bytes` to a stream of the host's own.
 *
 * @param timeout in nanoseconds, negative for none: `-ETIMEDOUT` once it has passed
 * @param cancelFd from `createCancel`: `-ECANCELED` once it is fired; or -1
 */
export function writeAll(hostFd: number, bytes: Uint8Array, timeout: number, cancelFd: number): SysResult {
  return loadAddon().writeAll(hostFd, bytes, timeout, cancelFd);
}
