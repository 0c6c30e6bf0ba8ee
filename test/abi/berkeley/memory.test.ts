import { describe, expect, it } from "vitest";
import { EFAULT, SO_TYPE, SOL_SOCKET } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FAKE_STATUS } from "../../fakes/fake-kernel.js";
import { guestOf, PAGE, realGuest, sockaddrOf } from "../../fakes/guest.js";

watchDescriptors();

describe("memory that grew", () => {
  it.each(["getsockopt", "getsockname", "setsockopt", "bind", "poll", "stat", "recvfrom"])(
    "is seen by the next call (%s)",
    (name) => {
      const guest = guestOf("--allow-all", { pathOf: new TextEncoder().encode("/a"), fstat: { ...FAKE_STATUS } });
      const fd = guest.udp();
      const args = {
        getsockopt: [fd, SOL_SOCKET, SO_TYPE, guest.allocate(4), guest.put32(4)],
        setsockopt: [fd, SOL_SOCKET, SO_TYPE, guest.put32(4), 4],
        getsockname: [fd, guest.allocate(16), guest.put32(16)],
        bind: [fd, guest.put(sockaddrOf("127.0.0.1:0")), 16],
        poll: [guest.put32(-1, 0), 1, 0],
        stat: [guest.put("/a\0"), guest.allocate(144)],
        recvfrom: [fd, guest.allocate(4), 4, 0, guest.allocate(16), guest.put32(16)],
      }[name] as number[];
      expect(guest.call(name, ...args)).toBe(0);
      guest.memory.grow(1);
      expect(guest.call(name, ...args)).toBe(0);
      guest.memory.grow(0); // detaches the buffer without a new page
      expect(guest.call(name, ...args)).toBe(0);
    },
  );

  it("is written beyond its old end", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.1");
    const fd = guest.tcp();
    guest.bind(fd, "127.0.0.1:0");
    expect(guest.call("getsockname", fd, PAGE + 8, guest.put32(16))).toBe(-EFAULT);
    guest.memory.grow(1);
    expect(guest.call("getsockname", fd, PAGE + 8, guest.put32(16))).toBe(0);
    expect(guest.get(PAGE + 8, 16)).toEqual(guest.nameOf(fd));
  });

  it("is where data goes in both directions", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.connect(fd, `127.0.0.1:${guest.portOf(fd)}`);
    guest.memory.grow(1);
    new Uint8Array(guest.memory.buffer).set([1, 2, 3], 2 * PAGE - 3);
    expect(guest.call("write", fd, 2 * PAGE - 3, 3)).toBe(3);
    guest.memory.grow(1);
    expect(guest.call("read", fd, 3 * PAGE - 3, 3)).toBe(3);
    expect([...guest.get(3 * PAGE - 3, 3)]).toEqual([1, 2, 3]);
  });
});
