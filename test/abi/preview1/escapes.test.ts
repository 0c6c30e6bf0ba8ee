import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import {
  ACCES,
  CREAT,
  DIRECTORY,
  DIRECTORY_RIGHTS,
  Files,
  FOLLOW,
  LOOP,
  NOENT,
  PERM,
  READ_WRITE,
  RIGHTS_ALL,
  TRUNC,
  useFiles,
} from "../../fakes/files.js";
import { realGuest } from "../../fakes/guest.js";

watchDescriptors();

/** All ways by which a path could lead to a file that it must not reach: what each answers. */
function attempts(files: Files, path: string): number[] {
  const errnoOf = (result: unknown): number => (result as { errno?: number }).errno ?? 0;
  return [
    errnoOf(files.open(path, { dirflags: FOLLOW, rights: ["FD_READ"] })),
    errnoOf(files.open(path, { dirflags: FOLLOW, rights: ["FD_WRITE"] })),
    errnoOf(files.open(path, { dirflags: FOLLOW, oflags: TRUNC })),
    errnoOf(files.open(path, { dirflags: FOLLOW, oflags: CREAT })),
    errnoOf(files.stat(path, FOLLOW)),
    files.guest.wasi("path_filestat_set_times", 3, FOLLOW, ...files.path(path), 0n, 0n, 10),
  ];
}

/** The same, of calls that look at the name and not behind it. */
function attemptsOnName(files: Files, path: string): number[] {
  return [
    files.call("path_unlink_file", path),
    files.call("path_remove_directory", path),
    files.call("path_create_directory", path),
    files.rename(path, "stolen"),
    files.rename("mine", path),
    files.link(path, "stolen"),
    files.link("mine", path),
    files.symlink("mine", path),
    (files.readlink(path) as { errno: number }).errno,
  ];
}

/** A guest with a file of its own, and a secret beside its directory. */
function withSecret(): Files {
  const files = useFiles();
  writeFileSync(join(files.root, "../secret"), "secret");
  files.create("mine");
  return files;
}

const only = (results: number[], ...allowed: number[]): void =>
  expect(results.filter((result) => !allowed.includes(result))).toEqual([]);

const untouched = (files: Files): void => {
  expect(readFileSync(join(files.root, "../secret"), "utf8")).toBe("secret");
  expect(readdirSync(join(files.root, ".."))).toEqual(["inside", "secret"]);
};

describe("a path that would leave the directory", () => {
  it.each([
    "../secret",
    "./../secret",
    "sub/../../secret",
    "/etc/passwd",
    "//etc/passwd",
    "/proc/self/root/etc/passwd",
  ])("is PERM by every call: %s", (path) => {
    const files = withSecret();
    mkdirSync(join(files.root, "sub"));
    only([...attempts(files, path), ...attemptsOnName(files, path)], PERM);
    untouched(files);
  });

  it.each([
    ["../secret", "link"],
    ["..", "link/secret"],
    ["../..", "link/inside/../../secret"],
    ["/etc", "link/passwd"],
    ["/proc/self/fd", "link/0"],
    ["/proc/self/cwd", "link/package.json"],
  ])("is PERM through links that are found there: %s", (text, path) => {
    const files = withSecret();
    symlinkSync(text, join(files.root, "link"));
    only(attempts(files, path), PERM);
    if (path !== "link") only(attemptsOnName(files, path), PERM);
    untouched(files);
  });

  it("is PERM through links that the guest arranges to lead out", () => {
    const files = withSecret();
    mkdirSync(join(files.root, "a/b"), { recursive: true });
    expect(files.symlink("../../mine", "a/b/up")).toBe(0);
    // Two levels higher the same text leads out.
    expect(files.rename("a/b/up", "up")).toBe(0);
    only(attempts(files, "up"), PERM);
    expect(files.symlink("../secret", "out")).toBe(PERM);
    untouched(files);
  });

  it("begins in a directory that was moved out meanwhile: judged by where it is", () => {
    const files = withSecret();
    mkdirSync(join(files.root, "dir"));
    const from = files.directory("dir");
    renameSync(join(files.root, "dir"), join(files.root, "../moved"));
    writeFileSync(join(files.root, "../moved/file"), "");
    expect(files.open("file", { from, rights: ["FD_READ"] })).toEqual({ errno: ACCES });
    expect(files.open("nothing", { from, oflags: CREAT })).toEqual({ errno: ACCES });
    expect(files.open("../secret", { from })).toEqual({ errno: PERM });
    expect(files.call("path_unlink_file", "file", from)).toBe(ACCES);
  });

  it("does not begin in a descriptor that has no contents, as if it had more", () => {
    const files = withSecret();
    const from = files.opened(".", { oflags: DIRECTORY, inheriting: RIGHTS_ALL });
    expect(files.open("mine", { from })).toEqual({ errno: PERM });
    expect(files.guest.call("read", from, 64, 1)).toBe(-9);
    expect(files.open("../secret", { from })).toEqual({ errno: PERM });
  });
});

