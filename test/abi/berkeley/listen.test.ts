import { describe, expect, it } from "vitest";
import { EADDRINUSE, EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP } from "../../../host/core/linux.generated.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { guestOf, NO_SUCH_FD } from "../../fakes/guest.js";

describe("listen(2)", () => {
  it("answers EBADF and ENOTSOCK", () => {
    const guest = guestOf();
    expect(guest.call("listen", NO_SUCH_FD, 5)).toBe(-EBADF);
    expect(guest.call("listen", guest.file(), 5)).toBe(-ENOTSOCK);
  });

  it.each([-1, 0, 5, 2 ** 31 - 1])("hands a backlog of %i to the kernel", (backlog) => {
    const guest = guestOf("--allow-net-listen");
    expect(guest.call("listen", guest.tcp(), backlog)).toBe(0);
    expect(guest.kernel.calls("listen")).toEqual([[FIRST_HOST_FD, backlog]]);
  });

  it.each([EADDRINUSE, EOPNOTSUPP, EINVAL])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("--allow-net-listen", { listen: -errno });
    expect(guest.call("listen", guest.tcp(), 5)).toBe(-errno);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-net-listen");
    expect(guest.trace("listen", guest.tcp(), 128)).toBe("listen(3<TCP>, 128) = 0");
    expect(guestOf().trace("listen", NO_SUCH_FD, 128)).toBe("listen(77, 128) = -1 EBADF (Bad file descriptor)");
  });
});
