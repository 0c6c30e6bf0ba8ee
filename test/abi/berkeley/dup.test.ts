import { describe, expect, it } from "vitest";
import {
  AF_INET,
  EBADF,
  EMFILE,
  ENOTSOCK,
  F_GETFD,
  SOCK_CLOEXEC,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("dup(2)", () => {
  it("answers EBADF for what is not open", () => {
    expect(guestOf().call("dup", NO_SUCH_FD)).toBe(-EBADF);
  });

  it("answers the lowest free descriptor, without FD_CLOEXEC", () => {
    const guest = guestOf();
    const fd = guest.call("socket", AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const duplicate = guest.call("dup", fd);
    expect(duplicate).toBe(fd + 1);
    expect(guest.call("fcntl", duplicate, F_GETFD, 0)).toBe(0);
    expect(guest.kernel.calls("dup")).toEqual([[FIRST_HOST_FD]]);
  });

  it("shares what the host remembers of the socket", () => {
    const guest = guestOf("--allow-net-listen=127.0.0.1:80");
    const fd = guest.tcp();
    const duplicate = guest.call("dup", fd);
    expect(guest.bind(fd, "127.0.0.1:80")).toBe(0);
    // Bound through one, so that listening through the other is no implicit bind.
    expect(guest.call("listen", duplicate, 5)).toBe(0);
  });

  it("of a standard stream gives a descriptor of the guest's own, which is no socket", () => {
    const guest = guestOf();
    const duplicate = guest.call("dup", 1);
    expect(guest.call("listen", duplicate, 5)).toBe(-ENOTSOCK);
    expect(guest.call("close", duplicate)).toBe(0);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD]]);
  });

  it("answers EMFILE at RLIMIT_NOFILE and keeps nothing open", () => {
    const guest = guestOf("", {}, { limit: 4 });
    expect(guest.call("dup", guest.tcp())).toBe(-EMFILE);
    expect(guest.kernel.calls("dup")).toHaveLength(guest.kernel.calls("close").length);
  });

  it("passes the kernel's errno through", () => {
    const guest = guestOf("", { dup: -EMFILE });
    expect(guest.call("dup", guest.tcp())).toBe(-EMFILE);
  });

  it("is one open socket to the kernel, too", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.1");
    const fd = guest.tcp();
    const duplicate = guest.call("dup", fd);
    expect(guest.bind(duplicate, "127.0.0.1:0")).toBe(0);
    expect(guest.nameOf(fd)).toEqual(guest.nameOf(duplicate));
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace("dup", guest.udp())).toBe("dup(3<UDP>) = 4");
  });
});
