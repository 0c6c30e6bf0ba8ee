import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { isErrno } from "../../host/core/errno.js";
import type { FileStatus } from "../../host/core/kernel.js";
import {
  AF_UNIX,
  CLOCK_MONOTONIC,
  EBADF,
  EINVAL,
  EISDIR,
  ENOENT,
  O_DIRECTORY,
  POLLIN,
  SOCK_STREAM,
} from "../../host/core/linux.generated.js";
import { useRig } from "./rig.js";

const rig = useRig();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sockyard-kernel-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("available", () => {
  it("tells how many bytes can be read now", () => {
    const { kernel } = rig;
    const [client, server] = rig.pair();
    expect(kernel.available(server)).toBe(0);
    expect(kernel.send(client, 0, 5, 0)).toBe(5);
    expect(kernel.available(server)).toBe(5);
    expect(kernel.available(-1)).toBe(-EBADF);
    expect(kernel.available(rig.listener())).toBe(-EINVAL);
  });
});

describe("files", () => {
  it("are read and written through linear memory", () => {
    const { kernel, memory } = rig;
    const path = join(directory, "file");
    writeFileSync(path, "0123456789");
    const fd = rig.own(openSync(path, "r+"));
    expect(kernel.read(fd, 10, 4)).toBe(4);
    expect(Buffer.from(memory.buffer, 10, 4).toString()).toBe("0123");
    expect(kernel.write(fd, 10, 4)).toBe(4);
    expect(readFileSync(path, "utf8")).toBe("0123012389");
    const folder = openSync(directory, "r");
    expect(kernel.read(folder, 0, 1)).toBe(-EISDIR);
    closeSync(folder);
  });

  it("tell their status as node:fs does", () => {
    const { kernel } = rig;
    const path = join(directory, "file");
    writeFileSync(path, "abc");
    symlinkSync("file", join(directory, "link"));
    const fd = rig.own(openSync(path, "r"));
    const expected = fstatSync(fd, { bigint: true });
    const status = kernel.fstat(fd) as FileStatus;
    expect(status).toEqual({
      dev: expected.dev,
      ino: expected.ino,
      mode: Number(expected.mode),
      nlink: 1n,
      uid: Number(expected.uid),
      gid: Number(expected.gid),
      rdev: 0n,
      size: 3n,
      blksize: Number(expected.blksize),
      blocks: expected.blocks,
      atim: expected.atimeNs,
      mtim: expected.mtimeNs,
      ctim: expected.ctimeNs,
    });
    const folder = rig.own(kernel.openPath(bytes(directory), O_DIRECTORY));
    expect(kernel.fstatat(folder, bytes("file"))).toEqual(status);
    expect((kernel.fstatat(folder, bytes("link")) as FileStatus).mode & 0o170000).toBe(0o120000);
    expect(kernel.fstatat(folder, bytes("none"))).toBe(-ENOENT);
    expect(kernel.fstat(-1)).toBe(-EBADF);
  });

  it("are found, named and removed by path", () => {
    const { kernel } = rig;
    writeFileSync(join(directory, "file"), "");
    const folder = rig.own(kernel.openPath(bytes(directory), O_DIRECTORY));
    const path = kernel.pathOf(folder);
    expect(isErrno(path) ? path : Buffer.from(path).toString()).toBe(directory);
    expect(kernel.pathOf(-1)).toBe(-EBADF);
    expect(kernel.unlinkat(folder, bytes("file"), 0)).toBe(0);
    expect(kernel.unlinkat(folder, bytes("file"), 0)).toBe(-ENOENT);
    expect(kernel.openPath(bytes(`${directory}/none`), 0)).toBe(-ENOENT);
    expect(kernel.openPath(bytes("/tmp\0/"), 0)).toBe(-EINVAL);
  });
});

describe("Unix socket files", () => {
  it("are bound in a directory and connected to by descriptor", () => {
    const { kernel } = rig;
    const folder = rig.own(kernel.openPath(bytes(directory), O_DIRECTORY));
    const listener = rig.own(kernel.socket(AF_UNIX, SOCK_STREAM, 0));
    expect(kernel.bindAt(listener, folder, bytes("socket"))).toBe(0);
    expect(kernel.listen(listener, 1)).toBe(0);
    const file = rig.own(kernel.openPath(bytes(`${directory}/socket`), 0));
    const client = rig.own(kernel.socket(AF_UNIX, SOCK_STREAM, 0));
    expect(kernel.connectFile(client, file)).toBe(0);
    rig.own(kernel.accept4(listener, 0));
    expect(kernel.bindAt(client, folder, bytes("a/b"))).toBe(-EINVAL);
  });
});

describe("poll", () => {
  it("counts what is ready and leaves the rest", () => {
    const { kernel } = rig;
    const [client, server] = rig.pair();
    const pollfds = new Uint8Array(16);
    const view = new DataView(pollfds.buffer);
    for (const [index, fd] of [client, server].entries()) {
      view.setInt32(index * 8, fd, true);
      view.setInt16(index * 8 + 4, POLLIN, true);
    }
    expect(kernel.poll(pollfds, 2, 0)).toBe(0);
    expect(kernel.poll(pollfds, 2, 1e6)).toBe(0);
    expect(kernel.write(client, 0, 1)).toBe(1);
    expect(kernel.poll(pollfds, 2, -1)).toBe(1);
    expect([view.getInt16(6, true), view.getInt16(14, true)]).toEqual([0, POLLIN]);
    expect(kernel.poll(pollfds, 3, 0)).toBe(-EINVAL);
    expect(kernel.poll(pollfds, -1, 0)).toBe(-EINVAL);
  });
});

describe("descriptors", () => {
  it("are duplicated and closed", () => {
    const { kernel } = rig;
    const copy = kernel.dup(rig.cancelFd);
    expect(copy).toBeGreaterThan(0);
    expect(kernel.close(copy)).toBe(0);
    expect(kernel.close(copy)).toBe(-EBADF);
    expect(kernel.dup(copy)).toBe(-EBADF);
  });
});

describe("clocks and randomness", () => {
  it("land in linear memory", () => {
    const { kernel, memory } = rig;
    const view = new DataView(memory.buffer);
    const before = process.hrtime.bigint();
    expect(kernel.clockGettime(CLOCK_MONOTONIC, 3)).toBe(0);
    const now = view.getBigUint64(3, true);
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(process.hrtime.bigint());
    expect(kernel.clockGetres(CLOCK_MONOTONIC, 3)).toBe(0);
    expect(view.getBigUint64(3, true)).toBeGreaterThan(0n);
    expect(kernel.clockGettime(99, 0)).toBe(-EINVAL);
    expect(kernel.getrandom(100, 64)).toBe(0);
    expect(new Set(new Uint8Array(memory.buffer, 100, 64)).size).toBeGreaterThan(16);
  });
});
