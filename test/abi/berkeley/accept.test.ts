import { describe, expect, it } from "vitest";
import { EAGAIN, EBADF, ECONNABORTED, EFAULT, EINVAL, EMFILE, ENOTSOCK } from "../../../host/core/linux.generated.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, PAGE, sockaddrOf } from "../../fakes/guest.js";

describe("accept(2)", () => {
  it("answers EBADF and ENOTSOCK before it looks at its pointers", () => {
    const guest = guestOf();
    expect(guest.call("accept", NO_SUCH_FD, BAD_POINTER, BAD_POINTER)).toBe(-EBADF);
    expect(guest.call("accept", guest.file(), BAD_POINTER, BAD_POINTER)).toBe(-ENOTSOCK);
  });

  it("takes two null pointers for no interest in the peer", () => {
    const guest = guestOf();
    expect(guest.call("accept", guest.tcp(), 0, 0)).toBe(4);
  });

  it("does not look at the length when it wants no address", () => {
    const guest = guestOf();
    expect(guest.call("accept", guest.tcp(), 0, BAD_POINTER)).toBe(4);
  });

  it("claims its out-pointers before a connection is taken", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    const length = guest.put32(16);
    expect(guest.call("accept", fd, BAD_POINTER, length)).toBe(-EFAULT);
    expect(guest.call("accept", fd, PAGE - 15, length)).toBe(-EFAULT);
    expect(guest.call("accept", fd, guest.allocate(16), BAD_POINTER)).toBe(-EFAULT);
    expect(guest.call("accept", fd, guest.allocate(16), 0)).toBe(-EFAULT);
    expect(guest.call("accept", fd, guest.allocate(16), guest.put32(-1))).toBe(-EINVAL);
    expect(guest.kernel.calls("accept4")).toEqual([]);
  });

  it("writes the peer's address and its length", () => {
    const guest = guestOf();
    const addr = guest.allocate(128);
    const addrlen = guest.put32(128);
    expect(guest.call("accept", guest.tcp(), addr, addrlen)).toBe(4);
    expect(guest.get(addr, 16)).toEqual(sockaddrOf("0.0.0.0:0"));
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it.each([0, 1, 15])("cuts the address to a room of %i bytes and tells its full length", (room) => {
    const guest = guestOf();
    const addr = guest.put(new Uint8Array(16).fill(0xaa));
    const addrlen = guest.put32(room);
    guest.call("accept", guest.tcp(), addr, addrlen);
    expect(guest.get(addr, 16)).toEqual(
      Uint8Array.of(...sockaddrOf("0.0.0.0:0").slice(0, room), ...new Array(16 - room).fill(0xaa)),
    );
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it.each([EAGAIN, EINVAL, ECONNABORTED])("passes the kernel's errno %i through and writes nothing", (errno) => {
    const guest = guestOf("", { accept4: -errno });
    const addrlen = guest.put32(16);
    expect(guest.call("accept", guest.tcp(), guest.allocate(16), addrlen)).toBe(-errno);
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it("answers EMFILE while the connection still waits", () => {
    const guest = guestOf("", {}, { limit: 4 });
    expect(guest.call("accept", guest.tcp(), 0, 0)).toBe(-EMFILE);
    expect(guest.kernel.calls("accept4")).toEqual([]);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.trace("accept", fd, guest.allocate(16), guest.put32(16))).toBe(
      'accept(3<TCP>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("0.0.0.0")}, [16]) = 4',
    );
    expect(guest.trace("accept", fd, 0, 0)).toBe("accept(3<TCP>, NULL, NULL) = 5");
    expect(guest.trace("accept", fd, BAD_POINTER, guest.put32(16))).toBe(
      "accept(3<TCP>, ?, [16]) = -1 EFAULT (Bad address)",
    );
  });
});
