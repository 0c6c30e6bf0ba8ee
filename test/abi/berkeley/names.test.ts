import { describe, expect, it } from "vitest";
import { EBADF, EFAULT, EINVAL, ENOTCONN, ENOTSOCK } from "../../../host/core/linux.generated.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, PAGE, sockaddrOf } from "../../fakes/guest.js";

const NAMED = { getpeername: 0 };
const TRACES = {
  getsockname: 'getsockname(3<TCP>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("0.0.0.0")}, [16]) = 0',
  getpeername: "getpeername(3<TCP>, ?, [128]) = -1 ENOTCONN (Transport endpoint is not connected)",
};

describe.each(["getsockname", "getpeername"] as const)("%s(2)", (name) => {
  it("answers EBADF and ENOTSOCK before it looks at its pointers", () => {
    const guest = guestOf();
    expect(guest.call(name, NO_SUCH_FD, BAD_POINTER, BAD_POINTER)).toBe(-EBADF);
    expect(guest.call(name, guest.file(), BAD_POINTER, BAD_POINTER)).toBe(-ENOTSOCK);
  });

  it("claims its out-pointers before it asks the kernel", () => {
    const guest = guestOf("", NAMED);
    const fd = guest.tcp();
    expect(guest.call(name, fd, BAD_POINTER, guest.put32(16))).toBe(-EFAULT);
    expect(guest.call(name, fd, guest.allocate(16), BAD_POINTER)).toBe(-EFAULT);
    expect(guest.call(name, fd, guest.allocate(16), 0)).toBe(-EFAULT);
    expect(guest.call(name, fd, 0, guest.put32(16))).toBe(-EFAULT);
    expect(guest.call(name, fd, guest.allocate(16), guest.put32(-1))).toBe(-EINVAL);
    expect(guest.kernel.calls(name)).toEqual([]);
  });

  it("takes a null pointer where there is room for nothing, and tells the length", () => {
    const guest = guestOf("", NAMED);
    guest.kernel.address.length = 16;
    const addrlen = guest.put32(0);
    expect(guest.call(name, guest.tcp(), 0, addrlen)).toBe(0);
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it("cuts the address to the guest's room and tells its full length", () => {
    const guest = guestOf("", NAMED);
    const bytes = sockaddrOf("0.0.0.0:0");
    guest.kernel.address.bytes.set(bytes);
    guest.kernel.address.length = 16;
    const addr = guest.put(new Uint8Array(16).fill(0xaa));
    const addrlen = guest.put32(4);
    expect(guest.call(name, guest.tcp(), addr, addrlen)).toBe(0);
    expect(guest.get(addr, 16)).toEqual(Uint8Array.of(...bytes.slice(0, 4), ...new Array(12).fill(0xaa)));
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it("needs room in memory for what the kernel can say only, whatever the guest claims", () => {
    const guest = guestOf("", NAMED);
    expect(guest.call(name, guest.tcp(), PAGE - 128, guest.put32(2 ** 31 - 1))).toBe(0);
  });

  it("passes the kernel's errno through and writes nothing", () => {
    const guest = guestOf("", { [name]: -ENOTCONN });
    const addrlen = guest.put32(16);
    expect(guest.call(name, guest.tcp(), guest.allocate(16), addrlen)).toBe(-ENOTCONN);
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace(name, guest.tcp(), guest.allocate(16), guest.put32(128))).toBe(TRACES[name]);
  });
});
