import type { SysResult } from "../../core/errno.js";
import { EBADF, ENAMETOOLONG } from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";

/** `fd_prestat_get(fd, buf: *mut prestat) -> errno`: BADF for all but the directories that the program was started with. */
export function fd_prestat_get({ core, memory }: AbiContext, fd: number, buf: number): SysResult {
  const name = core.fds.file(fd)?.preopenName ?? null;
  if (name === null) return -EBADF;
  memory.setBigUint64(buf, BigInt(name.length) << 32n);
  return 0;
}

/** `fd_prestat_dir_name(fd, path: *mut u8, path_len: size) -> errno`: NAMETOOLONG for a short buffer. */
export function fd_prestat_dir_name({ core, memory }: AbiContext, fd: number, path: number, length: number): SysResult {
  const name = core.fds.file(fd)?.preopenName ?? null;
  if (name === null) return -EBADF;
  if (length >>> 0 < name.length) return -ENAMETOOLONG;
  memory.write(path, name, name.length);
  return 0;
}
