import { describe, expect, it } from "vitest";
import { DIRECTORY_RIGHTS, RIGHTS_ALL } from "../../../host/abi/preview1/rights.js";
import { EIO, ENOENT, S_IFDIR, S_IFLNK, S_IFREG } from "../../../host/core/linux.generated.js";
import { FAKE_STATUS, type FakeKernel, type KernelCall, type Script } from "../../fakes/fake-kernel.js";
import { type Guest, guestOf } from "../../fakes/guest.js";

const IO = 29;
const DIRECTORY_FD = 50;

type Arguments = (number | bigint)[];

const CALLS: Readonly<Record<string, Arguments>> = {
  path_create_directory: [3, 600, 1],
  path_filestat_get: [3, 1, 600, 1, 64],
  path_filestat_set_times: [3, 1, 600, 1, 0n, 0n, 0],
  path_link: [3, 0, 600, 1, 3, 604, 1],
  path_open: [3, 1, 600, 1, 0, 2n, 0n, 0, 64],
  path_readlink: [3, 600, 1, 64, 8, 96],
  path_remove_directory: [3, 600, 1],
  path_rename: [3, 600, 2, 3, 604, 2],
  path_symlink: [600, 1, 3, 604, 1],
  path_unlink_file: [3, 600, 2],
};

const OPENING: readonly KernelCall[] = ["openBeneath", "openPath", "openFile", "createAt", "dup"];

const statusOf = (type: number): Script => ({ fstat: { ...FAKE_STATUS, mode: type | 0o600 } });

/** A guest whose descriptor 3 is a directory, over a kernel with scripted results. */
function guestWith(script: Script, limit = 1024): Guest<FakeKernel> {
  const isDirectory = { fstatat: { ...FAKE_STATUS, mode: S_IFDIR | 0o700 } };
  const guest = guestOf("--allow-all", { ...statusOf(S_IFREG), ...isDirectory, ...script }, { limit });
  guest.core.fds.add(DIRECTORY_FD, undefined, true);
  guest.core.fds.setFile(3, { rights: DIRECTORY_RIGHTS, inheriting: RIGHTS_ALL, isOwn: true, preopenName: null });
  guest.view.setUint16(600, 0x2f61, true);
  guest.view.setUint16(604, 0x2f62, true);
  return guest;
}

/** Whether what the kernel opened was closed, once the guest has closed what it has. */
function expectAllClosed(guest: Guest<FakeKernel>, failing: KernelCall): void {
  const { kernel, core } = guest;
  for (const fd of core.fds.openFrom(4)) guest.wasi("fd_close", fd);
  const opened = OPENING.filter((name) => name !== failing).flatMap((name) => kernel.calls(name));
  const closed = kernel.calls("close").map(([fd]) => fd as number);
  expect(closed.sort((one, other) => one - other)).toEqual(opened.map((_, i) => 100 + i));
}

/** Each call of the kernel that each function makes. */
const failures = Object.entries(CALLS).flatMap(([name, args]) => {
  const status = name === "path_readlink" ? statusOf(S_IFLNK) : {};
  const guest = guestWith(status);
  guest.wasi(name, ...args);
  const used = new Set(guest.kernel.recorded.map((call) => call.name));
  return [...used].filter((call) => call !== "close" && call !== "originOf").map((call) => [name, call] as const);
});

describe("when the kernel fails", () => {
  it.each(failures)("%s tells of it, and keeps nothing open (%s)", (name, failing) => {
    const status = name === "path_readlink" ? statusOf(S_IFLNK) : {};
    const guest = guestWith({ ...status, [failing]: -EIO });
    const result = guest.wasi(name, ...(CALLS[name] as Arguments));
    // Without a real path there is still --allow-all; nothing else of the kernel's can be left out.
    expect(result).toBe(failing === "pathOf" ? 0 : IO);
    expectAllClosed(guest, failing);
  });

  it("path_open creates what is not there, again and again if it comes and goes, and not for ever", () => {
    const guest = guestWith({ openBeneath: (_, path) => (path.length === 1 && path[0] === 0x61 ? -ENOENT : 100) });
    expect(guest.wasi("path_open", 3, 0, 600, 1, 1, 2n, 0n, 0, 64)).toBe(0);
    const stubborn = guestWith({
      openBeneath: (_, path) => (path[0] === 0x61 ? -ENOENT : 100),
      createAt: -17,
    });
    expect(stubborn.wasi("path_open", 3, 0, 600, 1, 1, 2n, 0n, 0, 64)).toBe(32);
    expect(stubborn.kernel.calls("createAt")).toHaveLength(8);
  });

  it("path_open opens nothing where there is no number left", () => {
    const guest = guestWith({}, 4);
    expect(guest.wasi("path_open", ...(CALLS.path_open as Arguments))).toBe(33);
    expect(guest.kernel.calls()).toEqual([]);
  });
});
