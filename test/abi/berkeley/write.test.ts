import { describe, expect, it } from "vitest";
import { EAGAIN, EBADF, EDESTADDRREQ, EPIPE } from "../../../host/core/linux.generated.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

describe("write(2)", () => {
  it("hands its arguments to the kernel as they are", () => {
    const guest = guestOf("", { write: 5 });
    expect(guest.call("write", guest.udp(), 64, 8)).toBe(5);
    expect(guest.kernel.calls("write")).toEqual([[FIRST_HOST_FD, 64, 8]]);
  });

  it.each([EAGAIN, EPIPE, EDESTADDRREQ])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("", { write: -errno });
    expect(guest.call("write", guest.tcp(), 64, 8)).toBe(-errno);
  });

  it("answers EBADF before EFAULT", () => {
    expect(realGuest().call("write", NO_SUCH_FD, BAD_POINTER, 8)).toBe(-EBADF);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace("write", 1, guest.put("hi\n"), 3)).toBe('write(1, "hi\\n", 3) = 3');
    expect(guest.trace("write", 1, BAD_POINTER, 3)).toBe("write(1, 0xffffffff, 3) = -1 EFAULT (Bad address)");
  });
});
