import { loadAddon } from "./addon.js";

/** `_exit(code)`: the kernel closes what is open; nothing of Node's runs any more. */
export function exitNow(code: number): never {
  return loadAddon().exitNow(code);
}
