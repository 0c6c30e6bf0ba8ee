import { describe, expect, it } from "vitest";
import { EFAULT, EINVAL, POLLIN, POLLOUT } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { BAD_POINTER, type Guest, guestOf, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

/** `struct timespec`, with garbage in its padding. */
function putTime(guest: Guest, seconds: bigint, nanoseconds: number): number {
  const bytes = new Uint8Array(16).fill(0xaa);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, seconds, true);
  view.setInt32(8, nanoseconds, true);
  return guest.put(bytes);
}

describe("ppoll(2)", () => {
  it.each([
    [0n, 0, 0],
    [0n, 1, 1],
    [1n, 999_999_999, 1_999_999_999],
    [2n ** 63n - 1n, 0, 2 ** 63 * 1e9],
  ])("waits %i s and %i ns", (seconds, nanoseconds, total) => {
    const guest = guestOf();
    expect(guest.call("ppoll", 0, 0, putTime(guest, seconds, nanoseconds), 0)).toBe(0);
    expect(guest.kernel.calls("poll")).toEqual([[expect.anything(), 0, total]]);
  });

  it("waits for ever without a timeout", () => {
    const guest = guestOf();
    expect(guest.call("ppoll", 0, 0, 0, 0)).toBe(0);
    expect(guest.kernel.calls("poll")).toEqual([[expect.anything(), 0, -1]]);
  });

  it.each([
    [-1n, 0],
    [0n, -1],
    [0n, 1_000_000_000],
  ])("answers EINVAL for %i s and %i ns, before it looks at the descriptors", (seconds, nanoseconds) => {
    const guest = guestOf();
    expect(guest.call("ppoll", BAD_POINTER, 1, putTime(guest, seconds, nanoseconds), 0)).toBe(-EINVAL);
  });

  it("answers EINVAL for a signal mask, EFAULT for bad pointers", () => {
    const guest = guestOf();
    expect(guest.call("ppoll", 0, 0, 0, 64)).toBe(-EINVAL);
    expect(guest.call("ppoll", 0, 0, PAGE - 15, 0)).toBe(-EFAULT);
    expect(guest.call("ppoll", PAGE - 7, 1, 0, 0)).toBe(-EFAULT);
    expect(guest.kernel.calls("poll")).toEqual([]);
  });

  it("tells what is ready, as poll does", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fds = guest.put32(guest.udp(), POLLIN | POLLOUT);
    expect(guest.call("ppoll", fds, 1, 0, 0)).toBe(1);
    expect(guest.view.getUint16(fds + 6, true)).toBe(POLLOUT);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    const fds = guest.put32(guest.udp(), POLLIN);
    expect(guest.trace("ppoll", fds, 1, putTime(guest, 1n, 500), 0)).toBe(
      "ppoll([{fd=3, events=POLLIN}], 1, {tv_sec=1, tv_nsec=500}, NULL) = 0",
    );
    expect(guest.trace("ppoll", fds, 1, 0, 0)).toBe("ppoll([{fd=3, events=POLLIN}], 1, NULL, NULL) = 0");
  });
});
