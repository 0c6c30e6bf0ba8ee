import { describe, expect, it } from "vitest";
import { EACCES, EADDRINUSE, EADDRNOTAVAIL, EBADF, EINVAL, ENOTSOCK } from "../../../host/core/linux.generated.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, sockaddrOf } from "../../fakes/guest.js";

describe("bind(2)", () => {
  it("answers EBADF and ENOTSOCK before it reads the address", () => {
    const guest = guestOf();
    expect(guest.call("bind", NO_SUCH_FD, BAD_POINTER, 16)).toBe(-EBADF);
    expect(guest.call("bind", guest.file(), BAD_POINTER, 16)).toBe(-ENOTSOCK);
  });

  it.each([-1, 129, 2 ** 31 - 1, -(2 ** 31)])("answers EINVAL for an address of %i bytes", (addrlen) => {
    const guest = guestOf("--allow-all");
    expect(guest.call("bind", guest.tcp(), BAD_POINTER, addrlen)).toBe(-EINVAL);
    expect(guest.kernel.calls("bind")).toEqual([]);
  });

  it("asks policy with the decoded address and stops at a refusal", () => {
    const guest = guestOf("--allow-net-listen=127.0.0.1:8080");
    expect(guest.bind(guest.tcp(), "0.0.0.0:8080")).toBe(-EACCES);
    expect(guest.kernel.calls("bind")).toEqual([]);
    expect(guest.denials).toMatchObject([
      { question: { verb: "bind", endpoint: { transport: "tcp", address: Uint8Array.of(0, 0, 0, 0), port: 8080 } } },
    ]);
  });

  it("gives the kernel the bytes that were judged", () => {
    const guest = guestOf("--allow-net-listen");
    guest.bind(guest.tcp(), "127.0.0.1:8080");
    expect(guest.kernel.recorded.at(-1)).toMatchObject({ name: "bind", address: sockaddrOf("127.0.0.1:8080") });
  });

  it.each([EADDRINUSE, EADDRNOTAVAIL, EINVAL])("passes the kernel's errno %i through", (errno) => {
    const guest = guestOf("--allow-net-listen", { bind: -errno });
    expect(guest.bind(guest.tcp(), "127.0.0.1:0")).toBe(-errno);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-net-listen=127.0.0.1:8080");
    const line = (address: string, fd = guest.tcp()) => {
      const bytes = sockaddrOf(address);
      return guest.trace("bind", fd, guest.put(bytes), bytes.length);
    };
    expect(line("127.0.0.1:8080")).toBe(
      'bind(3<TCP>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
    );
    expect(line("0.0.0.0:8080")).toBe(
      'bind(4<TCP>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("0.0.0.0")}, 16) = -1 EACCES (denied: no rule)',
    );
    expect(line("unix:@a", guest.unix())).toBe(
      'bind(5<UNIX-STREAM>, {sa_family=AF_UNIX, sun_path=@"a"}, 4) = -1 EACCES (denied: no rule)',
    );
    expect(guest.trace("bind", 77, BAD_POINTER, 16)).toBe("bind(77, 0xffffffff, 16) = -1 EBADF (Bad file descriptor)");
  });
});
