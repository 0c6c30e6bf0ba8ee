import { describe, expect, it } from "vitest";
import { EBADF, EINVAL, EMFILE, F_GETFD, FD_CLOEXEC, O_CLOEXEC } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("dup2(2)", () => {
  it("answers EBADF for what is not open, or no number of a descriptor", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.call("dup2", NO_SUCH_FD, fd)).toBe(-EBADF);
    expect(guest.call("dup2", NO_SUCH_FD, NO_SUCH_FD)).toBe(-EBADF);
    expect(guest.call("dup2", fd, -1)).toBe(-EBADF);
    expect(guest.call("dup2", fd, 1024)).toBe(-EBADF);
    expect(guest.kernel.calls("dup")).toEqual([]);
  });

  it("does nothing to a descriptor onto itself", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.call("dup2", fd, fd)).toBe(fd);
    expect(guest.kernel.calls("dup")).toEqual([]);
  });

  it("takes the very number, and leaves the lower ones free", () => {
    const guest = guestOf();
    expect(guest.call("dup2", guest.tcp(), 1000)).toBe(1000);
    expect(guest.tcp()).toBe(4);
    expect(guest.call("fcntl", 1000, F_GETFD, 0)).toBe(0);
  });

  it("closes what the number was", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [one, other] = [guest.udp(), guest.udp()];
    guest.bind(one, "127.0.0.1:0");
    guest.bind(other, "127.0.0.1:0");
    const port = guest.portOf(other);
    expect(guest.call("dup2", one, other)).toBe(other);
    expect(guest.portOf(other)).toBe(guest.portOf(one));
    // The other socket is gone, and its port free.
    expect(guest.bind(guest.udp(), `127.0.0.1:${port}`)).toBe(0);
  });

  it("replaces a standard stream, of which the host keeps its own", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.call("dup2", fd, 0)).toBe(0);
    expect(guest.kernel.calls("close")).toEqual([]);
    expect(guest.call("listen", 0, 1)).toBe(-13);
    expect(guest.call("close", 0)).toBe(0);
    expect(guest.kernel.calls().at(-1)?.[0]).toBe(FIRST_HOST_FD + 1);
  });

  it("leaves everything as it was if the kernel has no more descriptors", () => {
    const guest = guestOf("", { dup: -EMFILE });
    const [one, other] = [guest.tcp(), guest.udp()];
    expect(guest.call("dup2", one, other)).toBe(-EMFILE);
    expect(guest.core.fds.hostFd(other)).toBe(FIRST_HOST_FD + 1);
    expect(guest.kernel.calls("close")).toEqual([]);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace("dup2", guest.udp(), 9)).toBe("dup2(3<UDP>, 9) = 9");
  });
});

describe("dup3(2)", () => {
  it("sets FD_CLOEXEC if asked", () => {
    const guest = guestOf();
    expect(guest.call("dup3", guest.tcp(), 7, O_CLOEXEC)).toBe(7);
    expect(guest.call("fcntl", 7, F_GETFD, 0)).toBe(FD_CLOEXEC);
    expect(guest.call("dup3", 7, 8, 0)).toBe(8);
    expect(guest.call("fcntl", 8, F_GETFD, 0)).toBe(0);
  });

  it("answers EINVAL for other flags and for a descriptor onto itself, then EBADF", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.call("dup3", NO_SUCH_FD, -1, 1)).toBe(-EINVAL);
    expect(guest.call("dup3", NO_SUCH_FD, NO_SUCH_FD, 0)).toBe(-EINVAL);
    expect(guest.call("dup3", fd, 1024, 0)).toBe(-EBADF);
    expect(guest.call("dup3", NO_SUCH_FD, 9, 0)).toBe(-EBADF);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    expect(guest.trace("dup3", guest.udp(), 9, O_CLOEXEC)).toBe("dup3(3<UDP>, 9, O_CLOEXEC) = 9");
  });
});
