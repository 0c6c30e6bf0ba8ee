import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { watchDescriptors } from "../../fakes/descriptors.js";
import {
  ACCES,
  BADF,
  CREAT,
  DIRECTORY,
  DIRECTORY_RIGHTS,
  EXCL,
  EXIST,
  FILE_RIGHTS,
  FOLLOW,
  INVAL,
  ISDIR,
  LOOP,
  NOENT,
  NOTCAPABLE,
  NOTDIR,
  PERM,
  READ_WRITE,
  RIGHTS_ALL,
  rightsOf,
  TRUNC,
  useFiles,
} from "../../fakes/files.js";

watchDescriptors();

describe("path_open", () => {
  it("creates, writes, and reads again what was written", () => {
    const files = useFiles();
    const fd = files.opened("file", { oflags: CREAT | EXCL, rights: READ_WRITE });
    expect(files.write(fd, "text")).toBe(0);
    expect(files.read(files.opened("file", { rights: READ_WRITE }))).toBe("text");
    expect(files.open("file", { oflags: CREAT | EXCL, rights: READ_WRITE })).toEqual({ errno: EXIST });
    expect(readFileSync(join(files.root, "file"), "utf8")).toBe("text");
  });

  it("gives the lowest free number behind the directories", () => {
    const files = useFiles();
    files.create("file");
    expect([files.opened("file"), files.opened("file")]).toEqual([4, 5]);
    files.guest.wasi("fd_close", 4);
    expect(files.opened("file")).toBe(4);
  });

  it("goes through dots and slashes, and not beyond the directory", () => {
    const files = useFiles();
    mkdirSync(join(files.root, "dir/nested"), { recursive: true });
    files.create("dir/nested/file");
    files.opened("dir/.//nested/../../dir/nested/../nested///./file");
    files.opened("dir/nested///");
    expect(files.open("/dir/nested/file")).toEqual({ errno: PERM });
    expect(files.open("dir/nested/../../../inside/dir/nested/file")).toEqual({ errno: PERM });
    for (const path of ["dir/nested/file/", "dir/nested/file///"]) {
      expect(files.open(path)).toEqual({ errno: NOTDIR });
    }
    expect(files.open("dir/nested/file\0")).toEqual({ errno: INVAL });
    expect(files.open("")).toEqual({ errno: NOENT });
  });

  it("does not follow a final link unless asked, nor create behind one", () => {
    const files = useFiles();
    files.create("file", "text");
    symlinkSync("file", join(files.root, "link"));
    symlinkSync("nothing", join(files.root, "dangling"));
    symlinkSync("loop", join(files.root, "loop"));
    expect(files.open("link")).toEqual({ errno: LOOP });
    expect(files.read(files.opened("link", { dirflags: FOLLOW, rights: READ_WRITE }))).toBe("text");
    expect(files.open("dangling")).toEqual({ errno: LOOP });
    expect(files.open("dangling", { oflags: DIRECTORY })).toEqual({ errno: LOOP });
    expect(files.open("dangling", { dirflags: FOLLOW })).toEqual({ errno: NOENT });
    expect(files.open("dangling", { dirflags: FOLLOW, oflags: CREAT })).toEqual({ errno: LOOP });
    expect(files.open("dangling", { oflags: CREAT | EXCL })).toEqual({ errno: EXIST });
    expect(files.open("loop", { dirflags: FOLLOW })).toEqual({ errno: LOOP });
  });

  it("opens directories to read, with or without asking for one", () => {
    const files = useFiles();
    files.create("file");
    expect(files.fdstat(files.opened(".", { rights: DIRECTORY_RIGHTS, inheriting: RIGHTS_ALL }))).toEqual({
      filetype: 3,
      flags: 0,
      rights: DIRECTORY_RIGHTS,
      inheriting: RIGHTS_ALL,
    });
    files.opened(".");
    files.opened(".", { oflags: DIRECTORY, rights: ["FD_READ"] });
    expect(files.open(".", { oflags: DIRECTORY, rights: ["FD_READ", "FD_WRITE"] })).toEqual({ errno: ISDIR });
    expect(files.open(".", { rights: ["FD_WRITE"] })).toEqual({ errno: ISDIR });
    expect(files.open("file", { oflags: DIRECTORY })).toEqual({ errno: NOTDIR });
  });

  it("begins in directories only", () => {
    const files = useFiles();
    files.create("file");
    const fd = files.opened("file", { rights: READ_WRITE });
    expect(files.open("x", { from: fd })).toEqual({ errno: NOTDIR });
    expect(files.open("x", { from: files.guest.tcp() })).toEqual({ errno: NOTDIR });
    expect(files.open("x", { from: 1 })).toEqual({ errno: NOTDIR });
    expect(files.open("x", { from: 77 })).toEqual({ errno: BADF });
    expect(files.open("x", { from: -1 })).toEqual({ errno: BADF });
  });

  it.each([
    ["an unknown lookupflag", { dirflags: 2 }],
    ["an unknown oflag", { oflags: 16 }],
    ["an unknown fdflag", { fdflags: 32 }],
  ])("is INVAL for %s", (_, options) => {
    expect(useFiles().open("file", options)).toEqual({ errno: INVAL });
  });

  it("keeps the flags that a file is opened with", () => {
    const files = useFiles();
    for (const fdflags of [0, 1, 2, 4, 16, 17]) {
      const fd = files.opened(`file${fdflags}`, { oflags: CREAT, rights: READ_WRITE, fdflags });
      expect(files.fdstat(fd)).toMatchObject({ flags: fdflags, filetype: 4 });
    }
    // Linux synchronizes reads by O_SYNC.
    expect(files.fdstat(files.opened("file", { oflags: CREAT, rights: READ_WRITE, fdflags: 8 }))).toMatchObject({
      flags: 16,
    });
  });

  it("sets and clears APPEND of its own files", () => {
    const files = useFiles();
    const fd = files.opened("file", { oflags: CREAT, rights: [...READ_WRITE, "FD_FDSTAT_SET_FLAGS"], fdflags: 1 });
    files.write(fd, "one");
    expect(files.guest.wasi("fd_fdstat_set_flags", fd, 0)).toBe(0);
    files.guest.wasi("fd_seek", fd, 0n, 0, 64);
    files.write(fd, "two");
    expect(files.guest.wasi("fd_fdstat_set_flags", fd, 1)).toBe(0);
    files.guest.wasi("fd_seek", fd, 0n, 0, 64);
    files.write(fd, "three");
    expect(readFileSync(join(files.root, "file"), "utf8")).toBe("twothree");
    expect(files.guest.wasi("fd_fdstat_set_flags", fd, 2)).toBe(INVAL);
  });

  it("never waits for the other end of a FIFO", async () => {
    const files = useFiles();
    const { execFileSync } = await import("node:child_process");
    execFileSync("mkfifo", [join(files.root, "fifo")]);
    expect(files.open("fifo", { rights: ["FD_WRITE"] })).toEqual({ errno: 60 });
    files.opened("fifo", { rights: ["FD_READ"] });
  });
});

