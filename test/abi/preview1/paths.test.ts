import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { watchDescriptors } from "../../fakes/descriptors.js";
import {
  ACCES,
  DIRECTORY,
  EXIST,
  type Files,
  FOLLOW,
  INVAL,
  ISDIR,
  LOOP,
  NAMETOOLONG,
  NOENT,
  NOTDIR,
  NOTEMPTY,
  PERM,
  useFiles,
} from "../../fakes/files.js";
import { type Guest, realGuest } from "../../fakes/guest.js";

watchDescriptors();

const BUSY = 10;
const XDEV = 75;

/** A directory with a file, a directory, and one that is not empty. */
function populated(): Files {
  const files = useFiles();
  for (const name of ["dir", "full/inner"]) mkdirSync(join(files.root, name), { recursive: true });
  writeFileSync(join(files.root, "file"), "text");
  return files;
}

describe("path_create_directory", () => {
  it.each([
    ["new", 0],
    ["new/", 0],
    ["dir/new//", 0],
    ["file", EXIST],
    ["dir", EXIST],
    ["dir/", EXIST],
    [".", EXIST],
    ["dir/..", EXIST],
    ["nothing/new", NOENT],
    ["file/new", NOTDIR],
    ["", NOENT],
    ["/", PERM],
    ["/new", PERM],
    ["../new", PERM],
    ["n\0", INVAL],
    ["n".repeat(256), NAMETOOLONG],
    ["n/".repeat(3000), NAMETOOLONG],
  ])("of %j is %i", (path, errno) => {
    expect(populated().call("path_create_directory", path)).toBe(errno);
  });
});

describe("path_remove_directory", () => {
  it.each([
    ["dir", 0],
    ["dir///", 0],
    ["full", NOTEMPTY],
    ["file", NOTDIR],
    ["file/", NOTDIR],
    ["nothing", NOENT],
    [".", INVAL],
    ["dir/..", INVAL],
    ["..", INVAL],
    ["../inside", PERM],
  ])("of %j is %i", (path, errno) => {
    const files = populated();
    expect(files.call("path_remove_directory", path)).toBe(errno);
    expect(lstatSync(files.root).isDirectory()).toBe(true);
  });
});

describe("path_unlink_file", () => {
  it.each([
    ["file", 0],
    ["file/", NOTDIR],
    ["dir", ISDIR],
    ["dir/", ISDIR],
    ["nothing", NOENT],
    ["nothing/", NOENT],
    [".", ISDIR],
    ["../inside/file", PERM],
  ])("of %j is %i", (path, errno) => {
    expect(populated().call("path_unlink_file", path)).toBe(errno);
  });

  it("removes a link, not what it leads to", () => {
    const files = populated();
    symlinkSync("file", join(files.root, "link"));
    expect(files.call("path_unlink_file", "link")).toBe(0);
    expect(readdirSync(files.root)).toEqual(["dir", "file", "full"]);
  });
});

describe("path_rename", () => {
  it.each([
    ["file", "new", 0],
    ["file", "new/", NOTDIR],
    ["file/", "new", NOTDIR],
    ["file", "dir", ISDIR],
    ["dir", "new", 0],
    ["dir/", "new/", 0],
    ["full", "dir", 0],
    ["dir", "full", NOTEMPTY],
    ["dir", "file", NOTDIR],
    ["dir", "dir/below", INVAL],
    ["nothing", "new", NOENT],
    [".", "new", BUSY],
    ["file", "..", BUSY],
    ["file", "../out", PERM],
    ["../inside/file", "new", PERM],
  ])("of %j to %j is %i", (from, to, errno) => {
    const files = populated();
    expect(files.rename(from, to)).toBe(errno);
    expect(readdirSync(join(files.root, ".."))).toEqual(["inside"]);
  });

  it("goes from one directory to another", () => {
    const files = populated();
    const [full, dir] = [files.directory("full"), files.directory("dir")];
    expect(files.rename("inner", "moved", [full, dir])).toBe(0);
    expect(readdirSync(join(files.root, "dir"))).toEqual(["moved"]);
  });

  it("cannot bring a file to where more may be done with it", () => {
    const files = useFiles((inside) => {
      for (const name of ["drop", "both"]) mkdirSync(join(inside, name));
      writeFileSync(join(inside, "drop/secret"), "");
      return `--dir=${inside}/both::/both --allow-write=${inside}/drop`;
    });
    expect(files.rename("secret", "secret", [4, 3])).toBe(2);
    expect(files.link("secret", "secret", [4, 3])).toBe(2);
    expect(readdirSync(join(files.root, "both"))).toEqual([]);
  });
});

