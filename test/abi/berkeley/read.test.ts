import { describe, expect, it } from "vitest";
import { EAGAIN, EBADF, ECONNRESET, ENOTCONN } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("read(2)", () => {
  it("hands its arguments to the kernel as they are", () => {
    const guest = guestOf("", { read: 5 });
    expect(guest.call("read", guest.udp(), 64, 8)).toBe(5);
    expect(guest.kernel.calls("read")).toEqual([[FIRST_HOST_FD, 64, 8]]);
  });

  it.each([EAGAIN, ECONNRESET, ENOTCONN])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("", { read: -errno });
    expect(guest.call("read", guest.tcp(), 64, 8)).toBe(-errno);
  });

  it("answers EBADF before EFAULT", () => {
    expect(realGuest().call("read", NO_SUCH_FD, BAD_POINTER, 8)).toBe(-EBADF);
  });

  it("puts what arrived straight into memory, at its last byte, too", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.connect(fd, `127.0.0.1:${guest.portOf(fd)}`);
    guest.call("write", fd, guest.put("hello"), 5);
    expect(guest.call("read", fd, PAGE - 5, 5)).toBe(5);
    expect(guest.text(PAGE - 5, 5)).toBe("hello");
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", { read: 3 });
    expect(guest.trace("read", guest.tcp(), guest.put('a"b'), 8)).toBe('read(3<TCP>, "a\\"b", 8) = 3');
    expect(guestOf("", { read: -EAGAIN }).trace("read", 0, 64, 8)).toBe(
      "read(0, ?, 8) = -1 EAGAIN (Resource temporarily unavailable)",
    );
  });
});
