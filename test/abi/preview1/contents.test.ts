import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { watchDescriptors } from "../../fakes/descriptors.js";
import {
  BADF,
  CREAT,
  type Files,
  FOLLOW,
  INVAL,
  NAMETOOLONG,
  NOENT,
  NOTDIR,
  NOTSOCK,
  READ_WRITE,
  RIGHTS_ALL,
  SPIPE,
  useFiles,
} from "../../fakes/files.js";
import { NO_SUCH_FD } from "../../fakes/guest.js";

watchDescriptors();

const [SET, CUR, END] = [0, 1, 2];

function withFile(text = "0123456789"): { files: Files; fd: number } {
  const files = useFiles();
  const fd = files.opened("file", { oflags: CREAT, rights: RIGHTS_ALL });
  files.write(fd, text);
  return { files, fd };
}

function seek({ guest }: Files, fd: number, offset: bigint, whence: number): bigint | number {
  const at = guest.allocate(8);
  const errno = guest.wasi("fd_seek", fd, offset, whence, at);
  return errno === 0 ? guest.view.getBigInt64(at, true) : errno;
}

function tell({ guest }: Files, fd: number): bigint | number {
  const at = guest.allocate(8);
  const errno = guest.wasi("fd_tell", fd, at);
  return errno === 0 ? guest.view.getBigInt64(at, true) : errno;
}

describe("fd_seek and fd_tell", () => {
  it("move from the start, the position and the end", () => {
    const { files, fd } = withFile();
    expect(tell(files, fd)).toBe(10n);
    expect(seek(files, fd, 2n, SET)).toBe(2n);
    expect(seek(files, fd, -1n, CUR)).toBe(1n);
    expect(seek(files, fd, 100n, END)).toBe(110n);
    expect(seek(files, fd, -200n, END)).toBe(INVAL);
    expect(seek(files, fd, 0n, 3)).toBe(INVAL);
    expect(seek(files, fd, -1n, SET)).toBe(INVAL);
    expect(seek(files, fd, 2n ** 40n, SET)).toBe(2n ** 40n);
    expect(tell(files, fd)).toBe(2n ** 40n);
  });

  it("are SPIPE on what has no position, BADF on directories and what is not open", () => {
    const files = useFiles();
    expect(tell(files, files.guest.tcp())).toBe(SPIPE);
    expect(seek(files, files.guest.tcp(), 0n, SET)).toBe(SPIPE);
    for (const fd of [3, NO_SUCH_FD, -1]) {
      expect(tell(files, fd)).toBe(BADF);
      expect(seek(files, fd, 0n, CUR)).toBe(BADF);
    }
  });
});

describe("fd_pread and fd_pwrite", () => {
  it("leave the position alone", () => {
    const { files, fd } = withFile();
    const { guest } = files;
    const [buffer, count] = [guest.put("abc"), guest.put32(0)];
    expect(guest.wasi("fd_pwrite", fd, guest.putIovecs([buffer, 3]), 1, 4n, count)).toBe(0);
    expect(guest.wasi("fd_pread", fd, guest.putIovecs([buffer, 1], [buffer + 1, 2]), 2, 5n, count)).toBe(0);
    expect(guest.text(buffer, 3)).toBe("bc7");
    expect(tell(files, fd)).toBe(10n);
    expect(readFileSync(join(files.root, "file"), "utf8")).toBe("0123abc789");
    expect(guest.wasi("fd_pread", fd, guest.putIovecs([buffer, 3]), 1, 100n, count)).toBe(0);
    expect(guest.view.getUint32(count, true)).toBe(0);
  });

  it.each([2n ** 63n, 2n ** 64n - 1n])("are INVAL at %i", (offset) => {
    const { files, fd } = withFile();
    const iovecs = files.guest.putIovecs([64, 1]);
    expect(files.guest.wasi("fd_pread", fd, iovecs, 1, offset, 64)).toBe(INVAL);
    expect(files.guest.wasi("fd_pwrite", fd, iovecs, 1, offset, 64)).toBe(INVAL);
  });

  it("append where APPEND is set, as Linux has it", () => {
    const { files } = withFile("1234");
    const fd = files.opened("file", { rights: READ_WRITE, fdflags: 1 });
    const iovecs = files.guest.putIovecs([files.guest.put("56"), 2]);
    expect(files.guest.wasi("fd_pwrite", fd, iovecs, 1, 0n, 64)).toBe(0);
    expect(readFileSync(join(files.root, "file"), "utf8")).toBe("123456");
  });

  it("are SPIPE on sockets, BADF on directories and what is not open", () => {
    const files = useFiles();
    const iovecs = files.guest.putIovecs([64, 1]);
    for (const call of ["fd_pread", "fd_pwrite"]) {
      expect(files.guest.wasi(call, files.guest.tcp(), iovecs, 1, 0n, 64)).toBe(SPIPE);
      for (const fd of [3, NO_SUCH_FD]) expect(files.guest.wasi(call, fd, iovecs, 1, 0n, 64)).toBe(BADF);
    }
  });
});

