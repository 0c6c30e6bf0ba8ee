import type { SysResult } from "../core/errno.js";
import { loadAddon } from "./addon.js";

/**
 * Sets flags of V8's, separated by spaces; `-ENOSYS` in another engine.
 *
 * `node:v8` has the same, and takes 4 ms to load.
 */
export function setEngineFlags(flags: string): SysResult {
  return loadAddon().setEngineFlags(Buffer.from(flags));
}
