import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { DIRECTORY_RIGHTS, FILE_RIGHTS, RIGHTS_ALL, type Right, rightsOf } from "../../host/abi/preview1/rights.js";
import { type Guest, realGuest } from "./guest.js";

export const CREAT = 1;
export const DIRECTORY = 2;
export const EXCL = 4;
export const TRUNC = 8;
export const FOLLOW = 1;

/** preview1's numbers of what files answer. */
export const ACCES = 2;
export const BADF = 8;
export const EXIST = 20;
export const FAULT = 21;
export const INVAL = 28;
export const ISDIR = 31;
export const LOOP = 32;
export const NAMETOOLONG = 37;
export const NOENT = 44;
export const NOTDIR = 54;
export const NOTEMPTY = 55;
export const NOTSOCK = 57;
export const NXIO = 60;
export const PERM = 63;
export const NOTCAPABLE = 76;
export const SPIPE = 70;

export const READ_WRITE: readonly Right[] = ["FD_READ", "FD_WRITE", "FD_SEEK", "FD_TELL", "FD_FILESTAT_GET"];

export interface OpenOptions {
  readonly oflags?: number;
  readonly rights?: readonly Right[] | bigint;
  readonly inheriting?: readonly Right[] | bigint;
  readonly fdflags?: number;
  readonly dirflags?: number;
  readonly from?: number;
}

export interface Filestat {
  readonly ino: bigint;
  readonly filetype: number;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly atim: bigint;
  readonly mtim: bigint;
}

export interface Dirent {
  readonly next: bigint;
  readonly ino: bigint;
  readonly type: number;
  readonly name: string;
}

const bits = (rights: readonly Right[] | bigint): bigint => (typeof rights === "bigint" ? rights : rightsOf(...rights));

/** A guest over the real kernel whose descriptor 3 is a directory of its own, called by its functions of preview1. */
export class Files {
  constructor(
    readonly guest: Guest,
    readonly root: string,
  ) {}

