import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  EACCES,
  EEXIST,
  EFAULT,
  EINVAL,
  EISDIR,
  ELOOP,
  EMFILE,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  ENXIO,
  EPERM,
  F_GETFD,
  F_GETFL,
  FD_CLOEXEC,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  S_ISGID,
  S_ISUID,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { BAD_POINTER, type Guest, guestOf, realGuest } from "../../fakes/guest.js";

watchDescriptors();

let directory = "";
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "sockyard-test-")));
  mkdirSync(join(directory, "in"));
  mkdirSync(join(directory, "out"));
  writeFileSync(join(directory, "in/file"), "contents");
  writeFileSync(join(directory, "out/file"), "secret");
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A guest that may use what is in `in`. */
function insider(rights = "read,write", limit = 1024): Guest {
  const flags = rights.split(",").map((right) => `--allow-${right}=${directory}/in`);
  return realGuest(rights === "" ? "" : flags.join(" "), { limit });
}

function open(guest: Guest, path: string, flags = O_RDONLY, mode = 0o644): number {
  return guest.call("open", guest.put(`${path.startsWith("/") ? path : `${directory}/${path}`}\0`), flags, mode);
}

function contents(guest: Guest, fd: number): string {
  const buffer = guest.allocate(64);
  return guest.text(buffer, guest.call("read", fd, buffer, 64));
}

