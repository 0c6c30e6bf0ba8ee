// os.FileInfo

import { fstat as fstatOf, lstat as lstatOf, S_ISDIR, S_ISREG } from "../file";
import { errno } from "../errno";
import { failed, Result } from "../errors";
import { stat as statAt } from "../socket";
import { Stat } from "../struct";
import { Errno } from "../syscall";
import { PathError } from "./patherror";

/** `os.FileInfo`: what is known of a file. */
@final
export class FileInfo {
  constructor(
    /** The last part of the path. */
    readonly name: string,
    private found: Stat,
  ) {}

  /** Bytes. */
  get size(): i64 {
    return this.found.st_size;
  }

  /** The kernel's `st_mode`, kind and permissions: inode(7), and not Go's own bits. */
  get mode(): u32 {
    return this.found.st_mode;
  }

  get isDir(): bool {
    return S_ISDIR(this.mode);
  }

  get isRegular(): bool {
    return S_ISREG(this.mode);
  }

  /** When it was changed: nanoseconds since 1970, as package time counts. */
  get modTime(): i64 {
    return this.found.st_mtim_sec * 1_000_000_000 + this.found.st_mtim_nsec;
  }
}

/** `os.Stat(name)`: a file, a link's target. */
export function stat(name: string): Result<FileInfo> {
  const found = new Stat();
  return statAt(name, found) < 0 ? cannot("stat", name) : new Result<FileInfo>(new FileInfo(lastOf(name), found));
}

/** `os.Lstat(name)`: a file, or a link itself. */
export function lstat(name: string): Result<FileInfo> {
  const found = new Stat();
  return lstatOf(name, found) < 0 ? cannot("lstat", name) : new Result<FileInfo>(new FileInfo(lastOf(name), found));
}

/** What `stat()` of a file with this descriptor and this name answers. */
export function statOf(fd: i32, name: string): Result<FileInfo> {
  const found = new Stat();
  return fstatOf(fd, found) < 0 ? cannot("stat", name) : new Result<FileInfo>(new FileInfo(lastOf(name), found));
}

function cannot(op: string, name: string): Result<FileInfo> {
  return failed<FileInfo>(new PathError(op, name, new Errno(errno)));
}

function lastOf(path: string): string {
  let end = path.length;
  while (end > 1 && path.charCodeAt(end - 1) == 0x2f) end--;
  const slash = path.lastIndexOf("/", end - 1);
  return end == 1 ? path.substring(0, 1) : path.substring(slash + 1, end);
}
