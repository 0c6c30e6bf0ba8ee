import { describe, expect, it } from "vitest";
import { EAGAIN, EBADF } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("fd_read and fd_write", () => {
  it("move the pieces of a vector through a socket", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.connect(fd, `127.0.0.1:${guest.portOf(fd)}`);
    const out = guest.putIovecs([guest.put("hel"), 3], [0, 0], [guest.put("lo"), 2]);
    const moved = guest.put32(0);
    expect(guest.wasi("fd_write", fd, out, 3, moved)).toBe(0);
    expect(guest.view.getUint32(moved, true)).toBe(5);
    const [one, two] = [guest.allocate(8), guest.allocate(8)];
    expect(guest.wasi("fd_read", fd, guest.putIovecs([one, 2], [two, 8]), 2, moved)).toBe(0);
    expect(guest.view.getUint32(moved, true)).toBe(5);
    expect(guest.text(one, 2) + guest.text(two, 3)).toBe("hello");
  });

  it.each(["fd_read", "fd_write"])("%s is BADF for what is not open", (call) => {
    expect(guestOf().wasi(call, NO_SUCH_FD, 64, 1, 64)).toBe(8);
  });

  it.each([
    ["fd_read", "readv"],
    ["fd_write", "writev"],
  ] as const)("%s passes the kernel's errno on in preview1's numbers, and writes nothing", (call, kernelCall) => {
    const guest = guestOf("", { [kernelCall]: -EAGAIN });
    const moved = guest.put32(77);
    expect(guest.wasi(call, guest.tcp(), 64, 1, moved)).toBe(6);
    expect(guest.view.getUint32(moved, true)).toBe(77);
  });

  it.each([
    ["fd_read", "readv"],
    ["fd_write", "writev"],
  ] as const)("%s claims its result before data moves", (call, kernelCall) => {
    const guest = guestOf();
    expect(guest.wasi(call, guest.tcp(), 64, 1, BAD_POINTER)).toBe(21);
    expect(guest.kernel.calls(kernelCall)).toEqual([]);
  });

  it("serve standard streams", () => {
    const guest = guestOf("", { writev: 3 });
    expect(guest.wasi("fd_write", 1, guest.putIovecs([64, 3]), 1, guest.put32(0))).toBe(0);
    expect(guest.kernel.calls("writev")).toMatchObject([[1, expect.any(Number), 1]]);
  });
});

describe("fd_close", () => {
  it("closes what either ABI opened; the number is BADF then", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.wasi("fd_close", fd)).toBe(0);
    expect(guest.wasi("fd_close", fd)).toBe(8);
    expect(guest.call("close", fd)).toBe(-EBADF);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD]]);
  });
});
