import { isErrno, type SysResult } from "../../core/errno.js";
import type { DirectoryEntry } from "../../core/kernel.js";
import type { AbiContext } from "../imports.js";
import { filetypeOf } from "./filetype.js";
import { descriptorWith } from "./rights.js";

const SIZEOF_DIRENT = 24;

/**
 * `fd_readdir(fd, buf: *mut u8, buf_len: size, cookie: dircookie, bufused: *mut size) -> errno`
 *
 * Lists . and .. too. The last entry is cut where the buffer ends; one that is not filled is the end of the directory.
 *
 * ```text
 * struct dirent: 0 u64 d_next, 8 u64 d_ino, 16 u32 d_namlen, 20 u8 d_type; then the name
 * ```
 */
export function fd_readdir(
  { core, memory }: AbiContext,
  fd: number,
  buf: number,
  length: number,
  cookie: bigint,
  used: number,
): SysResult {
  const hostFd = descriptorWith(core, fd, "FD_READDIR");
  if (isErrno(hostFd)) return hostFd;
  memory.reserve(used, 4);
  const target = memory.bytes(buf, length);
  let filled = 0;
  let next = cookie;
  while (filled < target.length) {
    const entries = core.kernel.readEntries(hostFd, next);
    if (typeof entries === "number") return entries;
    if (entries.length === 0) break;
    for (const entry of entries) {
      filled += writeCut(target.subarray(filled), encodeDirent(entry));
      next = entry.next;
    }
  }
  memory.setUint32(used, filled);
  return 0;
}

function writeCut(target: Uint8Array, bytes: Uint8Array): number {
  const fitting = bytes.subarray(0, target.length);
  target.set(fitting);
  return fitting.length;
}

function encodeDirent({ next, ino, type, name }: DirectoryEntry): Uint8Array {
  const bytes = new Uint8Array(SIZEOF_DIRENT + name.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, next, true);
  view.setBigUint64(8, ino, true);
  view.setUint32(16, name.length, true);
  view.setUint8(20, filetypeOf(undefined, { mode: type << 12 }));
  bytes.set(name, SIZEOF_DIRENT);
  return bytes;
}
