import { describe, expect, it } from "vitest";
import {
  EBADF,
  ECONNREFUSED,
  EINPROGRESS,
  EINVAL,
  EISCONN,
  ENETUNREACH,
  ENOTSOCK,
  ETIMEDOUT,
} from "../../../host/core/linux.generated.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, sockaddrOf } from "../../fakes/guest.js";

describe("connect(2)", () => {
  it("answers EBADF and ENOTSOCK before it reads the address", () => {
    const guest = guestOf();
    expect(guest.call("connect", NO_SUCH_FD, BAD_POINTER, 16)).toBe(-EBADF);
    expect(guest.call("connect", guest.file(), BAD_POINTER, 16)).toBe(-ENOTSOCK);
  });

  it.each([-1, 129])("answers EINVAL for an address of %i bytes", (addrlen) => {
    const guest = guestOf("--allow-all");
    expect(guest.call("connect", guest.tcp(), BAD_POINTER, addrlen)).toBe(-EINVAL);
  });

  it.each([ECONNREFUSED, EINPROGRESS, ENETUNREACH, ETIMEDOUT, EISCONN])(
    "passes the kernel's errno %i through",
    (errno) => {
      const guest = guestOf("--allow-net-connect", { connect: -errno });
      expect(guest.connect(guest.tcp(), "127.0.0.1:1")).toBe(-errno);
    },
  );

  it("gives the kernel the bytes that were judged", () => {
    const guest = guestOf("--allow-net-connect");
    guest.connect(guest.tcp6(), "[2001:db8::1]:443");
    expect(guest.kernel.recorded.at(-1)).toMatchObject({ name: "connect", address: sockaddrOf("[2001:db8::1]:443") });
  });

  it("reaches the very file that was judged, not its path once more", () => {
    const guest = guestOf("--allow-net-connect=unix:/run/a.sock", { pathOf: new TextEncoder().encode("/run/a.sock") });
    expect(guest.connect(guest.unix(), "unix:/tmp/link")).toBe(0);
    expect(guest.kernel.calls("connectFile")).toEqual([[FIRST_HOST_FD, FIRST_HOST_FD + 1]]);
    expect(guest.kernel.calls("connect")).toEqual([]);
    expect(guest.kernel.calls("close")).toEqual([[FIRST_HOST_FD + 1]]);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-all --deny-net-connect=10.0.0.0/8", { connect: -EINPROGRESS });
    const line = (address: string, fd: number) => {
      const bytes = sockaddrOf(address);
      return guest.trace("connect", fd, guest.put(bytes), bytes.length);
    };
    expect(line("[::1]:80", guest.tcp6())).toBe(
      'connect(3<TCPv6>, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28) = -1 EINPROGRESS (Operation now in progress)',
    );
    expect(line("10.1.2.3:80", guest.udp())).toBe(
      'connect(4<UDP>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.1.2.3")}, 16) = -1 EACCES (denied: --deny-net-connect=10.0.0.0/8)',
    );
    expect(line("unspec", guest.udp())).toBe(
      "connect(5<UDP>, {sa_family=AF_UNSPEC}, 2) = -1 EINPROGRESS (Operation now in progress)",
    );
  });
});