describe("open(2)", () => {
  it("opens a file by the right to read, to write or both, and nothing else", () => {
    for (const [access, rights] of [
      [O_RDONLY, "read"],
      [O_WRONLY, "write"],
      [O_RDWR, "read,write"],
    ] as const) {
      expect(open(insider(rights), "in/file", access)).toBe(3);
    }
    expect(open(insider("write"), "in/file")).toBe(-EACCES);
    expect(open(insider("read"), "in/file", O_WRONLY)).toBe(-EACCES);
    expect(open(insider("read"), "in/file", O_RDWR)).toBe(-EACCES);
    expect(open(insider("write"), "in/file", O_RDWR)).toBe(-EACCES);
    expect(open(insider("read"), "in/file", O_TRUNC)).toBe(-EACCES);
    expect(open(insider("read"), "in/file", O_CREAT)).toBe(-EACCES);
    expect(readFileSync(join(directory, "in/file"), "utf8")).toBe("contents");
    expect(open(realGuest(`--allow-net=unix:${directory}/**`), "in/file")).toBe(-EACCES);
    expect(open(realGuest("--allow-net"), "in/file")).toBe(-EACCES);
    expect(open(realGuest("--allow-all"), "in/file")).toBe(3);
    expect(open(realGuest("--allow-read"), "in/file")).toBe(3);
    expect(open(realGuest(`--allow-read=${directory}/in/file`), "in/file")).toBe(3);
    expect(open(realGuest(`--allow-read=${directory}/i`), "in/file")).toBe(-EACCES);
  });

  it("reads and writes through the table", () => {
    const guest = insider();
    const fd = open(guest, "in/file", O_RDWR | O_APPEND);
    expect(contents(guest, fd)).toBe("contents");
    expect(guest.call("write", fd, guest.put(" and more"), 9)).toBe(9);
    expect(readFileSync(join(directory, "in/file"), "utf8")).toBe("contents and more");
    expect(guest.call("fcntl", fd, F_GETFL, 0) & O_NONBLOCK).toBe(0);
    expect(guest.call("fcntl", fd, F_GETFD, 0)).toBe(0);
    expect(guest.call("fcntl", open(guest, "in/file", O_CLOEXEC), F_GETFD, 0)).toBe(FD_CLOEXEC);
    expect(guest.call("fcntl", open(guest, "in/file", O_NONBLOCK), F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK);
  });

  it("creates and truncates", () => {
    const guest = insider("write");
    const fd = open(guest, "in/new", O_WRONLY | O_CREAT, 0o640);
    expect(guest.call("write", fd, guest.put("new"), 3)).toBe(3);
    expect(statSync(join(directory, "in/new")).mode & 0o777).toBe(0o640 & ~process.umask());
    expect(open(guest, "in/new", O_WRONLY | O_CREAT | O_EXCL)).toBe(-EEXIST);
    expect(open(guest, "in/new", O_WRONLY | O_CREAT)).toBe(4);
    expect(readFileSync(join(directory, "in/new"), "utf8")).toBe("new");
    expect(open(guest, "in/new", O_WRONLY | O_TRUNC)).toBe(5);
    expect(readFileSync(join(directory, "in/new"), "utf8")).toBe("");
    expect(open(guest, "in/none/new", O_WRONLY | O_CREAT)).toBe(-ENOENT);
    expect(open(guest, "in/new/", O_WRONLY | O_CREAT)).toBe(-EISDIR);
    expect(open(guest, "in/new/", O_WRONLY)).toBe(-ENOTDIR);
    for (const path of ["out/", "out/new/", "out/none/new/"]) {
      expect(open(guest, path, O_WRONLY | O_CREAT)).toBe(-EACCES);
    }
    expect(open(guest, "in/newer/", O_WRONLY | O_CREAT)).toBe(-EISDIR);
    expect(open(guest, "out/new", O_WRONLY | O_CREAT)).toBe(-EACCES);
    expect(() => statSync(join(directory, "out/new"))).toThrow("ENOENT");
  });

  it.each([
    ["out/file", "out/none"],
    ["in/../out/file", "in/../out/none"],
    ["in/link", "in/dangling"],
    ["in/folder/file", "in/folder/none"],
    ["in/folder/../out/file", "in/folder/../out/none"],
  ])("tells nothing of what is outside: %s", (existing, absent) => {
    symlinkSync("../out/file", join(directory, "in/link"));
    symlinkSync("../out/none", join(directory, "in/dangling"));
    symlinkSync("../out", join(directory, "in/folder"));
    for (const flags of [O_RDONLY, O_WRONLY, O_RDWR | O_CREAT, O_WRONLY | O_CREAT | O_EXCL]) {
      const guest = insider();
      // O_EXCL looks no further than the link, which is inside.
      const answer = existing === "in/link" && (flags & O_EXCL) !== 0 ? -EEXIST : -EACCES;
      expect(open(guest, existing, flags)).toBe(answer);
      expect(open(guest, absent, flags)).toBe(answer);
    }
    expect(() => statSync(join(directory, "out/none"))).toThrow("ENOENT");
  });

  it("follows links within the grant, unless O_NOFOLLOW", () => {
    symlinkSync("file", join(directory, "in/link"));
    symlinkSync("none", join(directory, "in/dangling"));
    const guest = insider();
    expect(contents(guest, open(guest, "in/link"))).toBe("contents");
    expect(open(guest, "in/link", O_NOFOLLOW)).toBe(-ELOOP);
    expect(open(guest, "in/file", O_NOFOLLOW)).toBeGreaterThan(0);
    expect(open(guest, "in/dangling")).toBe(-ENOENT);
    expect(open(guest, "in/dangling", O_WRONLY | O_CREAT)).toBe(-ELOOP);
    expect(open(guest, "in/dangling", O_WRONLY | O_CREAT | O_EXCL)).toBe(-EEXIST);
  });

  it("creates no file that runs with the rights of the host's user", () => {
    const guest = realGuest("--allow-all");
    for (const mode of [S_ISUID | 0o755, S_ISGID | 0o755, S_ISUID | S_ISGID])
      expect(open(guest, "in/new", O_WRONLY | O_CREAT, mode)).toBe(-EPERM);
    expect(existsSync(join(directory, "in/new"))).toBe(false);
    expect(open(guest, "in/file", O_RDONLY, S_ISUID)).toBe(3);
  });

  it("never follows a magic link", () => {
    const guest = realGuest("--allow-read");
    expect(open(guest, "/proc/self/exe")).toBe(-ELOOP);
    expect(open(guest, "/proc/self/root/etc/passwd")).toBe(-ELOOP);
    expect(open(realGuest("--allow-all"), "/proc/self/fd/0")).toBe(-ELOOP);
  });

  it("refuses directories and flags that it does not honor", () => {
    const guest = insider();
    expect(open(guest, "in")).toBe(-EISDIR);
    expect(open(guest, "in", O_DIRECTORY)).toBe(-EISDIR);
    expect(open(guest, "in/file", O_DIRECTORY)).toBe(-ENOTDIR);
    // As since Linux 6.4; before, it depended on what was there.
    for (const path of ["in", "in/file", "in/none"]) expect(open(guest, path, O_CREAT | O_DIRECTORY)).toBe(-EINVAL);
    expect(open(guest, "in/file/x")).toBe(-ENOTDIR);
    // O_PATH, O_DIRECT, O_NOATIME, O_ASYNC, and both O_WRONLY and O_RDWR.
    for (const flag of [0o10000000, 0o40000, 0o1000000, 0o20000, 3]) expect(open(guest, "in/file", flag)).toBe(-EINVAL);
  });

  it("answers ENXIO for a socket file, by a network grant or a right to read", async () => {
    const path = join(directory, "in/socket");
    const server = await new Promise<Server>((resolve) => {
      const listening = createServer().listen(path, () => resolve(listening));
    });
    expect(open(insider("read"), "in/socket")).toBe(-ENXIO);
    expect(open(realGuest(`--allow-net-connect=unix:${path}`), "in/socket", O_RDWR)).toBe(-ENXIO);
    expect(open(realGuest(`--allow-net-listen=unix:${path}`), "in/socket")).toBe(-ENXIO);
    expect(open(realGuest(), "in/socket")).toBe(-EACCES);
    await new Promise((resolve) => server.close(resolve));
  });

  it("does not wait for the other end of a FIFO", () => {
    execFileSync("mkfifo", [join(directory, "in/fifo")]);
    const guest = insider();
    expect(open(guest, "in/fifo", O_WRONLY)).toBe(-ENXIO);
    const reader = open(guest, "in/fifo");
    const writer = open(guest, "in/fifo", O_WRONLY);
    expect(guest.call("write", writer, guest.put("x"), 1)).toBe(1);
    expect(contents(guest, reader)).toBe("x");
    expect(guest.call("fcntl", reader, F_GETFL, 0) & O_NONBLOCK).toBe(0);
  });

  it("opens what shows the kernel by a rule that names it, and the host's own process by none", () => {
    const path = (text: string): string => realpathSync(text);
    for (const [file, rule] of [
      ["/dev/null", "/dev"],
      ["/dev/null", "/dev/null"],
      ["/proc/version", "/proc"],
      ["/proc/net/dev", "/proc/net"],
      ["/proc/thread-self/net/dev", "/proc"],
      ["/sys/kernel/mm/transparent_hugepage/enabled", "/sys/kernel"],
    ] as const) {
      if (!existsSync(file)) continue;
      for (const flags of ["--allow-read", "--allow-read=/", `--allow-write=${rule}`])
        expect(open(realGuest(flags), file), `${flags} ${file}`).toBe(-EACCES);
      expect(open(realGuest(`--allow-read=${rule}`), file), file).toBe(3);
    }
    for (const own of ["self", "thread-self", `${process.pid}`, "self/task/..", `self/task/${process.pid}`]) {
      for (const rule of ["", "=/", "=/proc", `=${path("/proc/self")}`, `=${path("/proc/self/mem")}`]) {
        const guest = realGuest(`--allow-read${rule} --allow-write${rule}`);
        expect(open(guest, `/proc/${own}/mem`, O_RDWR), `${own} by ${rule}`).toBe(-EACCES);
        expect(guest.call("stat", guest.put(`/proc/${own}/mem\0`), guest.allocate(144))).toBe(-EACCES);
      }
      expect(open(realGuest("--allow-all"), `/proc/${own}/mem`)).toBe(3);
    }
  });

  it("answers EMFILE at RLIMIT_NOFILE, and creates nothing", () => {
    expect(open(insider("read,write", 3), "in/new", O_WRONLY | O_CREAT)).toBe(-EMFILE);
    expect(() => statSync(join(directory, "in/new"))).toThrow("ENOENT");
  });

  it("answers EFAULT, ENAMETOOLONG and ENOENT for bad paths", () => {
    const guest = realGuest("--allow-all");
    expect(guest.call("open", BAD_POINTER, 0, 0)).toBe(-EFAULT);
    expect(guest.call("open", guest.put("\0"), 0, 0)).toBe(-ENOENT);
    expect(open(guest, `/${"x".repeat(4100)}`)).toBe(-ENAMETOOLONG);
    expect(open(guest, `/${"x".repeat(300)}`)).toBe(-ENAMETOOLONG);
  });

  it("opens the very file that was judged", () => {
    const guest = guestOf("--allow-read=/run/a", { pathOf: Buffer.from("/run/a"), fstat: { mode: 0o100644 } as never });
    expect(open(guest, "/anything")).toBe(3);
    expect(guest.kernel.calls("openFile")).toEqual([[100, O_RDONLY]]);
    expect(guest.kernel.calls("close")).toEqual([[100]]);
  });

  it("is traced as strace would print it", () => {
    const script = { fstat: { mode: 0o100644 } as never };
    const guest = guestOf("--allow-all", script);
    const path = guest.put("/tmp/x\0");
    expect(guest.trace("open", path, O_RDONLY, 0)).toBe('open("/tmp/x", O_RDONLY) = 3');
    expect(guest.trace("open", path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)).toBe(
      'open("/tmp/x", O_WRONLY|O_CREAT|O_TRUNC, 0644) = 4',
    );
    const denied = guestOf("", script);
    expect(denied.trace("open", denied.put("/tmp/x\0"), O_RDONLY, 0)).toBe(
      'open("/tmp/x", O_RDONLY) = -1 EACCES (denied: no rule)',
    );
  });
});
