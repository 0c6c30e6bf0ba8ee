import { describe, expect, it } from "vitest";
import {
  AF_UNIX,
  EAGAIN,
  EBADF,
  EFAULT,
  EINVAL,
  ENOTSOCK,
  MSG_PEEK,
  MSG_TRUNC,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, PAGE, realGuest, sockaddrOf } from "../../fakes/guest.js";

watchDescriptors();

describe("recvfrom(2)", () => {
  it("answers EBADF and ENOTSOCK before it looks at its pointers", () => {
    const guest = realGuest();
    expect(guest.call("recvfrom", NO_SUCH_FD, BAD_POINTER, 1, 0, BAD_POINTER, BAD_POINTER)).toBe(-EBADF);
    const pipe = guest.allocate(8);
    expect(guest.call("pipe", pipe)).toBe(0);
    const file = guest.view.getInt32(pipe, true);
    expect(guest.call("recvfrom", file, BAD_POINTER, 1, 0, BAD_POINTER, BAD_POINTER)).toBe(-ENOTSOCK);
  });

  it("is recv when it wants no address", () => {
    const guest = guestOf("", { recv: 5 });
    expect(guest.call("recvfrom", guest.udp(), 64, 8, MSG_PEEK, 0, BAD_POINTER)).toBe(5);
    expect(guest.kernel.calls("recv")).toEqual([[FIRST_HOST_FD, 64, 8, MSG_PEEK]]);
  });

  it("claims its out-pointers before a datagram is taken", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    expect(guest.sendTo(fd, `127.0.0.1:${guest.portOf(fd)}`, "hello")).toBe(5);
    const buf = guest.allocate(8);
    expect(guest.call("recvfrom", fd, buf, 8, 0, BAD_POINTER, guest.put32(16))).toBe(-EFAULT);
    expect(guest.call("recvfrom", fd, buf, 8, 0, PAGE - 15, guest.put32(16))).toBe(-EFAULT);
    expect(guest.call("recvfrom", fd, buf, 8, 0, guest.allocate(16), BAD_POINTER)).toBe(-EFAULT);
    expect(guest.call("recvfrom", fd, buf, 8, 0, guest.allocate(16), PAGE - 3)).toBe(-EFAULT);
    expect(guest.call("recvfrom", fd, buf, 8, 0, guest.allocate(16), 0)).toBe(-EFAULT);
    expect(guest.call("recvfrom", fd, buf, 8, 0, guest.allocate(16), guest.put32(-1))).toBe(-EINVAL);
    const addrlen = guest.put32(0x7fffffff);
    expect(guest.call("recvfrom", fd, buf, 8, 0, PAGE - 128, addrlen)).toBe(5);
    expect(guest.get(PAGE - 128, 16)).toEqual(guest.nameOf(fd));
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it("writes the sender's address, cut to the guest's room, and its full length", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [receiver, sender] = [guest.udp(), guest.udp()];
    guest.bind(receiver, "127.0.0.1:0");
    guest.bind(sender, "127.0.0.1:0");
    expect(guest.sendTo(sender, `127.0.0.1:${guest.portOf(receiver)}`, "hello")).toBe(5);
    const buf = guest.allocate(8);
    const addr = guest.put(new Uint8Array(16).fill(0xaa));
    const addrlen = guest.put32(6);
    expect(guest.call("recvfrom", receiver, buf, 8, 0, addr, addrlen)).toBe(5);
    expect(guest.text(buf, 5)).toBe("hello");
    expect(guest.get(addr, 8)).toEqual(Uint8Array.of(...guest.nameOf(sender).slice(0, 6), 0xaa, 0xaa));
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it("tells a length of 0 where the sender has no name", () => {
    const guest = realGuest();
    const pair = guest.allocate(8);
    expect(guest.call("socketpair", AF_UNIX, SOCK_STREAM, 0, pair)).toBe(0);
    const [one, other] = [guest.view.getInt32(pair, true), guest.view.getInt32(pair + 4, true)];
    expect(guest.call("send", one, guest.put("x"), 1, 0)).toBe(1);
    const addr = guest.put(new Uint8Array(16).fill(0xaa));
    const addrlen = guest.put32(16);
    expect(guest.call("recvfrom", other, guest.allocate(8), 8, 0, addr, addrlen)).toBe(1);
    expect(guest.view.getUint32(addrlen, true)).toBe(0);
    expect(guest.get(addr, 16)).toEqual(new Uint8Array(16).fill(0xaa));
  });

  it("passes the kernel's errno through and writes nothing", () => {
    const guest = guestOf("", { recvfrom: -EAGAIN });
    const addrlen = guest.put32(16);
    expect(guest.call("recvfrom", guest.udp(), 0, 8, 0, guest.allocate(16), addrlen)).toBe(-EAGAIN);
    expect(guest.view.getUint32(addrlen, true)).toBe(16);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", {
      recvfrom: (_, __, ___, ____, address) => {
        new Uint8Array(guest.memory.buffer).set(sockaddrOf("127.0.0.1:53"), address);
        return 5;
      },
    });
    guest.kernel.getsockname = () => -EBADF;
    expect(
      guest.trace("recvfrom", guest.udp(), guest.put("hello"), 8, MSG_TRUNC, guest.allocate(16), guest.put32(16)),
    ).toBe(
      'recvfrom(3<UDP>, "hello", 8, MSG_TRUNC, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, [16]) = 5',
    );
    expect(guest.trace("recvfrom", 77, 0, 8, 0, 0, 0)).toBe(
      "recvfrom(77, NULL, 8, 0, NULL, NULL) = -1 EBADF (Bad file descriptor)",
    );
  });
});
