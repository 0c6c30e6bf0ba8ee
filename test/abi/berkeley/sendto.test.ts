import { describe, expect, it } from "vitest";
import {
  EACCES,
  EAGAIN,
  EBADF,
  ECONNREFUSED,
  EINVAL,
  EMSGSIZE,
  ENOTSOCK,
  EPIPE,
  MSG_DONTWAIT,
  MSG_FASTOPEN,
  MSG_NOSIGNAL,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, realGuest, sockaddrOf } from "../../fakes/guest.js";

watchDescriptors();

describe("sendto(2)", () => {
  it("answers EBADF and ENOTSOCK before it reads the address", () => {
    const guest = guestOf();
    expect(guest.call("sendto", NO_SUCH_FD, BAD_POINTER, 1, 0, BAD_POINTER, 16)).toBe(-EBADF);
    expect(guest.call("sendto", guest.file(), BAD_POINTER, 1, 0, BAD_POINTER, 16)).toBe(-ENOTSOCK);
  });

  it("is send when it has no address, and not judged: whoever is connected was", () => {
    const guest = guestOf("", { send: 5 });
    expect(guest.call("sendto", guest.udp(), 64, 5, MSG_DONTWAIT, 0, 16)).toBe(5);
    expect(guest.kernel.calls("send")).toEqual([[FIRST_HOST_FD, 64, 5, MSG_DONTWAIT]]);
    expect(guest.kernel.calls("sendto")).toEqual([]);
  });

  it("hands data, flags and the judged address to the kernel", () => {
    const guest = guestOf("--allow-net-connect=127.0.0.1:53");
    const data = guest.put("hello");
    const bytes = sockaddrOf("127.0.0.1:53");
    expect(guest.call("sendto", guest.udp(), data, 5, MSG_DONTWAIT, guest.put(bytes), 16)).toBe(5);
    expect(guest.kernel.recorded.at(-1)).toEqual({
      name: "sendto",
      args: [FIRST_HOST_FD, data, 5, MSG_DONTWAIT],
      address: bytes,
    });
  });

  it.each([-1, 129])("answers EINVAL for an address of %i bytes", (addrlen) => {
    const guest = guestOf("--allow-all");
    expect(guest.call("sendto", guest.udp(), 0, 1, 0, BAD_POINTER, addrlen)).toBe(-EINVAL);
    expect(guest.kernel.calls("sendto")).toEqual([]);
  });

  it("answers EINVAL for an address of no bytes on UDP, as Linux does", () => {
    const guest = realGuest();
    expect(guest.call("sendto", guest.udp(), guest.put("x"), 1, 0, guest.allocate(16), 0)).toBe(-EINVAL);
  });

  it("is judged with the flags that connect and send at once, too", () => {
    const guest = guestOf();
    expect(guest.sendTo(guest.tcp(), "127.0.0.1:80", "x", MSG_FASTOPEN)).toBe(-EACCES);
    expect(guest.kernel.calls("sendto")).toEqual([]);
  });

  it.each([EAGAIN, EMSGSIZE, EPIPE, ECONNREFUSED])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("--allow-net-connect", { sendto: -errno });
    expect(guest.sendTo(guest.udp(), "127.0.0.1:53")).toBe(-errno);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-net-connect=127.0.0.1:53");
    const bytes = guest.put(sockaddrOf("127.0.0.1:54"));
    expect(guest.trace("sendto", guest.udp(), guest.put("hi\n\u0000"), 4, MSG_NOSIGNAL, bytes, 16)).toBe(
      'sendto(3<UDP>, "hi\\n\\0", 4, MSG_NOSIGNAL, {sa_family=AF_INET, sin_port=htons(54), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EACCES (denied: no rule)',
    );
  });
});