  /** The errno of a call whose last argument is where the result goes, or the result as `read` takes it. */
  #answer<T>(errno: number, read: () => T): T | { errno: number } {
    return errno === 0 ? read() : { errno };
  }

  /** A path's two arguments. */
  path(name: string): [number, number] {
    const bytes = Buffer.from(name);
    return [this.guest.put(bytes), bytes.length];
  }

  open(name: string, options: OpenOptions = {}): number | { errno: number } {
    const { oflags = 0, rights = [], inheriting = [], fdflags = 0, dirflags = 0, from = 3 } = options;
    const newFd = this.guest.put32(-1);
    const args = [from, dirflags, ...this.path(name), oflags, bits(rights), bits(inheriting), fdflags, newFd];
    return this.#answer(this.guest.wasi("path_open", ...args), () => this.guest.view.getInt32(newFd, true));
  }

  /** Opens what has to open. */
  opened(name: string, options: OpenOptions = {}): number {
    const fd = this.open(name, options);
    if (typeof fd !== "number") throw new Error(`${name} does not open: ${fd.errno}`);
    return fd;
  }

  /** A new file with this text, closed again. */
  create(name: string, text = ""): void {
    const fd = this.opened(name, { oflags: CREAT | EXCL, rights: READ_WRITE });
    if (text !== "") this.write(fd, text);
    this.guest.wasi("fd_close", fd);
  }

  /** A directory with all rights. */
  directory(name: string): number {
    return this.opened(name, { oflags: DIRECTORY, rights: DIRECTORY_RIGHTS, inheriting: RIGHTS_ALL });
  }

  write(fd: number, text: string): number {
    const written = this.guest.put32(0);
    const iovecs = this.guest.putIovecs([this.guest.put(text), text.length]);
    return this.guest.wasi("fd_write", fd, iovecs, 1, written);
  }

  read(fd: number, size = 100): string | { errno: number } {
    const [buffer, count] = [this.guest.allocate(size), this.guest.put32(0)];
    const errno = this.guest.wasi("fd_read", fd, this.guest.putIovecs([buffer, size]), 1, count);
    return this.#answer(errno, () => this.guest.text(buffer, this.guest.view.getUint32(count, true)));
  }

  /** Any call that begins with a descriptor and a path. */
  call(name: string, path: string, from = 3): number {
    return this.guest.wasi(name, from, ...this.path(path));
  }

  rename(from: string, to: string, [old, fresh] = [3, 3]): number {
    return this.guest.wasi("path_rename", old, ...this.path(from), fresh, ...this.path(to));
  }

  link(from: string, to: string, [old, fresh] = [3, 3], flags = 0): number {
    return this.guest.wasi("path_link", old, flags, ...this.path(from), fresh, ...this.path(to));
  }

  symlink(text: string, path: string): number {
    return this.guest.wasi("path_symlink", ...this.path(text), 3, ...this.path(path));
  }

  readlink(path: string, size = 100): string | { errno: number } {
    const [buffer, used] = [this.guest.put(Buffer.alloc(size)), this.guest.put32(0)];
    const errno = this.guest.wasi("path_readlink", 3, ...this.path(path), buffer, size, used);
    return this.#answer(errno, () => this.guest.text(buffer, this.guest.view.getUint32(used, true)));
  }

  stat(path: string, dirflags = 0): Filestat | { errno: number } {
    const buf = this.guest.allocate(64);
    const errno = this.guest.wasi("path_filestat_get", 3, dirflags, ...this.path(path), buf);
    return this.#answer(errno, () => this.#filestat(buf));
  }

  fstat(fd: number): Filestat | { errno: number } {
    const buf = this.guest.allocate(64);
    return this.#answer(this.guest.wasi("fd_filestat_get", fd, buf), () => this.#filestat(buf));
  }

  fdstat(fd: number): { filetype: number; flags: number; rights: bigint; inheriting: bigint } | { errno: number } {
    const buf = this.guest.allocate(24);
    const { view } = this.guest;
    return this.#answer(this.guest.wasi("fd_fdstat_get", fd, buf), () => ({
      filetype: view.getUint8(buf),
      flags: view.getUint16(buf + 2, true),
      rights: view.getBigUint64(buf + 8, true),
      inheriting: view.getBigUint64(buf + 16, true),
    }));
  }

  /** The whole entries in a buffer of `size` bytes, and whether the buffer was filled. */
  readdir(fd: number, cookie = 0n, size = 4096): { entries: Dirent[]; isFull: boolean } | { errno: number } {
    const [buf, used] = [this.guest.allocate(size), this.guest.put32(0)];
    const errno = this.guest.wasi("fd_readdir", fd, buf, size, cookie, used);
    return this.#answer(errno, () => {
      const filled = this.guest.view.getUint32(used, true);
      return { entries: this.#dirents(buf, filled), isFull: filled === size };
    });
  }

  #dirents(buf: number, filled: number): Dirent[] {
    const { view } = this.guest;
    const entries: Dirent[] = [];
    for (let at = buf; at + 24 <= buf + filled; ) {
      const length = view.getUint32(at + 16, true);
      if (at + 24 + length > buf + filled) break;
      const [next, ino] = [view.getBigUint64(at, true), view.getBigUint64(at + 8, true)];
      entries.push({ next, ino, type: view.getUint8(at + 20), name: this.guest.text(at + 24, length) });
      at += 24 + length;
    }
    return entries;
  }

  #filestat(buf: number): Filestat {
    const field = (i: number): bigint => this.guest.view.getBigUint64(buf + i * 8, true);
    return {
      ino: field(1),
      filetype: Number(field(2)),
      nlink: field(3),
      size: field(4),
      atim: field(5),
      mtim: field(6),
    };
  }
}

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** A directory `inside` that the guest has, and beside it all that it has not. By default it may do everything there. */
export function useFiles(flags = (inside: string): string => `--dir=${inside}::/work`): Files {
  const outside = mkdtempSync(join(tmpdir(), "sockyard-test-"));
  roots.push(outside);
  const root = join(outside, "inside");
  mkdirSync(root);
  return new Files(realGuest(flags(root), { looksForDirectories: true }), root);
}

export { DIRECTORY_RIGHTS, FILE_RIGHTS, RIGHTS_ALL, rightsOf };