describe("path_rename of a directory, with a denial for something in it", () => {
  const denying = (flag: string): Files =>
    useFiles((inside) => {
      mkdirSync(join(inside, "a/c/b"), { recursive: true });
      mkdirSync(join(inside, "a/cc"));
      writeFileSync(join(inside, "a/c/b/secret"), "secret");
      return `--dir=${inside}::/work ${flag}${inside}/a/c/b`;
    });

  it.each(["--deny-read=", "--deny-write=", "--deny-net-connect=unix:", "--deny-net-listen=unix:"])(
    "leaves it where %s finds it",
    (flag) => {
      const files = denying(flag);
      expect(files.rename("a/cc", "a/e")).toBe(0);
      for (const from of ["a/c", "a", "a/c/b", "a/./c/"]) expect(files.rename(from, "d")).toBe(ACCES);
      expect(files.rename("c", "d", [files.directory("a"), 3])).toBe(ACCES);
      expect(readdirSync(join(files.root, "a")).sort()).toEqual(["c", "e"]);
      expect(files.guest.denials[0]?.question).toMatchObject({ path: join(files.root, "a/c"), moves: true });
      expect(files.guest.denials[0]?.verdict.rule).toBe(`${flag}${files.root}/a/c/b`);
    },
  );

  it.each([
    ["a/c", "a/d", "a/d/b/secret"],
    ["a", "d", "d/c/b/secret"],
    ["a/c/b", "d", "d/secret"],
  ])("keeps what must not be read unread: %s to %s", (from, to, path) => {
    const files = denying("--deny-read=");
    files.rename(from, to);
    expect(files.open(path, { rights: ["FD_READ"] })).toEqual({ errno: NOENT });
    expect(files.open("a/c/b/secret", { rights: ["FD_READ"] })).toEqual({ errno: ACCES });
  });

  it("gives a socket that is denied no second name", () => {
    const files = useFiles((inside) => `--dir=${inside}::/work --deny-net-connect=unix:${inside}/socket`);
    writeFileSync(join(files.root, "socket"), "");
    expect([files.link("socket", "other"), files.rename("socket", "other")]).toEqual([ACCES, ACCES]);
    expect(readdirSync(files.root)).toEqual(["socket"]);
  });

  it("keeps what must not be written, by a symbolic link, too", () => {
    const files = denying("--deny-write=");
    expect(files.symlink("c", "a/link")).toBe(0);
    // The link itself moves, and leads where it led.
    expect(files.rename("a/link", "a/other")).toBe(0);
    expect(files.rename("a/other/b", "a/moved")).toBe(ACCES);
    expect(files.open("a/other/b/secret", { rights: ["FD_WRITE"] })).toEqual({ errno: ACCES });
  });
});

describe("a Unix socket that somebody else made", () => {
  const SECRET = ["a/s", "a/secret/s", "a/d/secret/s"];
  /** Beside a listener of the host at each of these places, a file and directories. */
  const guarded = (flags: (inside: string) => string): Files => {
    const host = realGuest("--allow-all");
    const files = useFiles((inside) => {
      for (const name of ["a/secret", "a/d/secret", "a/empty", "x"]) mkdirSync(join(inside, name), { recursive: true });
      for (const name of ["a/file", "x/file"]) writeFileSync(join(inside, name), "");
      for (const name of [...SECRET, "x/own"]) listenAt(host, join(inside, name));
      return `--dir=${inside}::/work ${flags(inside)}`;
    });
    return files;
  };
  const listenAt = (guest: Guest, path: string): void => {
    const fd = guest.unix();
    if (guest.bind(fd, `unix:${path}`) !== 0 || guest.call("listen", fd, 5) !== 0) throw new Error(`not at ${path}`);
  };
  const connect = ({ guest, root }: Files, path: string): number => guest.connect(guest.unix(), `unix:${root}/${path}`);
  const GRANTED = (inside: string): string => `--allow-net=unix:${inside}/x/**`;
  const DENIED = (inside: string): string => `--allow-all --deny-net=unix:${inside}/a/secret/**`;

  it.each([
    [GRANTED, "a/s", "x/s", ACCES],
    [GRANTED, "a/secret", "x/d", ACCES],
    [GRANTED, "a/d", "x/d", ACCES],
    [GRANTED, "a/empty", "x/d", ACCES],
    [GRANTED, "a/s", "a/t", 0],
    [GRANTED, "a/d", "a/e", 0],
    [GRANTED, "x/own", "x/other", 0],
    [GRANTED, "x/own", "a/other", 0],
    [GRANTED, "a/file", "x/other", XDEV],
    [GRANTED, "a/file", "a/other", 0],
    [GRANTED, "x/file", "a/other", 0],
    [GRANTED, "a/nothing", "x/s", NOENT],
    [DENIED, "a/secret/s", "x/s", ACCES],
    [DENIED, "a/secret/s", "a/secret/t", 0],
    [DENIED, "a/secret", "x/d", ACCES],
    [DENIED, "a", "x/d", ACCES],
    [DENIED, "a/d", "x/d", 0],
    [DENIED, "a/s", "x/s", 0],
  ])("is not moved to where more is allowed: %o, %s to %s", (flags, from, to, errno) => {
    const files = guarded(flags);
    const before = [connect(files, from), connect(files, `${from}/s`), connect(files, `${from}/secret/s`)];
    expect(files.rename(from, to)).toBe(errno);
    expect(existsSync(join(files.root, to))).toBe(errno === 0);
    const after = [connect(files, to), connect(files, `${to}/s`), connect(files, `${to}/secret/s`)];
    for (const [i, result] of after.entries()) if (result === 0) expect(before[i]).toBe(0);
  });

  it.each([
    [GRANTED, "a/s", "x/s", ACCES],
    [GRANTED, "a/s", "a/t", 0],
    [GRANTED, "x/own", "x/other", 0],
    [GRANTED, "a/file", "x/other", XDEV],
    [GRANTED, "a/empty", "x/d", ACCES],
    [GRANTED, "a/empty", "a/d2", PERM],
    [DENIED, "a/secret/s", "x/s", ACCES],
    [DENIED, "a/s", "x/s", 0],
  ])("gets no second name where more is allowed: %o, %s as %s", (flags, from, to, errno) => {
    const files = guarded(flags);
    expect(files.link(from, to)).toBe(errno);
    if (errno !== 0) expect(connect(files, to)).not.toBe(0);
  });

  it("may be moved by who may connect to it anyway, and by who made it and may listen there", () => {
    const files = guarded((inside) => `--allow-net-connect=unix:${inside}/x/**,unix:${inside}/a/s`);
    expect([files.rename("a/s", "x/s"), connect(files, "x/s")]).toEqual([0, 0]);
    const server = guarded((inside) => `--allow-net-listen=unix:${inside}/x/new,unix:${inside}/x/own`);
    listenAt(server.guest, join(server.root, "x/new"));
    expect(server.rename("x/new", "x/own")).toBe(0);
    expect(server.guest.denials).toEqual([]);
  });

  it("is named with the path that it was to have", () => {
    const files = guarded(GRANTED);
    expect([files.rename("a/s", "x/s"), files.rename("a/d", "x/d")]).toEqual([ACCES, ACCES]);
    const [path, to] = [join(files.root, "a"), join(files.root, "x")];
    expect(files.guest.denials.map(({ question }) => question)).toEqual([
      { verb: "move", path: `${path}/s`, to: `${to}/s`, isDirectory: false },
      { verb: "move", path: `${path}/d`, to: `${to}/d`, isDirectory: true },
    ]);
  });
});

