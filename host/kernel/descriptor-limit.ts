import type { SysResult } from "../core/errno.js";
import { loadAddon } from "./addon.js";

/** How many descriptors this process may have: `getrlimit(RLIMIT_NOFILE)`. */
export function descriptorLimit(): SysResult {
  return loadAddon().descriptorLimit();
}
