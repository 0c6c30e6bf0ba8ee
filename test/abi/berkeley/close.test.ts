import { describe, expect, it } from "vitest";
import { EBADF, EIO } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("close(2)", () => {
  it.each([NO_SUCH_FD, -1, 2 ** 31 - 1])("answers EBADF for %i", (fd) => {
    const guest = guestOf();
    expect(guest.call("close", fd)).toBe(-EBADF);
    expect(guest.kernel.calls()).toEqual([]);
  });

  it("closes the kernel's descriptor and frees the number", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.call("close", fd)).toBe(0);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD]]);
    expect(guest.call("close", fd)).toBe(-EBADF);
    expect(guest.tcp()).toBe(fd);
  });

  it("frees the number even when the kernel complains, as Linux does", () => {
    const guest = guestOf("", { close: -EIO });
    const fd = guest.tcp();
    expect(guest.call("close", fd)).toBe(-EIO);
    expect(guest.call("close", fd)).toBe(-EBADF);
  });

  it("of standard streams leaves the host's open", () => {
    const guest = guestOf();
    for (const fd of [0, 1, 2]) expect(guest.call("close", fd)).toBe(0);
    expect(guest.kernel.calls("close")).toEqual([]);
    expect(guest.call("write", 1, 0, 1)).toBe(-EBADF);
  });

  it("closes what later takes the number of a standard stream", () => {
    const guest = guestOf();
    guest.call("close", 0);
    expect(guest.tcp()).toBe(0);
    expect(guest.call("close", 0)).toBe(0);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD]]);
  });

  it("of one duplicate leaves the socket to the other", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.1");
    const fd = guest.tcp();
    const duplicate = guest.call("dup", fd);
    expect(guest.call("close", fd)).toBe(0);
    expect(guest.bind(duplicate, "127.0.0.1:0")).toBe(0);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace("close", guest.tcp())).toBe("close(3<TCP>) = 0");
    expect(guest.trace("close", 3)).toBe("close(3) = -1 EBADF (Bad file descriptor)");
  });
});
