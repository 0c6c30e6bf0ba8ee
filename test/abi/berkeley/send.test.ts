import { describe, expect, it } from "vitest";
import { EAGAIN, EBADF, EDESTADDRREQ, EPIPE, MSG_DONTWAIT, MSG_NOSIGNAL } from "../../../host/core/linux.generated.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

describe("send(2)", () => {
  it("hands its arguments to the kernel as they are", () => {
    const guest = guestOf("", { send: 5 });
    expect(guest.call("send", guest.udp(), 64, 8, MSG_DONTWAIT)).toBe(5);
    expect(guest.kernel.calls("send")).toEqual([[FIRST_HOST_FD, 64, 8, MSG_DONTWAIT]]);
  });

  it.each([EAGAIN, EPIPE, EDESTADDRREQ])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("", { send: -errno });
    expect(guest.call("send", guest.tcp(), 64, 8, MSG_DONTWAIT)).toBe(-errno);
  });

  it("answers EBADF before EFAULT", () => {
    expect(realGuest().call("send", NO_SUCH_FD, BAD_POINTER, 8, MSG_DONTWAIT)).toBe(-EBADF);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace("send", guest.tcp(), guest.put("GET / "), 6, MSG_NOSIGNAL)).toBe(
      'send(3<TCP>, "GET / ", 6, MSG_NOSIGNAL) = 6',
    );
  });
});
