import { describe, expect, it } from "vitest";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  EAFNOSUPPORT,
  EINVAL,
  EMFILE,
  ENFILE,
  ENOBUFS,
  EPROTONOSUPPORT,
  F_GETFD,
  FD_CLOEXEC,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import { guestOf } from "../../fakes/guest.js";

describe("socket(2)", () => {
  it("answers the lowest free descriptor", () => {
    const guest = guestOf();
    expect([guest.tcp(), guest.udp()]).toEqual([3, 4]);
    guest.call("close", 3);
    expect(guest.unix()).toBe(3);
  });

  it("hands domain, type and protocol to the kernel as they are", () => {
    const guest = guestOf();
    guest.call("socket", AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP);
    expect(guest.kernel.calls()).toEqual([["socket", AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP].slice(1)]);
  });

  it("needs no right", () => {
    const guest = guestOf();
    for (const domain of [AF_INET, AF_INET6, AF_UNIX]) {
      expect(guest.call("socket", domain, SOCK_STREAM, 0)).toBeGreaterThan(2);
    }
    expect(guest.denials).toEqual([]);
  });

  it.each([EAFNOSUPPORT, EPROTONOSUPPORT, EINVAL, EMFILE, ENFILE, ENOBUFS])(
    "passes the kernel's errno %i through",
    (errno) => {
      const guest = guestOf("", { socket: -errno });
      expect(guest.tcp()).toBe(-errno);
      expect(guest.core.fds.openFrom(3)).toEqual([]);
    },
  );

  it("answers EMFILE at RLIMIT_NOFILE without making a socket", () => {
    const guest = guestOf("", {}, { limit: 4 });
    expect(guest.tcp()).toBe(3);
    expect(guest.tcp()).toBe(-EMFILE);
    expect(guest.kernel.calls("socket")).toHaveLength(1);
  });

  it("remembers SOCK_CLOEXEC", () => {
    const guest = guestOf();
    const fd = guest.call("socket", AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    expect(guest.call("fcntl", fd, F_GETFD, 0)).toBe(FD_CLOEXEC);
    expect(guest.call("fcntl", guest.tcp(), F_GETFD, 0)).toBe(0);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-net");
    expect(guest.trace("socket", AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP)).toBe(
      "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_TCP) = 3",
    );
    expect(guest.trace("socket", AF_UNIX, SOCK_DGRAM, 0)).toBe("socket(AF_UNIX, SOCK_DGRAM, 0) = 4");
    expect(guest.trace("socket", AF_INET, SOCK_RAW, IPPROTO_ICMP)).toBe(
      "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) = -1 EACCES (denied: no rule)",
    );
  });
});
