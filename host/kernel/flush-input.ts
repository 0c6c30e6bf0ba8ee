import type { SysResult } from "../core/errno.js";
import { loadAddon } from "./addon.js";

/** Throws away what was typed at a terminal and not read yet. tcflush(3) */
export function flushInput(hostFd: number): SysResult {
  return loadAddon().flushInput(hostFd);
}
