import type { DirectoryEntry } from "../core/kernel.js";

/** How many bytes of entries are read at once: room for any name, and some hundred of the usual ones. */
export const ENTRIES_SIZE = 8192;

/**
 * The entries that getdents64(2) wrote.
 *
 * ```text
 * struct linux_dirent64: 0 u64 d_ino, 8 i64 d_off, 16 u16 d_reclen, 18 u8 d_type, 19 char[] d_name, ended by NUL
 * ```
 */
export function directoryEntries(bytes: Uint8Array): DirectoryEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at < bytes.length; at += view.getUint16(at + 16, true)) {
    const name = bytes.subarray(at + 19, bytes.indexOf(0, at + 19));
    entries.push({
      ino: view.getBigUint64(at, true),
      next: view.getBigUint64(at + 8, true),
      type: view.getUint8(at + 18),
      name,
    });
  }
  return entries;
}
