import { describe, expect, it } from "vitest";
import {
  EIO,
  F_GETFL,
  O_APPEND,
  O_NONBLOCK,
  O_RDWR,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFREG,
  S_IFSOCK,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FAKE_STATUS } from "../../fakes/fake-kernel.js";
import { type Guest, guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

watchDescriptors();

const [CHARACTER_DEVICE, REGULAR_FILE, SOCKET_DGRAM, SOCKET_STREAM, UNKNOWN] = [2, 4, 5, 6, 0];
const RIGHT_SEEK_AND_TELL = (1n << 2n) | (1n << 5n);

function fdstat(guest: Guest, fd: number) {
  const buf = guest.put(new Uint8Array(24).fill(0xaa));
  expect(guest.wasi("fd_fdstat_get", fd, buf)).toBe(0);
  const { view } = guest;
  expect([view.getUint8(buf + 1), view.getUint32(buf + 4, true)]).toEqual([0, 0]);
  return {
    filetype: view.getUint8(buf),
    flags: view.getUint16(buf + 2, true),
    rights: view.getBigUint64(buf + 8, true),
    inheriting: view.getBigUint64(buf + 16, true),
  };
}

const guestWith = (mode: number, flags = 0) => guestOf("", { fstat: { ...FAKE_STATUS, mode }, getStatusFlags: flags });

describe("fd_fdstat_get", () => {
  it.each([
    ["stream", SOCK_STREAM, SOCKET_STREAM],
    ["datagram", SOCK_DGRAM, SOCKET_DGRAM],
    // Connected as it is, it is a stream to preview1.
    ["seqpacket", SOCK_SEQPACKET, SOCKET_STREAM],
  ])("knows a %s socket", (_, type, filetype) => {
    const guest = realGuest();
    expect(fdstat(guest, guest.unix(type)).filetype).toBe(filetype);
  });

  it.each([
    ["a character device", S_IFCHR, CHARACTER_DEVICE],
    ["a regular file", S_IFREG, REGULAR_FILE],
    ["a directory", S_IFDIR, 3],
    ["a block device", S_IFBLK, 1],
    ["a pipe, which preview1 has no number for", S_IFIFO, UNKNOWN],
    ["a socket that came from outside", S_IFSOCK, SOCKET_STREAM],
  ])("knows %s", (_, mode, filetype) => {
    expect(fdstat(guestWith(mode), 1).filetype).toBe(filetype);
  });

  it("withholds the right to seek from character devices alone: that makes them terminals", () => {
    expect(fdstat(guestWith(S_IFCHR), 1).rights & RIGHT_SEEK_AND_TELL).toBe(0n);
    expect(fdstat(guestWith(S_IFREG), 1).rights & RIGHT_SEEK_AND_TELL).toBe(RIGHT_SEEK_AND_TELL);
  });

  it.each([
    [0, 0],
    [O_NONBLOCK, 4],
    [O_APPEND, 1],
    [O_NONBLOCK | O_APPEND | O_RDWR, 5],
  ])("tells the status flags %i as %i", (linux, preview1) => {
    expect(fdstat(guestWith(S_IFREG, linux), 1).flags).toBe(preview1);
  });

  it("is BADF for what is not open, and passes errnos of the kernel on", () => {
    expect(guestOf().wasi("fd_fdstat_get", NO_SUCH_FD, 64)).toBe(8);
    expect(guestOf("", { fstat: -EIO }).wasi("fd_fdstat_get", 1, 64)).toBe(29);
    expect(guestOf("", { getStatusFlags: -EIO }).wasi("fd_fdstat_get", 1, 64)).toBe(29);
  });
});

describe("fd_fdstat_set_flags", () => {
  it("sets and clears NONBLOCK", () => {
    const guest = realGuest();
    const fd = guest.tcp();
    expect(guest.wasi("fd_fdstat_set_flags", fd, 4)).toBe(0);
    expect(guest.call("fcntl", fd, F_GETFL, 0)).toBe(O_RDWR | O_NONBLOCK);
    expect(guest.wasi("fd_fdstat_set_flags", fd, 0)).toBe(0);
    expect(guest.call("fcntl", fd, F_GETFL, 0)).toBe(O_RDWR);
  });

  it.each([1, 2, 8, 16, 32, -1])("is INVAL for flags %i, which cannot be honored", (flags) => {
    const guest = guestOf();
    expect(guest.wasi("fd_fdstat_set_flags", guest.tcp(), flags)).toBe(28);
    expect(guest.kernel.calls("setStatusFlags")).toEqual([]);
  });

  it("takes APPEND where it is set already", () => {
    const guest = guestWith(S_IFREG, O_APPEND);
    expect(guest.wasi("fd_fdstat_set_flags", 1, 1)).toBe(0);
    expect(guest.wasi("fd_fdstat_set_flags", 1, 5)).toBe(0);
    expect(guest.wasi("fd_fdstat_set_flags", 1, 0)).toBe(28);
    expect(guest.kernel.calls("setStatusFlags")).toEqual([[1, O_APPEND | O_NONBLOCK]]);
  });

  it("is BADF for what is not open", () => {
    expect(guestOf().wasi("fd_fdstat_set_flags", NO_SUCH_FD, 1)).toBe(8);
  });
});

describe("fd_filestat_get", () => {
  it("writes struct filestat", () => {
    const guest = guestWith(S_IFREG);
    const buf = guest.put(new Uint8Array(72).fill(0xaa));
    expect(guest.wasi("fd_filestat_get", 1, buf)).toBe(0);
    const fields = Array.from({ length: 9 }, (_, i) => guest.view.getBigUint64(buf + i * 8, true));
    expect(fields).toEqual([
      1n,
      2n,
      4n,
      3n,
      7n,
      10_000_000_001n,
      20_000_000_002n,
      30_000_000_003n,
      0xaaaaaaaaaaaaaaaan,
    ]);
  });

  it("is BADF for what is not open, and passes errnos of the kernel on", () => {
    expect(guestOf().wasi("fd_filestat_get", NO_SUCH_FD, 64)).toBe(8);
    expect(guestOf("", { fstat: -EIO }).wasi("fd_filestat_get", 1, 64)).toBe(29);
  });
});
