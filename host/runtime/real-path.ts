import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The absolute path of a file without symbolic links; what does not exist yet is kept as written. */
export function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync.native(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPath(parent), basename(absolute));
  }
}
