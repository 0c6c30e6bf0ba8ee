import type { SysResult } from "../core/errno.js";
import { loadAddon } from "./addon.js";

/** How many descriptors this process may have: `getrlimit(RLIMIT_NOFILE)`. */
export function descriptorLimit(): SysResult {
  return loadAddon().descriptorLimit();
}

/** Gives the calling thread a table of descriptors that no thread of this moment shares: `close_range(2)`. */
export function unshareDescriptors(): SysResult {
  return loadAddon().unshareDescriptors();
}