describe("sizes", () => {
  it("are set, allocated and advised of", () => {
    const { files, fd } = withFile();
    expect(files.guest.wasi("fd_filestat_set_size", fd, 4n)).toBe(0);
    expect(files.fstat(fd)).toMatchObject({ size: 4n });
    expect(files.guest.wasi("fd_allocate", fd, 10n, 90n)).toBe(0);
    expect(files.fstat(fd)).toMatchObject({ size: 100n });
    for (let advice = 0; advice < 6; advice++) {
      expect(files.guest.wasi("fd_advise", fd, 0n, 50n, advice)).toBe(0);
    }
    expect(files.fstat(fd)).toMatchObject({ size: 100n });
    expect(files.guest.wasi("fd_sync", fd)).toBe(0);
    expect(files.guest.wasi("fd_datasync", fd)).toBe(0);
  });

  it.each([
    ["fd_filestat_set_size", [2n ** 63n]],
    ["fd_allocate", [0n, 0n]],
    ["fd_allocate", [2n ** 63n, 1n]],
    ["fd_advise", [0n, 0n, 6]],
    ["fd_advise", [2n ** 64n - 1n, 0n, 0]],
  ])("%s(%s) is INVAL", (call, args) => {
    const { files, fd } = withFile();
    expect(files.guest.wasi(call, fd, ...args)).toBe(INVAL);
    expect(files.fstat(fd)).toMatchObject({ size: 10n });
  });

  it.each([
    ["fd_filestat_set_size", [0n]],
    ["fd_allocate", [0n, 1n]],
    ["fd_advise", [0n, 0n, 0]],
    ["fd_sync", []],
    ["fd_datasync", []],
    ["fd_filestat_set_times", [0n, 0n, 0]],
  ])("%s is BADF for what is not open", (call, args) => {
    expect(useFiles().guest.wasi(call, NO_SUCH_FD, ...args)).toBe(BADF);
  });
});

describe("times", () => {
  it("are set one by one, to the nanosecond, or to now", () => {
    const { files, fd } = withFile();
    const set = (atim: bigint, mtim: bigint, flags: number) =>
      files.guest.wasi("fd_filestat_set_times", fd, atim, mtim, flags);
    expect(set(1_000_000_001n, 2_000_000_002n, 1 | 4)).toBe(0);
    expect(files.fstat(fd)).toMatchObject({ atim: 1_000_000_001n, mtim: 2_000_000_002n });
    expect(set(5n, 6n, 1)).toBe(0);
    expect(files.fstat(fd)).toMatchObject({ atim: 5n, mtim: 2_000_000_002n });
    expect(set(7n, 8n, 8)).toBe(0);
    const { atim, mtim } = files.fstat(fd) as { atim: bigint; mtim: bigint };
    expect(atim).toBe(5n);
    expect(mtim).toBeGreaterThan(BigInt(Date.now() - 60_000) * 1_000_000n);
  });

  it.each([
    [1 | 2, 0n],
    [4 | 8, 0n],
    [16, 0n],
    [1, 2n ** 63n],
    [4, 2n ** 64n - 1n],
  ])("are INVAL for the flags %i and the time %i", (flags, time) => {
    const { files, fd } = withFile();
    const before = files.fstat(fd);
    expect(files.guest.wasi("fd_filestat_set_times", fd, time, time, flags)).toBe(INVAL);
    expect(files.guest.wasi("path_filestat_set_times", 3, 0, ...files.path("file"), time, time, flags)).toBe(INVAL);
    expect(files.fstat(fd)).toEqual(before);
  });

  it("are those of a link, or of what it leads to", () => {
    const { files } = withFile();
    symlinkSync("file", join(files.root, "link"));
    const set = (follow: number, mtim: bigint) =>
      files.guest.wasi("path_filestat_set_times", 3, follow, ...files.path("link"), 0n, mtim, 4);
    expect([set(0, 11n), set(FOLLOW, 22n)]).toEqual([0, 0]);
    expect(files.stat("link")).toMatchObject({ filetype: 7, mtim: 11n });
    expect(files.stat("file")).toMatchObject({ filetype: 4, mtim: 22n, size: 10n });
    expect(files.stat("link", FOLLOW)).toEqual(files.stat("file"));
  });
});

