import { describe, expect, it } from "vitest";
import { EBADF, EINVAL, ENOTCONN, ENOTSOCK, SHUT_RD, SHUT_RDWR, SHUT_WR } from "../../../host/core/linux.generated.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { guestOf, NO_SUCH_FD } from "../../fakes/guest.js";

describe("shutdown(2)", () => {
  it("answers EBADF for what is not open", () => {
    expect(guestOf().call("shutdown", NO_SUCH_FD, SHUT_RDWR)).toBe(-EBADF);
  });

  it.each([SHUT_RD, SHUT_WR, SHUT_RDWR, 9])("hands how=%i to the kernel", (how) => {
    const guest = guestOf();
    expect(guest.call("shutdown", guest.tcp(), how)).toBe(0);
    expect(guest.kernel.calls("shutdown")).toEqual([[FIRST_HOST_FD, how]]);
  });

  it.each([ENOTCONN, ENOTSOCK, EINVAL])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("", { shutdown: -errno });
    expect(guest.call("shutdown", guest.tcp(), SHUT_WR)).toBe(-errno);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", { shutdown: -ENOTCONN });
    expect(guest.trace("shutdown", guest.tcp(), SHUT_WR)).toBe(
      "shutdown(3<TCP>, SHUT_WR) = -1 ENOTCONN (Transport endpoint is not connected)",
    );
  });
});
