import { join } from "node:path";
import type { SysResult } from "../core/errno.js";
import { loadAddon } from "./addon.js";

/** The program that makes a network of its own (host/native/isolate/isolate.c). */
export const ISOLATE = join(import.meta.dirname, "../../build/native/isolate");

/** execv(3): becomes another program, with the same number and descriptors 0 to 2 and `kept`. Returns `-errno` only. */
export function execute(words: readonly string[], kept: readonly number[]): SysResult {
  const addon = loadAddon();
  for (const fd of [0, 1, 2, ...kept]) addon.keepOnExec(fd);
  return addon.execute(Buffer.from(words.map((word) => `${word}\0`).join("")));
}

/** Has the kernel end this process when its parent ends; `-ESRCH` if that is no longer `parent`. */
export function endWithParent(parent: number): SysResult {
  return loadAddon().endWithParent(parent);
}
