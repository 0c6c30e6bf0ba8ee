import { describe, expect, it } from "vitest";
import {
  AF_INET,
  EBADF,
  EFAULT,
  EINVAL,
  ENOTSOCK,
  EOPNOTSUPP,
  IPPROTO_UDP,
  SO_DOMAIN,
  SO_ERROR,
  SO_PROTOCOL,
  SO_TYPE,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("getsockopt(2)", () => {
  it("answers EBADF and ENOTSOCK before it looks at its pointers", () => {
    const guest = guestOf();
    expect(guest.call("getsockopt", NO_SUCH_FD, SOL_SOCKET, SO_TYPE, BAD_POINTER, BAD_POINTER)).toBe(-EBADF);
    expect(guest.call("getsockopt", guest.file(), SOL_SOCKET, SO_TYPE, BAD_POINTER, BAD_POINTER)).toBe(-ENOTSOCK);
  });

  it("claims its out-pointers before it asks the kernel", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.call("getsockopt", fd, SOL_SOCKET, SO_TYPE, BAD_POINTER, guest.put32(4))).toBe(-EFAULT);
    expect(guest.call("getsockopt", fd, SOL_SOCKET, SO_TYPE, guest.allocate(4), BAD_POINTER)).toBe(-EFAULT);
    expect(guest.call("getsockopt", fd, SOL_SOCKET, SO_TYPE, guest.allocate(4), guest.put32(-1))).toBe(-EINVAL);
    expect(guest.kernel.calls("getsockopt")).toEqual([]);
  });

  it("tells what the kernel knows of the socket", () => {
    const guest = realGuest();
    const value = guest.allocate(4);
    const read = (name: number) => {
      expect(guest.call("getsockopt", guest.udp(), SOL_SOCKET, name, value, guest.put32(4))).toBe(0);
      return guest.view.getInt32(value, true);
    };
    expect([SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ERROR].map(read)).toEqual([SOCK_DGRAM, AF_INET, IPPROTO_UDP, 0]);
  });

  it.each([0, 1, 2, 4])("cuts the value to a room of %i bytes, as Linux does", (room) => {
    const guest = realGuest();
    const value = guest.put(Uint8Array.of(0xaa, 0xaa, 0xaa, 0xaa));
    const length = guest.put32(room);
    expect(guest.call("getsockopt", guest.tcp(), SOL_SOCKET, SO_TYPE, value, length)).toBe(0);
    expect([...guest.get(value, 4)]).toEqual([SOCK_STREAM, 0, 0, 0].map((octet, i) => (i < room ? octet : 0xaa)));
    expect(guest.view.getUint32(length, true)).toBe(room);
  });

  it("tells the true length where there is more room", () => {
    const guest = realGuest();
    const length = guest.put32(100);
    expect(guest.call("getsockopt", guest.tcp(), SOL_SOCKET, SO_TYPE, guest.allocate(100), length)).toBe(0);
    expect(guest.view.getUint32(length, true)).toBe(4);
  });

  it("passes the kernel's errno through and writes nothing", () => {
    const guest = guestOf("", { getsockopt: -EOPNOTSUPP });
    const length = guest.put32(4);
    expect(guest.call("getsockopt", guest.tcp(), SOL_SOCKET, SO_TYPE, guest.allocate(4), length)).toBe(-EOPNOTSUPP);
    expect(guest.view.getUint32(length, true)).toBe(4);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    const length = guest.put32(4);
    expect(guest.trace("getsockopt", guest.tcp(), SOL_SOCKET, SO_ERROR, guest.allocate(4), length)).toBe(
      "getsockopt(3<TCP>, SOL_SOCKET, SO_ERROR, [0], [4]) = 0",
    );
    expect(guest.trace("getsockopt", 3, SOL_SOCKET, 9999, guest.allocate(4), length)).toBe(
      "getsockopt(3<TCP>, SOL_SOCKET, 9999, ?, [4]) = -1 ENOPROTOOPT (Protocol not available)",
    );
  });
});
