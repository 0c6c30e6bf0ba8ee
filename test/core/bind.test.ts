import { describe, expect, it } from "vitest";
import {
  EACCES,
  EADDRINUSE,
  EBADF,
  EINVAL,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SOCK_STREAM,
} from "../../host/core/linux.generated.js";
import { watchDescriptors } from "../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../fakes/fake-kernel.js";
import { guestOf, realGuest, sockaddrOf } from "../fakes/guest.js";

watchDescriptors();

const V6ONLY = (_: number, __: number, ___: number, value: Uint8Array): number => {
  value[0] = 1;
  return 4;
};

describe("a dual-stack wildcard", () => {
  it("counts as both families: a denial of one refuses it", () => {
    const guest = guestOf("--allow-net-listen --deny-net-listen=127.0.0.1");
    expect(guest.bind(guest.tcp6(), "[::]:80")).toBe(-EACCES);
    expect(guest.kernel.calls("getsockopt")).toEqual([[FIRST_HOST_FD, IPPROTO_IPV6, IPV6_V6ONLY, expect.anything()]]);
  });

  it("is IPv6 alone once IPV6_V6ONLY is set", () => {
    const guest = guestOf("--allow-net-listen --deny-net-listen=127.0.0.1", { getsockopt: V6ONLY });
    expect(guest.bind(guest.tcp6(), "[::]:80")).toBe(0);
  });

  it("is taken for both families when the kernel does not tell", () => {
    const guest = guestOf("--allow-net-listen --deny-net-listen=127.0.0.1", { getsockopt: -EBADF });
    expect(guest.bind(guest.tcp6(), "[::]:80")).toBe(-EACCES);
  });

  it("is not a question for a concrete address", () => {
    const guest = guestOf("--allow-net-listen=[::1] --deny-net-listen=127.0.0.1");
    expect(guest.bind(guest.tcp6(), "[::1]:80")).toBe(0);
  });
});

describe("bind to AF_UNSPEC", () => {
  it("is judged as the IPv4 address that the kernel takes it for", () => {
    const guest = guestOf("--allow-net-listen=127.0.0.1");
    const bytes = sockaddrOf("0.0.0.0:80").fill(0, 0, 2);
    expect(guest.call("bind", guest.tcp(), guest.put(bytes), 16)).toBe(-EACCES);
    expect(guest.kernel.calls("bind")).toEqual([]);
  });

  it("is no address to an IPv6 socket: the kernel answers", () => {
    const guest = guestOf("", { bind: -EINVAL });
    expect(guest.bind(guest.tcp6(), "unspec")).toBe(-EINVAL);
    expect(guest.denials).toEqual([]);
  });
});

describe("listen on a socket that nobody bound", () => {
  it("is judged as a bind of all interfaces to a port of the kernel's choice", () => {
    for (const flags of ["", "--allow-net-listen=127.0.0.1", "--allow-net-listen=0.0.0.0:80", "--allow-net-connect"]) {
      const guest = guestOf(flags);
      expect(guest.call("listen", guest.tcp(), 5)).toBe(-EACCES);
      expect(guest.kernel.calls("listen")).toEqual([]);
      expect(guest.denials).toMatchObject([{ question: { verb: "listen", endpoint: { port: 0 } } }]);
    }
    for (const flags of ["--allow-net-listen", "--allow-net-listen=0.0.0.0:0"]) {
      const guest = guestOf(flags);
      expect(guest.call("listen", guest.tcp(), 5)).toBe(0);
    }
  });

  it("is judged again each time", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    for (let i = 0; i < 2; i++) expect(guest.call("listen", fd, 5)).toBe(-EACCES);
  });

  it("stays the kernel's to answer when it does not know the socket's name", () => {
    const guest = guestOf("", { getsockname: -EBADF });
    expect(guest.call("listen", guest.tcp(), 5)).toBe(-EBADF);
  });

  it("is not judged after a bind that was, nor for Unix sockets", () => {
    const guest = guestOf("--allow-net-listen=127.0.0.1:80");
    const fd = guest.tcp();
    expect(guest.bind(fd, "127.0.0.1:80")).toBe(0);
    expect(guest.call("listen", fd, 5)).toBe(0);
    expect(guest.call("listen", guest.unix(), 5)).toBe(0);
    expect(guest.denials).toEqual([]);
  });

  it("is judged after a bind that failed", () => {
    const guest = guestOf("--allow-net-listen=127.0.0.1:80", { bind: -EADDRINUSE });
    const fd = guest.tcp();
    expect(guest.bind(fd, "127.0.0.1:80")).toBe(-EADDRINUSE);
    expect(guest.call("listen", fd, 5)).toBe(-EACCES);
  });

  it("is judged as what it is bound to after connect gave it an address", () => {
    const bytes = sockaddrOf("127.0.0.1:4000");
    const guest = guestOf("--allow-net-listen=127.0.0.1:0");
    guest.kernel.getsockname = () => {
      guest.kernel.address.bytes.set(bytes);
      guest.kernel.address.length = 16;
      return 0;
    };
    expect(guest.call("listen", guest.tcp(), 5)).toBe(0);
  });
});

describe("a connection that was accepted", () => {
  it("does not become a listener on a port that no rule opens", () => {
    // The real kernel lets a dissolved connection listen, on an ephemeral port.
    const guest = realGuest("--allow-net=127.0.0.1:1024-65535");
    const listener = guest.tcp();
    let port = 1024 + (process.pid % 50_000);
    while (guest.bind(listener, `127.0.0.1:${port}`) === -EADDRINUSE) port++;
    expect(guest.call("listen", listener, 1)).toBe(0);
    expect(guest.connect(guest.tcp(), `127.0.0.1:${port}`)).toBe(0);
    const accepted = guest.call("accept", listener, 0, 0);
    expect(guest.connect(accepted, "unspec")).toBe(0);
    expect(guest.call("listen", accepted, 1)).toBe(-EACCES);
  });

  it("of a Unix listener has its name, and takes no other", () => {
    const guest = guestOf("--allow-net-listen", { accept4: 200, bindAt: -EINVAL });
    const accepted = guest.call("accept", guest.unix(SOCK_STREAM), 0, 0);
    expect(guest.bind(accepted, "unix:/tmp/another.sock")).toBe(-EINVAL);
  });
});
