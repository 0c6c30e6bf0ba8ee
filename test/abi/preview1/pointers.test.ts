import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { watchDescriptors } from "../../fakes/descriptors.js";
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

const hostile = (size: number): number[] => [
  ...new Set([BAD_POINTER, -(2 ** 31), 2 ** 31 - 1, PAGE - size + 1, PAGE, -size]),
];

const hostileCalls = CALLS.flatMap(([name, args, pointers]) =>
  Object.entries(pointers).flatMap(([index, size]) =>
    hostile(size).map((pointer) => [name, Number(index), pointer, args] as const),
  ),
);

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

  it("makes no call throw, whatever the arguments are", () => {
    const { wasi_snapshot_preview1: imports = {} } = guestOf().imports;
    const names = Object.keys(imports).filter((name) => name !== "proc_exit" && name !== "clock_time_get");
    const word = fc.oneof(fc.integer(), fc.constantFrom(-1, 0, 1, 2, 3, 4, PAGE - 1, PAGE, 2 ** 31 - 1, -(2 ** 31)));
    const property = fc.property(
      fc.constantFrom(...names),
      fc.array(word, { minLength: 6, maxLength: 6 }),
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
