import { describe, expect, it } from "vitest";
import { BAD_POINTER, guestOf, NO_SUCH_FD } from "../../fakes/guest.js";

const [BADF, NOSYS, NOTCAPABLE, SPIPE] = [8, 52, 76, 70];

describe("files", () => {
  it.each([
    ...[
      "path_create_directory",
      "path_filestat_get",
      "path_filestat_set_times",
      "path_link",
      "path_open",
      "path_readlink",
    ],
    ...["path_remove_directory", "path_rename", "path_symlink", "path_unlink_file"],
  ])("are beyond every guest's capabilities: %s", (call) => {
    const guest = guestOf("--allow-all");
    expect(guest.wasi(call, 3, BAD_POINTER, BAD_POINTER, BAD_POINTER)).toBe(NOTCAPABLE);
    expect(guest.kernel.calls()).toEqual([]);
  });

  it.each([
    ...["fd_advise", "fd_allocate", "fd_datasync", "fd_fdstat_set_rights", "fd_filestat_set_size"],
    ...["fd_filestat_set_times", "fd_pread", "fd_pwrite", "fd_readdir", "fd_sync"],
  ])("%s is BADF for what is not open, NOTCAPABLE for what is", (call) => {
    const guest = guestOf();
    expect(guest.wasi(call, NO_SUCH_FD)).toBe(BADF);
    expect(guest.wasi(call, guest.tcp())).toBe(NOTCAPABLE);
  });

  it("are not preopened: BADF ends every libc's search", () => {
    const guest = guestOf("--allow-all");
    for (const fd of [3, 4, NO_SUCH_FD]) {
      expect(guest.wasi("fd_prestat_get", fd, 64)).toBe(BADF);
      expect(guest.wasi("fd_prestat_dir_name", fd, 64, 8)).toBe(BADF);
    }
  });

  it.each(["fd_seek", "fd_tell"])("%s is SPIPE on what has no position", (call) => {
    const guest = guestOf();
    expect(guest.wasi(call, guest.tcp())).toBe(SPIPE);
    expect(guest.wasi(call, NO_SUCH_FD)).toBe(BADF);
  });
});

describe("the process", () => {
  it.each([0, 1, 77, 255])("ends with its own code %i", (code) => {
    expect(() => guestOf().wasi("proc_exit", code)).toThrow(expect.objectContaining({ name: "ProcessExit", code }));
  });

  it("yields, and has no signals", () => {
    expect(guestOf().wasi("sched_yield")).toBe(0);
    expect(guestOf().wasi("proc_raise", 9)).toBe(NOSYS);
  });

  it("has all 46 functions of preview1", () => {
    expect(Object.keys(guestOf().imports.wasi_snapshot_preview1 ?? {})).toHaveLength(46);
  });
});
