import { describe, expect, it } from "vitest";
import { EBADF, EFAULT, EINVAL } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

/** The second piece: a read shows of it what has come. */
const REST = { readv: "lo rest", writev: "lo" };

describe.each(["readv", "writev"] as const)("%s(2)", (name) => {
  it("hands its arguments to the kernel as they are", () => {
    const guest = guestOf("", { [name]: 5 });
    expect(guest.call(name, guest.udp(), 64, 2)).toBe(5);
    expect(guest.kernel.calls(name)).toEqual([[FIRST_HOST_FD, 64, 2]]);
  });

  it("answers EBADF before EFAULT", () => {
    expect(realGuest().call(name, NO_SUCH_FD, BAD_POINTER, 1)).toBe(-EBADF);
  });

  it("answers EFAULT for a vector or a piece outside memory", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.connect(fd, `127.0.0.1:${guest.portOf(fd)}`);
    guest.call("write", fd, 64, 5);
    for (const [iov, count] of [
      [BAD_POINTER, 1],
      [PAGE - 7, 1],
      [64, 1],
    ] as const) {
      guest.view.setInt32(64, BAD_POINTER, true);
      guest.view.setInt32(68, 4, true);
      expect(guest.call(name, fd, iov, count)).toBe(-EFAULT);
    }
    expect(guest.call(name, fd, guest.putIovecs([64, 1], [PAGE - 1, 2]), 2)).toBe(-EFAULT);
  });

  it("answers EINVAL for more pieces than IOV_MAX, or fewer than none", () => {
    const guest = realGuest();
    const fd = guest.tcp();
    expect(guest.call(name, fd, 0, 1025)).toBe(-EINVAL);
    expect(guest.call(name, fd, 0, -1)).toBe(-EINVAL);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", { [name]: 5 });
    const iovecs = guest.putIovecs([guest.put("hel"), 3], [guest.put(REST[name]), REST[name].length]);
    expect(guest.trace(name, guest.tcp(), iovecs, 2)).toBe(
      `${name}(3<TCP>, [{iov_base="hel", iov_len=3}, {iov_base="lo", iov_len=${REST[name].length}}], 2) = 5`,
    );
  });
});