describe("path_link", () => {
  it.each([
    ["file", "new", 0],
    ["file", "new/", NOENT],
    ["file", "dir", EXIST],
    ["file", "dir/", EXIST],
    ["file", "file", EXIST],
    ["file/", "new", NOTDIR],
    ["dir", "new", PERM],
    ["nothing", "new", NOENT],
    ["file", "../out", PERM],
    ["../inside/file", "new", PERM],
  ])("of %j as %j is %i", (from, to, errno) => {
    expect(populated().link(from, to)).toBe(errno);
  });

  it("is of a symbolic link itself, dangling or round, and never follows one", () => {
    const files = populated();
    for (const text of ["nothing", "link"]) {
      symlinkSync(text, join(files.root, "link"));
      expect(files.link("link", "copy")).toBe(0);
      expect(files.link("file", "link")).toBe(EXIST);
      expect(files.link("link", "other", [3, 3], FOLLOW)).toBe(INVAL);
      expect(readlinkSync(join(files.root, "copy"))).toBe(text);
      for (const name of ["link", "copy"]) expect(files.call("path_unlink_file", name)).toBe(0);
    }
  });
});

describe("path_symlink", () => {
  it.each([
    ["source", "new", 0],
    ["source", "new/", NOENT],
    ["source", "dir", EXIST],
    ["source", "dir/", EXIST],
    ["source", "file", EXIST],
    ["source", "file/", NOTDIR],
    ["", "new", NOENT],
    ["../file", "dir/new", 0],
    ["/etc/passwd", "new", PERM],
    [".././inside/../../etc/passwd", "new", PERM],
    ["..", "new", PERM],
    ["../../outside", "dir/new", PERM],
  ])("of %j at %j is %i", (text, path, errno) => {
    expect(populated().symlink(text, path)).toBe(errno);
  });

  it("makes loops, which end where they are followed", () => {
    const files = populated();
    expect(files.symlink("loop", "loop")).toBe(0);
    expect(files.open("loop")).toEqual({ errno: LOOP });
    expect(files.open("loop/", { oflags: DIRECTORY })).toEqual({ errno: LOOP });
    expect(files.stat("loop", FOLLOW)).toEqual({ errno: LOOP });
    expect(files.stat("loop")).toMatchObject({ filetype: 7, size: 4n });
  });
});

describe("path_readlink", () => {
  it("fills what there is room for", () => {
    const files = populated();
    symlinkSync("target", join(files.root, "link"));
    expect(files.readlink("link", 10)).toBe("target");
    expect(files.readlink("link", 6)).toBe("target");
    expect(files.readlink("link", 4)).toBe("targ");
    expect(files.readlink("link", 0)).toBe("");
  });

  it.each([
    ["file", INVAL],
    ["dir", INVAL],
    ["nothing", NOENT],
    ["../inside/file", PERM],
  ])("of %j is %i", (path, errno) => {
    expect(populated().readlink(path)).toEqual({ errno });
  });
});