describe("what lies in the directory and is not the guest's", () => {
  it("a hard link to a file outside is that file: whoever makes one grants it", () => {
    const files = withSecret();
    linkSync(join(files.root, "../secret"), join(files.root, "hard"));
    expect(files.read(files.opened("hard", { rights: READ_WRITE }))).toBe("secret");
  });

  it("the kernel's own places want rules that name them, in a grant of the root too", () => {
    const files = new Files(realGuest("--allow-read=/ --allow-write=/", { looksForDirectories: true }), "/");
    for (const path of [
      "proc/self/mem",
      "proc/self/environ",
      `proc/${process.pid}/maps`,
      "proc/1/status",
      "sys",
      "dev",
    ]) {
      expect(files.open(path, { rights: ["FD_READ"] })).toEqual({ errno: ACCES });
      expect(files.stat(path)).toEqual({ errno: ACCES });
    }
    for (const path of ["dev/null", "dev/zero", "dev/new"]) only(attempts(files, path), ACCES);
    only(attemptsOnName(files, "proc/self/fd/0"), ACCES, PERM, LOOP);
    // Whether it exists makes no difference.
    expect(files.open("proc/nothing")).toEqual({ errno: ACCES });
    expect(files.open("proc/self/root/etc/hostname", { dirflags: FOLLOW })).not.toEqual(expect.any(Number));
    expect(files.open("proc/self/fd/0", { dirflags: FOLLOW })).not.toEqual(expect.any(Number));
    expect(files.read(files.opened("etc/hostname", { rights: ["FD_READ"] }))).not.toBe("");
  });

  it("a device in it is refused, a socket is no file, a FIFO opens at once", () => {
    const files = useFiles();
    const isMade = process.getuid?.() === 0;
    if (isMade) execFileSync("mknod", [join(files.root, "zero"), "c", "1", "5"]);
    if (isMade) only(attempts(files, "zero"), ACCES);
    execFileSync("python3", ["-c", `import socket; socket.socket(1).bind("${files.root}/sock")`]);
    expect(files.open("sock", { rights: ["FD_READ"] })).toEqual({ errno: 60 });
    execFileSync("mkfifo", [join(files.root, "fifo")]);
    const before = performance.now();
    files.opened("fifo", { rights: ["FD_READ"] });
    expect(files.open("fifo", { rights: ["FD_WRITE"] })).toEqual(expect.any(Number));
    expect(performance.now() - before).toBeLessThan(5000);
  });
});

describe("a directory on its way to another program", () => {
  it("can be listed where it arrives; what is below is judged by the rules of there", () => {
    const sender = withSecret();
    const [one, other] = socketPairOf(sender);
    sendDescriptor(sender, one, 3);
    const received = receiveDescriptor(sender, other);
    expect(sender.readdir(received)).toMatchObject({ isFull: false });
    // The same sandbox has the same rules, and no name for a directory that it was not started with.
    sender.opened("mine", { from: received, rights: ["FD_READ"] });
    expect(sender.guest.wasi("fd_prestat_get", received, 64)).toBe(8);

    const receiver = new Files(realGuest("--allow-fd-pass"), sender.root);
    const there = receiver.guest.core.fds.add(
      sender.guest.kernel.dup(sender.guest.core.fds.hostFd(received)),
      undefined,
      false,
    );
    expect(receiver.readdir(there)).toMatchObject({ isFull: false });
    expect(receiver.open("mine", { from: there, rights: ["FD_READ"] })).toEqual({ errno: ACCES });
    expect(receiver.open("nothing", { from: there })).toEqual({ errno: ACCES });
    expect(receiver.open("../secret", { from: there })).toEqual({ errno: PERM });
    expect(receiver.call("path_unlink_file", "mine", there)).toBe(ACCES);
    expect(receiver.guest.wasi("fd_filestat_set_times", there, 0n, 0n, 10)).toBe(ACCES);
  });
});

function socketPairOf({ guest }: Files): [number, number] {
  const pair = guest.put32(0, 0);
  expect(guest.call("socketpair", AF_UNIX, SOCK_STREAM, 0, pair)).toBe(0);
  return [guest.view.getInt32(pair, true), guest.view.getInt32(pair + 4, true)];
}

