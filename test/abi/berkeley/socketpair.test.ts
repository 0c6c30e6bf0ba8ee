import { describe, expect, it } from "vitest";
import {
  AF_APPLETALK,
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  EAFNOSUPPORT,
  EFAULT,
  EINVAL,
  EMFILE,
  EOPNOTSUPP,
  EPROTONOSUPPORT,
  ESOCKTNOSUPPORT,
  F_GETFD,
  F_GETFL,
  FD_CLOEXEC,
  O_NONBLOCK,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_RDM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, PAGE, realGuest } from "../../fakes/guest.js";
import { pairOf } from "../../fakes/message.js";

watchDescriptors();

describe("socketpair(2)", () => {
  it("needs no right and gives the two lowest free descriptors", () => {
    const guest = guestOf();
    expect(pairOf(guest, AF_UNIX, SOCK_STREAM)).toEqual([3, 4]);
    guest.call("close", 3);
    expect(pairOf(guest, AF_UNIX, SOCK_STREAM)).toEqual([3, 5]);
  });

  it.each([SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET])("makes two ends that talk both ways (type %i)", (type) => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, type);
    const buf = guest.allocate(8);
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      expect(guest.call("write", from, guest.put("hello"), 5)).toBe(5);
      expect(guest.call("read", to, buf, 8)).toBe(5);
      expect(guest.text(buf, 5)).toBe("hello");
    }
  });

  it("claims its out-pointer before it makes anything", () => {
    const guest = guestOf();
    expect(guest.call("socketpair", AF_UNIX, SOCK_STREAM, 0, BAD_POINTER)).toBe(-EFAULT);
    expect(guest.call("socketpair", AF_UNIX, SOCK_STREAM, 0, PAGE - 7)).toBe(-EFAULT);
    expect(guest.kernel.recorded).toEqual([]);
  });

  it.each([
    ["AF_INET", AF_INET, SOCK_STREAM, 0, EOPNOTSUPP],
    ["AF_INET6", AF_INET6, SOCK_DGRAM, 0, EOPNOTSUPP],
    ["AF_APPLETALK", AF_APPLETALK, SOCK_DGRAM, 0, EAFNOSUPPORT],
    ["a family of no number", 4096, SOCK_STREAM, 0, EAFNOSUPPORT],
    ["another type", AF_UNIX, SOCK_RDM, 0, ESOCKTNOSUPPORT],
    ["no type", AF_UNIX, 0, 0, ESOCKTNOSUPPORT],
    ["a type with unknown flags", AF_UNIX, SOCK_STREAM | 0x100, 0, EINVAL],
    ["another protocol", AF_UNIX, SOCK_STREAM, 6, EPROTONOSUPPORT],
  ])("answers for %s what Linux answers", (_, domain, type, protocol, errno) => {
    const guest = realGuest();
    expect(guest.call("socketpair", domain, type, protocol, guest.allocate(8))).toBe(-errno);
    expect(guest.core.fds.openFrom(3)).toEqual([]);
  });

  it.each([AF_NETLINK, AF_PACKET, 30])("makes no pair of family %i, whatever this kernel can", (domain) => {
    const guest = guestOf();
    expect(guest.call("socketpair", domain, SOCK_STREAM, 0, guest.allocate(8))).toBe(-EAFNOSUPPORT);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD], [FIRST_HOST_FD + 1]]);
  });

  it.each([3, 4])("answers EMFILE with room up to %i and leaves nothing open", (limit) => {
    const guest = guestOf("", {}, { limit });
    const sv = guest.put32(-1, -1);
    expect(guest.call("socketpair", AF_UNIX, SOCK_STREAM, 0, sv)).toBe(-EMFILE);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD], [FIRST_HOST_FD + 1]]);
    expect(guest.core.fds.openFrom(3)).toEqual([]);
    expect(guest.view.getInt32(sv, true)).toBe(-1);
  });

  it("passes the kernel's errno through", () => {
    const guest = guestOf("", { socketpair: -EMFILE });
    expect(guest.call("socketpair", AF_UNIX, SOCK_STREAM, 0, guest.allocate(8))).toBe(-EMFILE);
  });

  it("sets SOCK_CLOEXEC and SOCK_NONBLOCK on both ends", () => {
    const guest = realGuest();
    const ends = pairOf(guest, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
    expect(ends.map((fd) => guest.call("fcntl", fd, F_GETFD, 0))).toEqual([FD_CLOEXEC, FD_CLOEXEC]);
    expect(ends.map((fd) => guest.call("fcntl", fd, F_GETFL, 0) & O_NONBLOCK)).toEqual([O_NONBLOCK, O_NONBLOCK]);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    const sv = guest.allocate(8);
    expect(guest.trace("socketpair", AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv)).toBe(
      "socketpair(AF_UNIX, SOCK_SEQPACKET|SOCK_CLOEXEC, 0, [3, 4]) = 0",
    );
    expect(guest.trace("socketpair", AF_UNIX, SOCK_STREAM, 0, BAD_POINTER)).toBe(
      "socketpair(AF_UNIX, SOCK_STREAM, 0, ?) = -1 EFAULT (Bad address)",
    );
  });
});
