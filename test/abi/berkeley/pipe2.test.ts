import { describe, expect, it } from "vitest";
import {
  EAGAIN,
  EBADF,
  EFAULT,
  EINVAL,
  EMFILE,
  ENOTSOCK,
  EPIPE,
  F_GETFD,
  FD_CLOEXEC,
  O_APPEND,
  O_CLOEXEC,
  O_DIRECT,
  O_NONBLOCK,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, type Guest, guestOf, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

function pipeOf(guest: Guest, flags = 0): [number, number] {
  const fds = guest.allocate(8);
  expect(guest.call("pipe2", fds, flags)).toBe(0);
  return [guest.view.getInt32(fds, true), guest.view.getInt32(fds + 4, true)];
}

describe("pipe2(2)", () => {
  it("needs no right and gives the two lowest free descriptors", () => {
    expect(pipeOf(guestOf())).toEqual([3, 4]);
  });

  it("reads from the first what is written to the second", () => {
    const guest = realGuest();
    const [reader, writer] = pipeOf(guest);
    const buf = guest.allocate(8);
    expect(guest.call("write", writer, guest.put("hello"), 5)).toBe(5);
    expect(guest.call("read", reader, buf, 8)).toBe(5);
    expect(guest.text(buf, 5)).toBe("hello");
    expect(guest.call("write", reader, buf, 1)).toBe(-EBADF);
    expect(guest.call("recv", reader, buf, 1, 0)).toBe(-ENOTSOCK);
  });

  it("ends with the last writer, and breaks with the last reader", () => {
    const guest = realGuest();
    const [reader, writer] = pipeOf(guest);
    guest.call("close", writer);
    expect(guest.call("read", reader, guest.allocate(8), 8)).toBe(0);
    const [second, into] = pipeOf(guest);
    guest.call("close", second);
    expect(guest.call("write", into, guest.put("x"), 1)).toBe(-EPIPE);
  });

  it("takes O_NONBLOCK, O_CLOEXEC and O_DIRECT", () => {
    const guest = realGuest();
    const [reader] = pipeOf(guest, O_NONBLOCK | O_CLOEXEC | O_DIRECT);
    expect(guest.call("read", reader, guest.allocate(8), 8)).toBe(-EAGAIN);
    expect(guest.call("fcntl", reader, F_GETFD, 0)).toBe(FD_CLOEXEC);
  });

  it("answers EINVAL for other flags and makes nothing", () => {
    const guest = guestOf();
    for (const flags of [1, O_APPEND, 0x80, -1]) {
      expect(guest.call("pipe2", guest.allocate(8), flags)).toBe(-EINVAL);
    }
    expect(guest.kernel.recorded).toEqual([]);
  });

  it("claims its out-pointer before it makes anything", () => {
    const guest = guestOf();
    expect(guest.call("pipe2", BAD_POINTER, 0)).toBe(-EFAULT);
    expect(guest.call("pipe2", PAGE - 7, 0)).toBe(-EFAULT);
    expect(guest.kernel.recorded).toEqual([]);
  });

  it.each([3, 4])("answers EMFILE with room up to %i and leaves nothing open", (limit) => {
    const guest = guestOf("", {}, { limit });
    expect(guest.call("pipe2", guest.allocate(8), 0)).toBe(-EMFILE);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD], [FIRST_HOST_FD + 1]]);
    expect(guest.core.fds.openFrom(3)).toEqual([]);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace("pipe2", guest.allocate(8), O_NONBLOCK | O_CLOEXEC)).toBe(
      "pipe2([3, 4], O_NONBLOCK|O_CLOEXEC) = 0",
    );
  });
});

describe("pipe(2)", () => {
  it("is pipe2 without flags", () => {
    const guest = guestOf();
    const fds = guest.allocate(8);
    expect(guest.call("pipe", fds)).toBe(0);
    expect(guest.kernel.calls("pipe2")).toEqual([[0]]);
    expect([guest.view.getInt32(fds, true), guest.view.getInt32(fds + 4, true)]).toEqual([3, 4]);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace("pipe", guest.allocate(8))).toBe("pipe([3, 4]) = 0");
    expect(guest.trace("pipe", BAD_POINTER)).toBe("pipe(?) = -1 EFAULT (Bad address)");
  });
});
