import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FdTable } from "../../host/core/fd-table.js";
import { AF_INET, EBADF, EINVAL, EMFILE, ENOTSOCK, SOCK_STREAM } from "../../host/core/linux.generated.js";
import { createSocket } from "../../host/core/socket.js";

const add = (table: FdTable, hostFd: number, atLeast = 0) => table.add(hostFd, undefined, false, atLeast);

describe("the table of descriptors", () => {
  it("gives a new descriptor the lowest free number", () => {
    const table = new FdTable();
    expect([add(table, 10), add(table, 11), add(table, 12)]).toEqual([0, 1, 2]);
    table.remove(1);
    table.remove(0);
    expect([add(table, 13), add(table, 14), add(table, 15)]).toEqual([0, 1, 3]);
  });

  it("gives the lowest free number that is at least as large as asked", () => {
    const table = new FdTable();
    add(table, 10);
    expect(add(table, 11, 5)).toBe(5);
    expect(add(table, 12, 5)).toBe(6);
    expect(add(table, 13)).toBe(1);
  });

  it("shows a look-up to who waits, and to nobody else", () => {
    const table = new FdTable();
    let closed = 0;
    const lookup = { name: "a.test", hostFd: 98, close: () => void closed++ };
    expect([add(table, 10), table.addLookup(lookup)]).toEqual([0, 1]);
    expect([table.hostFd(1), table.waitFd(1), table.waitFd(0), table.waitFd(2)]).toEqual([-2, 98, 10, -1]);
    expect([table.isOpen(1), table.socket(1)]).toEqual([true, -ENOTSOCK]);
    expect([table.lookup(1), table.lookup(0), table.lookup(2)]).toEqual([lookup, -EINVAL, -EBADF]);
    expect([table.remove(1), closed, table.remove(1)]).toEqual([null, 1, -EBADF]);
    expect([add(table, 11), table.waitFd(1), table.lookup(1)]).toEqual([1, 11, -EINVAL]);
  });

  it("answers EMFILE at its limit and owns nothing more", () => {
    const table = new FdTable(2);
    add(table, 10);
    add(table, 11);
    expect(table.isFull).toBe(true);
    expect(add(table, 12)).toBe(-EMFILE);
    expect(table.openFrom(0)).toEqual([0, 1]);
    table.remove(0);
    expect(table.isFull).toBe(false);
  });

  it("grows far beyond its first size", () => {
    const table = new FdTable();
    for (let i = 0; i < 1000; i++) expect(add(table, i + 10)).toBe(i);
    expect(add(table, 5000, 100_000)).toBe(100_000);
    expect([table.hostFd(0), table.hostFd(999), table.hostFd(1000), table.hostFd(100_000)]).toEqual([
      10, 1009, -1, 5000,
    ]);
  });

  it.each([-1, 7, 63, 64, 2 ** 31 - 1, -(2 ** 31)])("knows no descriptor %i", (fd) => {
    const table = new FdTable();
    expect([table.hostFd(fd), table.isOpen(fd), table.socket(fd), table.remove(fd)]).toEqual([
      -1,
      false,
      -EBADF,
      -EBADF,
    ]);
  });

  it("tells sockets from other descriptors", () => {
    const table = new FdTable();
    const socket = createSocket(AF_INET, SOCK_STREAM, 0);
    expect(table.socket(table.add(10, socket, false))).toBe(socket);
    expect(table.socket(add(table, 11))).toBe(-ENOTSOCK);
  });

  it("forgets a socket and its FD_CLOEXEC with the number", () => {
    const table = new FdTable();
    const fd = table.add(10, createSocket(AF_INET, SOCK_STREAM, 0), true);
    expect(table.closeOnExec(fd)).toBe(true);
    table.remove(fd);
    expect(add(table, 11)).toBe(fd);
    expect(table.closeOnExec(fd)).toBe(false);
    expect(table.socket(fd)).toBe(-ENOTSOCK);
  });

  it("hands out no borrowed descriptor for closing, but does so for a later owner of the number", () => {
    const table = new FdTable();
    expect(table.addBorrowed(0)).toBe(0);
    expect(table.remove(0)).toBeNull();
    expect(add(table, 10)).toBe(0);
    expect(table.remove(0)).toBe(10);
  });

  it.each([3.5, 2 ** 32, 2 ** 32 + 3, Number.NaN])("has no descriptor %d", (fd) => {
    const table = new FdTable();
    for (let hostFd = 10; hostFd < 14; hostFd++) add(table, hostFd);
    expect(table.remove(fd)).toBe(-EBADF);
    expect(table.openFrom(0)).toEqual([0, 1, 2, 3]);
  });

  it("behaves as a map of numbers does, whatever is opened and closed", () => {
    const LIMIT = 100;
    const command = fc.record({ close: fc.boolean(), at: fc.integer({ min: 0, max: LIMIT }) });
    const property = fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
      const table = new FdTable(LIMIT);
      const model = new Map<number, number>();
      commands.forEach(({ close, at }, hostFd) => {
        if (close) {
          expect(table.remove(at)).toBe(model.get(at) ?? -EBADF);
          model.delete(at);
          return;
        }
        let fd = at;
        while (model.has(fd)) fd++;
        expect(add(table, hostFd, at)).toBe(fd < LIMIT ? fd : -EMFILE);
        if (fd < LIMIT) model.set(fd, hostFd);
      });
      expect(table.openFrom(0)).toEqual([...model.keys()].sort((one, other) => one - other));
      for (const [fd, hostFd] of model) expect(table.hostFd(fd)).toBe(hostFd);
    });
    fc.assert(property, { numRuns: 300 });
  });
});
