import { describe, expect, it } from "vitest";
import { EFAULT, EINTR, EINVAL, POLLIN, POLLNVAL, POLLOUT } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { type Guest, guestOf, NO_SUCH_FD, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

/** An array of pollfds in memory. */
function putPoll(guest: Guest, ...entries: [fd: number, events: number][]): number {
  const bytes = new Uint8Array(entries.length * 8).fill(0xff);
  const view = new DataView(bytes.buffer);
  entries.forEach(([fd, events], i) => {
    view.setInt32(i * 8, fd, true);
    view.setInt16(i * 8 + 4, events, true);
  });
  return guest.put(bytes);
}

function revents(guest: Guest, fds: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => guest.view.getUint16(fds + i * 8 + 6, true));
}

describe("poll(2)", () => {
  it("answers EINVAL for more descriptors than RLIMIT_NOFILE, or fewer than none", () => {
    const guest = guestOf();
    expect(guest.call("poll", 0, 1025, 0)).toBe(-EINVAL);
    expect(guest.call("poll", 0, -1, 0)).toBe(-EINVAL);
  });

  it("claims its array before it waits", () => {
    const guest = guestOf();
    expect(guest.call("poll", PAGE - 15, 2, -1)).toBe(-EFAULT);
    expect(guest.kernel.calls("poll")).toEqual([]);
  });

  it.each([
    [-1, -1],
    [-5, -1],
    [0, 0],
    [1500, 1_500_000_000],
    [2 ** 31 - 1, 2147483647e6],
  ])("waits %i milliseconds as %i nanoseconds", (timeout, nanoseconds) => {
    const guest = guestOf();
    expect(guest.call("poll", 0, 0, timeout)).toBe(0);
    expect(guest.kernel.calls("poll")).toEqual([[expect.anything(), 0, nanoseconds]]);
  });

  it("marks what is not open POLLNVAL, and does not wait then", () => {
    const guest = guestOf();
    const fds = putPoll(guest, [NO_SUCH_FD, POLLIN], [guest.tcp(), POLLIN], [2 ** 31 - 1, 0]);
    expect(guest.call("poll", fds, 3, -1)).toBe(2);
    expect(revents(guest, fds, 3)).toEqual([POLLNVAL, 0, POLLNVAL]);
    expect(guest.kernel.calls("poll")).toEqual([[expect.anything(), 3, 0]]);
  });

  it("skips negative descriptors", () => {
    const guest = realGuest();
    const fds = putPoll(guest, [-1, POLLIN], [-(2 ** 31), POLLIN]);
    expect(guest.call("poll", fds, 2, 0)).toBe(0);
    expect(revents(guest, fds, 2)).toEqual([0, 0]);
  });

  it("tells which of several are ready, and for what", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [receiver, idle] = [guest.udp(), guest.udp()];
    guest.bind(receiver, "127.0.0.1:0");
    guest.bind(idle, "127.0.0.1:0");
    guest.sendTo(idle, `127.0.0.1:${guest.portOf(receiver)}`);
    const fds = putPoll(
      guest,
      [idle, POLLIN],
      [receiver, POLLIN | POLLOUT],
      [-1, POLLIN],
      [NO_SUCH_FD, POLLIN],
      [idle, POLLOUT],
    );
    expect(guest.call("poll", fds, 5, 1000)).toBe(3);
    expect(revents(guest, fds, 5)).toEqual([0, POLLIN | POLLOUT, 0, POLLNVAL, POLLOUT]);
  });

  it("gives up after its timeout", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    const start = performance.now();
    expect(guest.call("poll", putPoll(guest, [fd, POLLIN]), 1, 20)).toBe(0);
    expect(performance.now() - start).toBeGreaterThanOrEqual(19);
  });

  it("passes the kernel's errno through and leaves revents alone", () => {
    const guest = guestOf("", { poll: -EINTR });
    const fds = putPoll(guest, [guest.tcp(), POLLIN]);
    expect(guest.call("poll", fds, 1, 0)).toBe(-EINTR);
    expect(revents(guest, fds, 1)).toEqual([0xffff]);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    const fds = putPoll(guest, [guest.tcp(), POLLIN | POLLOUT], [-1, 0]);
    expect(guest.trace("poll", fds, 2, 100)).toMatch(
      /^poll\(\[\{fd=3(<TCP>)?, events=POLLIN\|POLLOUT\}, \{fd=-1(, events=0)?\}\], 2, 100\) = 0/,
    );
  });
});
