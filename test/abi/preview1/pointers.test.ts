import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { RIGHTS_ALL, useFiles } from "../../fakes/files.js";
import { BAD_POINTER, guestOf, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

type Call = readonly [
  name: string,
  args: (fd: number) => (number | bigint)[],
  pointers: Readonly<Record<number, number>>,
];

const CALLS: readonly Call[] = [
  ["args_sizes_get", () => [64, 64], { 0: 4, 1: 4 }],
  ["args_get", () => [64, 64], { 0: 4, 1: 8 }],
  ["environ_sizes_get", () => [64, 64], { 0: 4, 1: 4 }],
  ["environ_get", () => [64, 64], { 0: 4, 1: 4 }],
  ["clock_res_get", () => [1, 64], { 1: 8 }],
  ["clock_time_get", () => [1, 0n, 64], { 2: 8 }],
  ["random_get", () => [64, 8], { 0: 8 }],
  ["fd_read", (fd) => [fd, 512, 1, 64], { 1: 8, 3: 4 }],
  ["fd_write", (fd) => [fd, 512, 1, 64], { 1: 8, 3: 4 }],
  ["fd_fdstat_get", (fd) => [fd, 64], { 1: 24 }],
  ["fd_filestat_get", (fd) => [fd, 64], { 1: 64 }],
  ["sock_accept", (fd) => [fd, 0, 64], { 2: 4 }],
  ["sock_recv", (fd) => [fd, 512, 1, 0, 64, 64], { 1: 8, 4: 4, 5: 2 }],
  ["sock_send", (fd) => [fd, 512, 1, 0, 64], { 1: 8, 4: 4 }],
  ["poll_oneoff", () => [512, 1024, 1, 64], { 0: 48, 1: 32, 3: 4 }],
];

/** Calls on a directory, whose path is `x` at 600. */
const DIRECTORY_CALLS: readonly Call[] = [
  ["fd_prestat_get", (fd) => [fd, 64], { 1: 8 }],
  ["fd_prestat_dir_name", (fd) => [fd, 64, 5], { 1: 5 }],
  ["fd_readdir", (fd) => [fd, 64, 8, 0n, 96], { 1: 8, 4: 4 }],
  ["path_create_directory", (fd) => [fd, 600, 1], { 1: 1 }],
  ["path_filestat_get", (fd) => [fd, 0, 600, 1, 64], { 2: 1, 4: 64 }],
  ["path_filestat_set_times", (fd) => [fd, 0, 600, 1, 0n, 0n, 0], { 2: 1 }],
  ["path_link", (fd) => [fd, 0, 600, 1, fd, 604, 1], { 2: 1, 5: 1 }],
  ["path_open", (fd) => [fd, 0, 600, 1, 1, 2n, 0n, 0, 64], { 2: 1, 8: 4 }],
  ["path_readlink", (fd) => [fd, 600, 1, 64, 8, 96], { 1: 1, 3: 8, 5: 4 }],
  ["path_remove_directory", (fd) => [fd, 600, 1], { 1: 1 }],
  ["path_rename", (fd) => [fd, 600, 1, fd, 604, 1], { 1: 1, 4: 1 }],
  ["path_symlink", (fd) => [600, 1, fd, 604, 1], { 0: 1, 3: 1 }],
  ["path_unlink_file", (fd) => [fd, 600, 1], { 1: 1 }],
];

/** Calls on a file that is open. */
const CONTENT_CALLS: readonly Call[] = [
  ["fd_pread", (fd) => [fd, 512, 1, 0n, 64], { 1: 8, 4: 4 }],
  ["fd_pwrite", (fd) => [fd, 512, 1, 0n, 64], { 1: 8, 4: 4 }],
  ["fd_seek", (fd) => [fd, 0n, 0, 64], { 3: 8 }],
  ["fd_tell", (fd) => [fd, 64], { 1: 8 }],
];

const hostile = (size: number): number[] => [
  ...new Set([BAD_POINTER, -(2 ** 31), 2 ** 31 - 1, PAGE - size + 1, PAGE, -size]),
];

const hostileOf = (calls: readonly Call[]) =>
  calls.flatMap(([name, args, pointers]) =>
    Object.entries(pointers).flatMap(([index, size]) =>
      hostile(size).map((pointer) => [name, Number(index), pointer, args] as const),
    ),
  );
const hostileCalls = hostileOf(CALLS);

const options = { environment: { args: ["program"], env: { A: "B" } } };

describe("a pointer outside memory", () => {
  it.each(hostileCalls)("is FAULT to %s as argument %i: %i", (name, index, pointer, args) => {
    const guest = guestOf("", {}, options);
    const values = args(guest.udp());
    values[index] = pointer;
    expect(guest.wasi(name, ...values)).toBe(21);
  });

  it.each(hostileCalls)("is FAULT to %s with the real kernel, too (argument %i: %i)", (name, index, pointer, args) => {
    const guest = realGuest("--allow-all", options);
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.connect(fd, `127.0.0.1:${guest.portOf(fd)}`);
    guest.call("send", fd, 64, 4, 0);
    guest.view.setUint32(512, 64, true);
    guest.view.setUint32(516, 8, true);
    const values = args(fd);
    values[index] = pointer;
    expect(guest.wasi(name, ...values)).toBe(21);
  });

  it("is FAULT to every call on directories and files, before anything has changed", () => {
    const files = useFiles();
    const { guest } = files;
    const fd = files.opened("file", { oflags: 1, rights: RIGHTS_ALL });
    guest.view.setUint8(600, 0x78);
    guest.view.setUint8(604, 0x79);
    for (const [calls, first] of [[DIRECTORY_CALLS, 3] as const, [CONTENT_CALLS, fd] as const]) {
      for (const [name, index, pointer, args] of hostileOf(calls)) {
        const values = args(first);
        values[index] = pointer;
        expect([name, index, pointer, guest.wasi(name, ...values)]).toEqual([name, index, pointer, 21]);
      }
    }
    expect(readdirSync(files.root)).toEqual(["file"]);
    expect(guest.core.fds.openFrom(3)).toEqual([3, fd]);
  });

  it("makes no call throw, whatever the arguments are", () => {
    const { wasi_snapshot_preview1: imports = {} } = guestOf().imports;
    const names = Object.keys(imports).filter((name) => name !== "proc_exit" && name !== "clock_time_get");
    const word = fc.oneof(fc.integer(), fc.constantFrom(-1, 0, 1, 2, 3, 4, PAGE - 1, PAGE, 2 ** 31 - 1, -(2 ** 31)));
    const property = fc.property(
      fc.constantFrom(...names),
      fc.array(word, { minLength: 9, maxLength: 9 }),
      (name, args) => {
        const guest = guestOf("", {}, options);
        guest.tcp();
        const result = guest.wasi(name, ...args);
        expect(result).toBeGreaterThanOrEqual(0);
        expect(result).toBeLessThanOrEqual(76);
      },
    );
    fc.assert(property, { numRuns: 3000 });
  });
});
