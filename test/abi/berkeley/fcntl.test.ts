import { describe, expect, it } from "vitest";
import {
  EBADF,
  EINVAL,
  EMFILE,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  FD_CLOEXEC,
  O_APPEND,
  O_NONBLOCK,
  O_RDWR,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { guestOf, NO_SUCH_FD, realGuest } from "../../fakes/guest.js";

watchDescriptors();

describe("fcntl(2)", () => {
  it("answers EBADF before it looks at the command", () => {
    expect(guestOf().call("fcntl", NO_SUCH_FD, 9999, 0)).toBe(-EBADF);
  });

  it.each([5, 6, 8, 9, 1024, 1031, 9999])("answers EINVAL for command %i", (command) => {
    const guest = guestOf();
    expect(guest.call("fcntl", guest.tcp(), command, 0)).toBe(-EINVAL);
    expect(guest.kernel.calls()).toHaveLength(1);
  });

  it("F_DUPFD takes the lowest free number from its argument on", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect([guest.call("fcntl", fd, F_DUPFD, 10), guest.call("fcntl", fd, F_DUPFD, 10)]).toEqual([10, 11]);
    expect(guest.call("fcntl", fd, F_DUPFD, 0)).toBe(4);
    expect(guest.call("fcntl", 10, F_GETFD, 0)).toBe(0);
  });

  it("F_DUPFD_CLOEXEC sets FD_CLOEXEC", () => {
    const guest = guestOf();
    const duplicate = guest.call("fcntl", guest.tcp(), F_DUPFD_CLOEXEC, 0);
    expect(guest.call("fcntl", duplicate, F_GETFD, 0)).toBe(FD_CLOEXEC);
  });

  it.each([-1, 1024, 2 ** 31 - 1])("F_DUPFD answers EINVAL for a number beyond RLIMIT_NOFILE: %i", (atLeast) => {
    const guest = guestOf();
    expect(guest.call("fcntl", guest.tcp(), F_DUPFD, atLeast)).toBe(-EINVAL);
    expect(guest.kernel.calls("dup")).toEqual([]);
  });

  it("F_DUPFD answers EMFILE when only smaller numbers are free, and closes what it made", () => {
    const guest = guestOf("", {}, { limit: 5 });
    const fd = guest.tcp();
    expect(guest.call("fcntl", fd, F_DUPFD, 4)).toBe(4);
    guest.call("close", 0);
    expect(guest.call("fcntl", fd, F_DUPFD, 4)).toBe(-EMFILE);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD + 2]]);
  });

  it("F_SETFD sets and clears FD_CLOEXEC and nothing else", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.call("fcntl", fd, F_SETFD, -1)).toBe(0);
    expect(guest.call("fcntl", fd, F_GETFD, 0)).toBe(FD_CLOEXEC);
    expect(guest.call("fcntl", fd, F_SETFD, 0)).toBe(0);
    expect(guest.call("fcntl", fd, F_GETFD, 0)).toBe(0);
  });

  it("F_SETFL changes O_NONBLOCK and keeps every other flag", () => {
    const guest = guestOf("", { getStatusFlags: O_RDWR | O_APPEND });
    const fd = guest.tcp();
    expect(guest.call("fcntl", fd, F_SETFL, O_NONBLOCK | 0x2000)).toBe(0);
    expect(guest.kernel.calls("setStatusFlags")).toEqual([[FIRST_HOST_FD, O_RDWR | O_APPEND | O_NONBLOCK]]);
    expect(guest.call("fcntl", fd, F_SETFL, 0)).toBe(0);
    expect(guest.kernel.calls("setStatusFlags")).toHaveLength(1);
  });

  it("F_GETFL tells what F_SETFL set", () => {
    const guest = realGuest();
    const fd = guest.tcp();
    expect(guest.call("fcntl", fd, F_GETFL, 0)).toBe(O_RDWR);
    expect(guest.call("fcntl", fd, F_SETFL, O_NONBLOCK)).toBe(0);
    expect(guest.call("fcntl", fd, F_GETFL, 0)).toBe(O_RDWR | O_NONBLOCK);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", { getStatusFlags: O_RDWR });
    const fd = guest.tcp();
    expect(guest.trace("fcntl", fd, F_GETFL, 0)).toBe("fcntl(3<TCP>, F_GETFL) = 2");
    expect(guest.trace("fcntl", fd, F_SETFL, O_RDWR | O_NONBLOCK)).toBe(
      "fcntl(3<TCP>, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
    );
    expect(guest.trace("fcntl", fd, F_DUPFD, 5)).toBe("fcntl(3<TCP>, F_DUPFD, 5) = 5");
    expect(guest.trace("fcntl", fd, 9999, 0)).toBe("fcntl(3<TCP>, 9999) = -1 EINVAL (Invalid argument)");
  });
});