describe("rights", () => {
  it("are those that were asked for and that the file's type has", () => {
    const files = useFiles();
    files.create("file");
    const fd = files.opened("file", { rights: RIGHTS_ALL, inheriting: RIGHTS_ALL });
    expect(files.fdstat(fd)).toMatchObject({ rights: FILE_RIGHTS, inheriting: FILE_RIGHTS });
    expect(files.fdstat(files.opened("file"))).toMatchObject({ rights: 0n, inheriting: 0n });
  });

  it("without FD_READ nothing is read, without FD_WRITE nothing written", () => {
    const files = useFiles();
    files.create("file", "text");
    const [reader, writer, neither] = [["FD_READ"], ["FD_WRITE"], []].map((rights) =>
      files.opened("file", { rights: rights as ["FD_READ"] }),
    ) as [number, number, number];
    expect(files.write(reader, "x")).toBe(BADF);
    expect(files.read(writer)).toEqual({ errno: BADF });
    expect(files.read(neither)).toEqual({ errno: BADF });
    expect(files.guest.wasi("fd_filestat_set_size", reader, 0n)).toBe(BADF);
    expect(files.guest.wasi("fd_seek", reader, 0n, 0, 64)).toBe(BADF);
    expect(files.guest.wasi("fd_tell", reader, 64)).toBe(BADF);
    // Berkeley's read knows no rights of preview1; the kernel's descriptor has no more access.
    expect(files.guest.call("write", reader, 64, 1)).toBe(-9);
    expect(files.guest.call("read", writer, 64, 1)).toBe(-9);
    expect(files.read(reader)).toBe("text");
  });

  it("are handed on by a directory as far as it has them", () => {
    const files = useFiles();
    mkdirSync(join(files.root, "dir"));
    const from = files.opened("dir", { rights: DIRECTORY_RIGHTS, inheriting: ["FD_READ"] });
    files.opened("file", { from, oflags: CREAT, rights: ["FD_READ"] });
    expect(files.open("file", { from, rights: ["FD_WRITE"] })).toEqual({ errno: PERM });
    expect(files.open("file", { from, inheriting: ["FD_SEEK"] })).toEqual({ errno: PERM });
  });

  it("can be given up, and never come back", () => {
    const files = useFiles();
    files.create("file", "text");
    const from = files.directory(".");
    const set = (base: bigint, inheriting = RIGHTS_ALL) =>
      files.guest.wasi("fd_fdstat_set_rights", from, base, inheriting);
    files.guest.wasi("fd_close", files.opened("file", { from, oflags: TRUNC }));
    expect(set(DIRECTORY_RIGHTS & ~rightsOf("PATH_FILESTAT_SET_SIZE"))).toBe(0);
    expect(files.open("file", { from, oflags: TRUNC })).toEqual({ errno: PERM });
    expect(files.fdstat(from)).toMatchObject({ rights: DIRECTORY_RIGHTS & ~rightsOf("PATH_FILESTAT_SET_SIZE") });
    expect(set(DIRECTORY_RIGHTS)).toBe(NOTCAPABLE);
    expect(set(0n, 0n)).toBe(0);
    expect(files.open("file", { from })).toEqual({ errno: PERM });
    expect(files.readdir(from)).toEqual({ errno: BADF });
    expect(files.guest.wasi("fd_fdstat_set_rights", 77, 0n, 0n)).toBe(BADF);
  });

  it("of a duplicate are the same, and go together", () => {
    const files = useFiles();
    const fd = files.opened("file", { oflags: CREAT, rights: READ_WRITE });
    const duplicate = files.guest.call("dup", fd);
    expect(files.fdstat(duplicate)).toEqual(files.fdstat(fd));
    files.guest.wasi("fd_fdstat_set_rights", duplicate, 0n, 0n);
    expect(files.write(fd, "x")).toBe(BADF);
  });

  it("to standard output hold neither its size nor its APPEND", () => {
    const files = useFiles();
    expect(files.guest.wasi("fd_filestat_set_size", 1, 0n)).toBe(BADF);
    expect(files.guest.wasi("fd_allocate", 1, 0n, 1n)).toBe(BADF);
    expect(files.guest.wasi("fd_filestat_set_times", 1, 0n, 0n, 10)).toBe(BADF);
    const { rights } = files.fdstat(1) as { rights: bigint };
    expect(files.guest.wasi("fd_fdstat_set_rights", 1, rights, 0n)).toBe(0);
    expect(files.guest.wasi("fd_fdstat_set_flags", 1, 1)).toBe(INVAL);
  });
});

