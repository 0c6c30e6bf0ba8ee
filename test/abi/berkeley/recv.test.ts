import { describe, expect, it } from "vitest";
import { EAGAIN, EBADF, ECONNRESET, ENOTCONN, MSG_DONTWAIT, MSG_PEEK } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("recv(2)", () => {
  it("hands its arguments to the kernel as they are", () => {
    const guest = guestOf("", { recv: 5 });
    expect(guest.call("recv", guest.udp(), 64, 8, MSG_PEEK)).toBe(5);
    expect(guest.kernel.calls("recv")).toEqual([[FIRST_HOST_FD, 64, 8, MSG_PEEK]]);
  });

  it.each([EAGAIN, ECONNRESET, ENOTCONN])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("", { recv: -errno });
    expect(guest.call("recv", guest.tcp(), 64, 8, MSG_PEEK)).toBe(-errno);
  });

  it("answers EBADF before EFAULT", () => {
    expect(realGuest().call("recv", NO_SUCH_FD, BAD_POINTER, 8, MSG_PEEK)).toBe(-EBADF);
  });

  it("puts what arrived straight into memory, at its last byte, too", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.connect(fd, `127.0.0.1:${guest.portOf(fd)}`);
    guest.call("write", fd, guest.put("hello"), 5);
    expect(guest.call("recv", fd, PAGE - 5, 5, 0)).toBe(5);
    expect(guest.text(PAGE - 5, 5)).toBe("hello");
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", { recv: 40 });
    expect(guest.trace("recv", guest.tcp(), guest.put("x".repeat(40)), 64, MSG_PEEK | MSG_DONTWAIT)).toBe(
      `recv(3<TCP>, "${"x".repeat(32)}"..., 64, MSG_PEEK|MSG_DONTWAIT) = 40`,
    );
  });
});
