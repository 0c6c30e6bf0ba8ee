import { describe, expect, it } from "vitest";
import {
  EBADF,
  EDOM,
  EINVAL,
  ENOPROTOOPT,
  ENOTSOCK,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  SO_BINDTODEVICE,
  SO_BROADCAST,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_OOBINLINE,
  SO_PRIORITY,
  SO_RCVBUF,
  SO_RCVLOWAT,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_SNDTIMEO,
  SOL_SOCKET,
  TCP_CORK,
  TCP_DEFER_ACCEPT,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_QUICKACK,
  TCP_SYNCNT,
  TCP_USER_TIMEOUT,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

watchDescriptors();

const HONORED = [
  ...[
    SO_REUSEADDR,
    SO_BROADCAST,
    SO_SNDBUF,
    SO_RCVBUF,
    SO_KEEPALIVE,
    SO_OOBINLINE,
    SO_PRIORITY,
    SO_REUSEPORT,
    SO_RCVLOWAT,
  ].map((name) => [SOL_SOCKET, name]),
  ...[TCP_NODELAY, TCP_CORK, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_SYNCNT, TCP_DEFER_ACCEPT, TCP_QUICKACK].map(
    (name) => [IPPROTO_TCP, name],
  ),
  [IPPROTO_TCP, TCP_USER_TIMEOUT],
  [IPPROTO_IP, IP_TOS],
  [IPPROTO_IP, IP_TTL],
] as [number, number][];

describe("setsockopt(2)", () => {
  it("answers EBADF and ENOTSOCK before it looks at its pointer", () => {
    const guest = guestOf();
    expect(guest.call("setsockopt", NO_SUCH_FD, SOL_SOCKET, SO_REUSEADDR, BAD_POINTER, 4)).toBe(-EBADF);
    expect(guest.call("setsockopt", guest.file(), SOL_SOCKET, SO_REUSEADDR, BAD_POINTER, 4)).toBe(-ENOTSOCK);
  });

  it.each(HONORED)("honors option %i/%i, and getsockopt tells so", (level, name) => {
    const guest = realGuest();
    const fd = guest.tcp();
    expect(guest.call("setsockopt", fd, level, name, guest.put32(4), 4)).toBe(0);
    const value = guest.put32(0);
    expect(guest.call("getsockopt", fd, level, name, value, guest.put32(4))).toBe(0);
    expect(guest.view.getInt32(value, true)).toBeGreaterThan(0);
  });

  it.each([SO_RCVTIMEO, SO_SNDTIMEO])("honors option %i with its two 64-bit numbers", (name) => {
    const guest = realGuest();
    const fd = guest.tcp();
    const timeval = guest.put(new Uint8Array(BigInt64Array.of(2n, 500_000n).buffer));
    expect(guest.call("setsockopt", fd, SOL_SOCKET, name, timeval, 16)).toBe(0);
    const value = guest.allocate(16);
    expect(guest.call("getsockopt", fd, SOL_SOCKET, name, value, guest.put32(16))).toBe(0);
    expect([guest.view.getBigInt64(value, true), guest.view.getBigInt64(value + 8, true)]).toEqual([2n, 500_000n]);
  });

  it("honors SO_LINGER with its two 32-bit numbers", () => {
    const guest = realGuest();
    expect(guest.call("setsockopt", guest.tcp(), SOL_SOCKET, SO_LINGER, guest.put32(1, 3), 8)).toBe(0);
  });

  it("honors IPV6_V6ONLY and the hop limit on IPv6", () => {
    const guest = realGuest();
    const fd = guest.tcp6();
    for (const name of [IPV6_V6ONLY, IPV6_UNICAST_HOPS]) {
      expect(guest.call("setsockopt", fd, IPPROTO_IPV6, name, guest.put32(1), 4)).toBe(0);
    }
  });

  it.each([
    ["SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE],
    ["SO_MARK", SOL_SOCKET, 36],
    ["SO_ATTACH_FILTER", SOL_SOCKET, 26],
    ["IP_ADD_SOURCE_MEMBERSHIP", IPPROTO_IP, 39],
    ["IP_PKTINFO", IPPROTO_IP, 8],
    ["IP_TRANSPARENT", IPPROTO_IP, 19],
    ["IP_FREEBIND", IPPROTO_IP, 15],
    ["IPV6_PKTINFO", IPPROTO_IPV6, 50],
    ["TCP_REPAIR", IPPROTO_TCP, 19],
    ["TCP_FASTOPEN_CONNECT", IPPROTO_TCP, 30],
    ["an unknown level", 4711, 1],
  ])("refuses %s, for reading and writing, without asking the kernel", (_, level, name) => {
    const guest = guestOf("--allow-all");
    const fd = guest.tcp();
    expect(guest.call("setsockopt", fd, level, name, guest.put32(1), 4)).toBe(-ENOPROTOOPT);
    expect(guest.call("getsockopt", fd, level, name, guest.put32(1), guest.put32(4))).toBe(-ENOPROTOOPT);
    expect([guest.kernel.calls("setsockopt"), guest.kernel.calls("getsockopt")]).toEqual([[], []]);
  });

  it("answers EINVAL for a length that is negative or too short", () => {
    const guest = realGuest();
    const fd = guest.tcp();
    for (const length of [-1, -(2 ** 31), 0, 3]) {
      expect(guest.call("setsockopt", fd, SOL_SOCKET, SO_REUSEADDR, guest.put32(1), length)).toBe(-EINVAL);
    }
  });

  it("reads no more than an option can need, as the kernel does", () => {
    const guest = realGuest();
    expect(guest.call("setsockopt", guest.tcp(), SOL_SOCKET, SO_REUSEADDR, guest.put32(1), 2 ** 31 - 1)).toBe(0);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", { setsockopt: -EDOM });
    expect(guest.trace("setsockopt", guest.tcp(), SOL_SOCKET, SO_REUSEADDR, guest.put32(1), 4)).toBe(
      "setsockopt(3<TCP>, SOL_SOCKET, SO_REUSEADDR, [1], 4) = -1 EDOM (Numerical argument out of domain)",
    );
    expect(guest.trace("setsockopt", guest.tcp(), IPPROTO_TCP, TCP_NODELAY, guest.put32(1), 4)).toBe(
      "setsockopt(4<TCP>, SOL_TCP, TCP_NODELAY, [1], 4) = -1 EDOM (Numerical argument out of domain)",
    );
  });
});