describe("what is not granted", () => {
  it("read-only is really read-only", () => {
    const files = useFiles((inside) => {
      writeFileSync(join(inside, "file"), "text");
      mkdirSync(join(inside, "dir"));
      symlinkSync("file", join(inside, "link"));
      return `--allow-read=${inside}`;
    });
    const reader = files.opened("file", {
      rights: RIGHTS_ALL & ~rightsOf("FD_WRITE", "FD_ALLOCATE", "FD_FILESTAT_SET_SIZE"),
    });
    expect(files.read(reader)).toBe("text");
    const denied: Record<string, unknown> = {
      write: files.open("file", { rights: READ_WRITE }),
      truncate: files.open("file", { oflags: TRUNC }),
      create: files.open("new", { oflags: CREAT }),
      exists: files.open("file", { oflags: CREAT, rights: ["FD_READ"] }),
    };
    const errnos = {
      ...Object.fromEntries(
        Object.entries(denied).map(([name, result]) => [name, (result as { errno: number }).errno]),
      ),
      mkdir: files.call("path_create_directory", "new"),
      rmdir: files.call("path_remove_directory", "dir"),
      unlink: files.call("path_unlink_file", "file"),
      rename: files.rename("file", "other"),
      link: files.link("file", "other"),
      symlink: files.symlink("file", "other"),
      times: files.guest.wasi("path_filestat_set_times", 3, 0, ...files.path("file"), 0n, 0n, 10),
      fdTimes: files.guest.wasi("fd_filestat_set_times", reader, 0n, 0n, 10),
      directoryTimes: files.guest.wasi("fd_filestat_set_times", 3, 0n, 0n, 10),
    };
    expect(Object.entries(errnos).filter(([, errno]) => errno !== ACCES)).toEqual([]);
    expect(files.readlink("link")).toBe("file");
    expect(files.stat("file")).toMatchObject({ size: 4n });
    // The rights of the descriptor, and the kernel's: there is no access to write with.
    expect(files.guest.wasi("fd_filestat_set_size", reader, 0n)).toBe(BADF);
    expect(readFileSync(join(files.root, "file"), "utf8")).toBe("text");
  });

  it("write-only cannot read, list, or learn what is there", () => {
    const files = useFiles((inside) => {
      writeFileSync(join(inside, "file"), "text");
      symlinkSync("file", join(inside, "link"));
      return `--allow-write=${inside}`;
    });
    const fd = files.opened("new", { oflags: CREAT, rights: ["FD_WRITE"] });
    expect(files.write(fd, "x")).toBe(0);
    expect(files.guest.call("read", fd, 64, 1)).toBe(-9);
    for (const name of ["file", "nothing"]) {
      expect(files.open(name, { rights: ["FD_READ"] })).toEqual({ errno: ACCES });
      expect(files.stat(name)).toEqual({ errno: ACCES });
      expect(files.readlink(name)).toEqual({ errno: ACCES });
      expect(files.rename(name, "other")).toBe(ACCES);
      expect(files.link(name, "other")).toBe(ACCES);
    }
    expect(files.readdir(3)).toMatchObject({ errno: BADF });
    expect(files.call("path_unlink_file", "file")).toBe(0);
  });

  it("--dir HOST::GUEST:ro grants reading alone", () => {
    const files = useFiles((inside) => {
      writeFileSync(join(inside, "file"), "text");
      return `--dir=${inside}::/data:ro`;
    });
    expect(files.read(files.opened("file", { rights: ["FD_READ"] }))).toBe("text");
    expect(files.open("file", { rights: ["FD_WRITE"] })).toEqual({ errno: ACCES });
    expect(files.call("path_unlink_file", "file")).toBe(ACCES);
  });
});