describe("fd_readdir", () => {
  it("lists . and .. and what there is, with inodes and types", () => {
    const files = useFiles();
    const fd = files.directory(".");
    const names = () => {
      const { entries } = files.readdir(fd) as { entries: { name: string; type: number; ino: bigint }[] };
      return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    };
    expect(names().map(({ name, type }) => [name, type])).toEqual([
      [".", 3],
      ["..", 3],
    ]);
    files.create("file");
    symlinkSync("file", join(files.root, "link"));
    mkdirSync(join(files.root, "zebra"));
    expect(names().map(({ name, type }) => [name, type])).toEqual([
      [".", 3],
      ["..", 3],
      ["file", 4],
      ["link", 7],
      ["zebra", 3],
    ]);
    expect(names()[0]?.ino).toBe((files.fstat(fd) as { ino: bigint }).ino);
    expect(names()[2]?.ino).toBe((files.stat("file") as { ino: bigint }).ino);
  });

  it("goes on where a cookie says, through any buffer", () => {
    const files = useFiles();
    for (let i = 0; i < 300; i++) files.create(`file.${i}`);
    const fd = files.directory(".");
    for (const size of [40, 256, 3000]) {
      const seen: string[] = [];
      for (let cookie = 0n; ; ) {
        const { entries, isFull } = files.readdir(fd, cookie, size) as Exclude<
          ReturnType<Files["readdir"]>,
          { errno: number }
        >;
        seen.push(...entries.map(({ name }) => name));
        if (!isFull) break;
        cookie = entries.at(-1)?.next ?? cookie;
      }
      expect(seen).toHaveLength(302);
      expect(new Set(seen).size).toBe(302);
    }
  });

  it("is NOTDIR, BADF or INVAL for what is no directory, not open, or no cookie", () => {
    const { files, fd } = withFile();
    expect(files.readdir(fd)).toEqual({ errno: BADF });
    expect(files.readdir(files.guest.tcp())).toEqual({ errno: NOTDIR });
    expect(files.readdir(NO_SUCH_FD)).toEqual({ errno: BADF });
    expect(files.readdir(3, 2n ** 64n - 1n)).toEqual({ errno: INVAL });
  });
});

describe("descriptors of files", () => {
  it("are renumbered with all that belongs to them", () => {
    const { files, fd } = withFile();
    const to = files.opened("other", { oflags: CREAT });
    const before = files.fdstat(fd);
    expect(files.guest.wasi("fd_renumber", fd, to)).toBe(0);
    expect(files.guest.wasi("fd_close", fd)).toBe(BADF);
    expect(files.fdstat(to)).toEqual(before);
    expect(files.guest.wasi("fd_renumber", to, to)).toBe(0);
    expect(files.guest.wasi("fd_renumber", to, 20)).toBe(BADF);
    expect(files.guest.wasi("fd_renumber", 20, to)).toBe(BADF);
    expect(files.guest.wasi("fd_renumber", -1, to)).toBe(BADF);
  });

  it("are renumbered over a directory of the start, and over standard input", () => {
    const { files } = withFile();
    const fd = files.directory(".");
    expect(files.guest.wasi("fd_renumber", fd, 3)).toBe(0);
    expect(files.guest.wasi("fd_prestat_get", 3, 64)).toBe(BADF);
    expect(files.fdstat(fd)).toEqual({ errno: BADF });
    expect(files.fdstat(3)).toMatchObject({ filetype: 3 });
    const input = files.opened("file", { rights: READ_WRITE });
    expect(files.guest.wasi("fd_renumber", input, 0)).toBe(0);
    expect(files.read(0)).toBe("0123456789");
    expect(files.guest.wasi("fd_close", 0)).toBe(0);
  });

  it("are told by their names: the directories that the program was started with", () => {
    const { guest } = useFiles((inside) => `--dir=${inside}::/work --dir=${inside} --allow-read=${inside},${inside}/`);
    const name = (fd: number): string => {
      const prestat = guest.put(new Uint8Array(8).fill(0xaa));
      expect(guest.wasi("fd_prestat_get", fd, prestat)).toBe(0);
      expect(guest.view.getUint32(prestat, true)).toBe(0);
      const length = guest.view.getUint32(prestat + 4, true);
      const path = guest.allocate(length + 1);
      expect(guest.wasi("fd_prestat_dir_name", fd, path, length - 1)).toBe(NAMETOOLONG);
      expect(guest.wasi("fd_prestat_dir_name", fd, path, length + 1)).toBe(0);
      return guest.text(path, length);
    };
    expect(name(3)).toBe("/work");
    expect(name(4)).toMatch(/\/sockyard-test-\w+\/inside$/);
    for (const fd of [0, 2, 5, NO_SUCH_FD, -1]) {
      expect(guest.wasi("fd_prestat_get", fd, 64)).toBe(BADF);
      expect(guest.wasi("fd_prestat_dir_name", fd, 64, 8)).toBe(BADF);
    }
    expect(guest.wasi("fd_close", 3)).toBe(0);
    expect(guest.wasi("fd_prestat_get", 3, 64)).toBe(BADF);
  });

  it("are no sockets", () => {
    const { files, fd } = withFile();
    expect(files.guest.wasi("sock_shutdown", fd, 1)).toBe(NOTSOCK);
    expect(files.guest.wasi("sock_shutdown", 1, 1)).toBe(NOTSOCK);
    expect(files.guest.wasi("sock_shutdown", NO_SUCH_FD, 1)).toBe(BADF);
  });

  it("are gone with their names", () => {
    const { files, fd } = withFile();
    expect(files.call("path_unlink_file", "file")).toBe(0);
    expect(files.fstat(fd)).toMatchObject({ nlink: 0n, size: 10n });
    expect(files.open("file")).toEqual({ errno: NOENT });
  });
});