function sendDescriptor({ guest }: Files, socket: number, fd: number): void {
  const iovecs = guest.putIovecs([guest.put("x"), 1]);
  const control = guest.put32(16, SOL_SOCKET, SCM_RIGHTS, fd);
  expect(guest.call("sendmsg", socket, guest.put32(0, 0, iovecs, 1, control, 16, 0), 0)).toBe(1);
}

function receiveDescriptor({ guest }: Files, socket: number): number {
  const iovecs = guest.putIovecs([guest.allocate(1), 1]);
  const control = guest.put32(0, 0, 0, 0);
  expect(guest.call("recvmsg", socket, guest.put32(0, 0, iovecs, 1, control, 16, 0), 0)).toBe(1);
  return guest.view.getInt32(control + 12, true);
}

/** Makes `place` a directory and a link to the outside in turn, and moves it out and in, until its input ends. */
const SWAP = `
  const { renameSync, symlinkSync, writeSync } = require("node:fs");
  process.chdir(process.argv[1]);
  symlinkSync("../outside", "link");
  process.stdin.on("end", () => process.exit(0)).resume();
  writeSync(1, "ready");
  const swap = () => {
    for (let i = 0; i < 200; i++) {
      renameSync("granted/place", "kept"); renameSync("link", "granted/place");
      renameSync("granted/place", "link"); renameSync("kept", "granted/place");
    }
    setImmediate(swap);
  };
  swap();
`;

describe("a directory that another process swaps for a link, over and over", () => {
  let swapper: ChildProcess;
  let root: string;
  afterEach(async () => {
    const ended = new Promise((resolve) => swapper.once("exit", resolve));
    swapper.stdin?.end();
    await ended;
    rmSync(root, { recursive: true });
  });

  it("never lets a call reach what is outside", async () => {
    root = mkdtempSync(join(tmpdir(), "sockyard-test-"));
    mkdirSync(join(root, "granted/place"), { recursive: true });
    mkdirSync(join(root, "outside"));
    for (const name of ["victim", "target"]) writeFileSync(join(root, "outside", name), "outside");
    swapper = spawn(process.execPath, ["-e", SWAP, root], { stdio: ["pipe", "pipe", "inherit"] });
    await new Promise((resolve) => swapper.stdout?.once("data", resolve));
    const files = new Files(realGuest(`--dir=${root}/granted::/`, { looksForDirectories: true }), root);
    files.create("mine");
    const end = performance.now() + 8000;
    let [created, refused] = [0, 0];
    for (let round = 0; round < 100_000 && performance.now() < end; round++) {
      const fd = files.open(`place/new${round % 7}`, { dirflags: FOLLOW, oflags: CREAT, rights: READ_WRITE });
      if (typeof fd === "number") {
        created++;
        files.write(fd, "x");
        files.guest.wasi("fd_close", fd);
      } else refused++;
      const victim = files.open("place/victim", { dirflags: FOLLOW, rights: ["FD_READ"] });
      expect(victim).toMatchObject({ errno: expect.any(Number) });
      for (const call of ["path_unlink_file", "path_remove_directory"]) {
        expect(files.call(call, "place/victim")).not.toBe(0);
      }
      files.rename(`place/new${round % 7}`, "place/moved");
      expect(files.rename("place/victim", "stolen")).not.toBe(0);
      expect(files.link("place/victim", "stolen")).not.toBe(0);
      files.rename("place/moved", "place/target2");
      files.call("path_unlink_file", "place/target2");
    }
    // The race was run, not only lost.
    expect([created > 0, refused > 0]).toEqual([true, true]);
    expect(readdirSync(join(root, "outside")).sort()).toEqual(["target", "victim"]);
    for (const name of ["victim", "target"]) expect(readFileSync(join(root, "outside", name), "utf8")).toBe("outside");
  }, 30_000);
});

it("every failing call leaves no descriptor behind", () => {
  const files = useFiles();
  const before = readdirSync("/proc/self/fd").length;
  for (const path of ["nothing/", "absent/x", "../x", "", "a\0", "n".repeat(300)]) {
    attempts(files, path);
    attemptsOnName(files, path);
  }
  expect(files.open("never")).toEqual({ errno: NOENT });
  expect(files.guest.core.fds.openFrom(3)).toEqual([3]);
  expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before + 2);
  expect(files.fdstat(3)).toMatchObject({ rights: DIRECTORY_RIGHTS });
});
