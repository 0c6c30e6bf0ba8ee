import { createDirectory, link, readLink, removeDirectory, removeFile, rename, symlink } from "../../core/directory.js";
import { isErrno, type SysResult } from "../../core/errno.js";
import { EINVAL } from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";
import { directoryWith } from "./rights.js";

/** `path_create_directory(fd, path: *const u8, path_len: size) -> errno` */
export function path_create_directory(
  { core, memory }: AbiContext,
  fd: number,
  path: number,
  length: number,
): SysResult {
  const directoryFd = directoryWith(core, fd, "PATH_CREATE_DIRECTORY");
  if (isErrno(directoryFd)) return directoryFd;
  return createDirectory(core, { directoryFd, path: memory.copy(path, length) });
}

/** `path_remove_directory(fd, path: *const u8, path_len: size) -> errno`: NOTEMPTY, NOTDIR. */
export function path_remove_directory(
  { core, memory }: AbiContext,
  fd: number,
  path: number,
  length: number,
): SysResult {
  const directoryFd = directoryWith(core, fd, "PATH_REMOVE_DIRECTORY");
  if (isErrno(directoryFd)) return directoryFd;
  return removeDirectory(core, { directoryFd, path: memory.copy(path, length) });
}

/** `path_unlink_file(fd, path: *const u8, path_len: size) -> errno`: ISDIR for a directory. */
export function path_unlink_file({ core, memory }: AbiContext, fd: number, path: number, length: number): SysResult {
  const directoryFd = directoryWith(core, fd, "PATH_UNLINK_FILE");
  if (isErrno(directoryFd)) return directoryFd;
  return removeFile(core, { directoryFd, path: memory.copy(path, length) });
}

/**
 * `path_rename(fd, old_path: *const u8, old_path_len: size, new_fd: fd, new_path: *const u8, new_path_len: size) -> errno`
 *
 * Takes the rights to read and to write what is moved: where it goes, other rules may hold. ACCES for a socket or a
 * directory, XDEV for a file, if the guest may connect to Unix sockets there, and not where it is.
 */
export function path_rename(
  { core, memory }: AbiContext,
  fd: number,
  oldPath: number,
  oldLength: number,
  newFd: number,
  newPath: number,
  newLength: number,
): SysResult {
  const oldDirectory = directoryWith(core, fd, "PATH_RENAME_SOURCE");
  if (isErrno(oldDirectory)) return oldDirectory;
  const newDirectory = directoryWith(core, newFd, "PATH_RENAME_TARGET");
  if (isErrno(newDirectory)) return newDirectory;
  const from = { directoryFd: oldDirectory, path: memory.copy(oldPath, oldLength) };
  return rename(core, from, { directoryFd: newDirectory, path: memory.copy(newPath, newLength) });
}

/**
 * `path_link(old_fd: fd, old_flags: lookupflags, old_path: *const u8, old_path_len: size, new_fd: fd, new_path: *const u8, new_path_len: size) -> errno`
 *
 * Takes the same rights as path_rename. INVAL to follow a link; PERM for a directory.
 */
export function path_link(
  { core, memory }: AbiContext,
  fd: number,
  flags: number,
  oldPath: number,
  oldLength: number,
  newFd: number,
  newPath: number,
  newLength: number,
): SysResult {
  const oldDirectory = directoryWith(core, fd, "PATH_LINK_SOURCE");
  if (isErrno(oldDirectory)) return oldDirectory;
  const newDirectory = directoryWith(core, newFd, "PATH_LINK_TARGET");
  if (isErrno(newDirectory)) return newDirectory;
  if (flags !== 0) return -EINVAL;
  const from = { directoryFd: oldDirectory, path: memory.copy(oldPath, oldLength) };
  return link(core, from, { directoryFd: newDirectory, path: memory.copy(newPath, newLength) });
}

/**
 * `path_symlink(old_path: *const u8, old_path_len: size, fd, new_path: *const u8, new_path_len: size) -> errno`
 *
 * PERM for an absolute text, and for one that leads out of what is granted.
 */
export function path_symlink(
  { core, memory }: AbiContext,
  text: number,
  textLength: number,
  fd: number,
  path: number,
  length: number,
): SysResult {
  const directoryFd = directoryWith(core, fd, "PATH_SYMLINK");
  if (isErrno(directoryFd)) return directoryFd;
  return symlink(core, memory.copy(text, textLength), { directoryFd, path: memory.copy(path, length) });
}

/**
 * `path_readlink(fd, path: *const u8, path_len: size, buf: *mut u8, buf_len: size, bufused: *mut size) -> errno`
 *
 * A short buffer gets the beginning of the text.
 */
export function path_readlink(
  { core, memory }: AbiContext,
  fd: number,
  path: number,
  length: number,
  buf: number,
  size: number,
  used: number,
): SysResult {
  const directoryFd = directoryWith(core, fd, "PATH_READLINK");
  if (isErrno(directoryFd)) return directoryFd;
  const place = { directoryFd, path: memory.copy(path, length) };
  memory.reserve(buf, size);
  memory.reserve(used, 4);
  const text = readLink(core, place);
  if (isErrno(text)) return text;
  const count = Math.min((text as Uint8Array).length, size >>> 0);
  memory.write(buf, text as Uint8Array, count);
  memory.setUint32(used, count);
  return 0;
}
