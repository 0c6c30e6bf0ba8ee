import { describe, expect, it } from "vitest";
import {
  AF_INET,
  AF_INET6,
  EACCES,
  EAFNOSUPPORT,
  ECONNREFUSED,
  EINVAL,
  SOCK_DGRAM,
} from "../../host/core/linux.generated.js";
import { watchDescriptors } from "../fakes/descriptors.js";
import { guestOf, realGuest, sockaddrOf } from "../fakes/guest.js";
import { putMessage } from "../fakes/message.js";

watchDescriptors();

describe("a datagram's destination", () => {
  it("is judged each time it changes", () => {
    const guest = guestOf("--allow-net-connect=udp:127.0.0.1:53");
    const fd = guest.udp();
    expect(guest.sendTo(fd, "127.0.0.1:53")).toBe(1);
    expect(guest.sendTo(fd, "127.0.0.1:54")).toBe(-EACCES);
    expect(guest.sendTo(fd, "127.0.0.1:53")).toBe(1);
    expect(guest.sendTo(fd, "127.0.0.2:53")).toBe(-EACCES);
    expect(guest.kernel.calls("sendto")).toHaveLength(1);
  });

  it("is judged once while it stays the same", () => {
    const guest = guestOf("--allow-net-connect=udp:127.0.0.1:53");
    const fd = guest.udp();
    guest.sendTo(fd, "127.0.0.1:53");
    guest.core.permissions.lastVerdict = null;
    expect(guest.sendTo(fd, "127.0.0.1:53")).toBe(1);
    expect(guest.core.permissions.lastVerdict).toBeNull();
  });

  it("is not known to be allowed after it was denied", () => {
    const guest = guestOf();
    const fd = guest.udp();
    for (let i = 0; i < 3; i++) expect(guest.sendTo(fd, "127.0.0.1:53")).toBe(-EACCES);
    expect(guest.kernel.calls("sendto")).toEqual([]);
  });

  it("is judged once for all sockets that send datagrams, and for no stream", () => {
    const guest = guestOf("--allow-net-connect=udp:127.0.0.1:53");
    guest.sendTo(guest.udp(), "127.0.0.1:53");
    guest.core.permissions.lastVerdict = null;
    expect(guest.sendTo(guest.udp(), "127.0.0.1:53")).toBe(1);
    expect(guest.core.permissions.lastVerdict).toBeNull();
    expect(guest.sendTo(guest.tcp(), "127.0.0.1:53")).toBe(-EACCES);
    const message = putMessage(guest, { name: sockaddrOf("127.0.0.1:53"), data: ["x"] });
    expect(guest.call("sendmsg", guest.tcp(), message, 0)).toBe(-EACCES);
  });

  it("is one of many that stay allowed, and those that are not stay denied", () => {
    const guest = realGuest("--allow-net=udp:127.0.0.1:1-2000");
    const fd = guest.udp();
    for (let round = 0; round < 3; round++) {
      for (let port = 1900; port < 2100; port++) {
        const sent = guest.sendTo(fd, `127.0.0.1:${port}`);
        expect([port, sent === -EACCES]).toEqual([port, port > 2000]);
      }
    }
  });

  it("is another when it is a prefix of one that was allowed", () => {
    const guest = guestOf("--allow-net-connect=unix:@name");
    const fd = guest.unix(SOCK_DGRAM);
    expect(guest.sendTo(fd, "unix:@name")).toBe(1);
    expect(guest.sendTo(fd, "unix:@nam")).toBe(-EACCES);
    expect(guest.sendTo(fd, "unix:@name\0")).toBe(-EACCES);
  });

  it("is judged on a connected socket, too", () => {
    const guest = guestOf("--allow-net-connect=127.0.0.1:53");
    const fd = guest.udp();
    expect(guest.connect(fd, "127.0.0.1:53")).toBe(0);
    expect(guest.sendTo(fd, "8.8.8.8:53")).toBe(-EACCES);
    expect(guest.connect(fd, "unspec")).toBe(0);
    expect(guest.sendTo(fd, "8.8.8.8:53")).toBe(-EACCES);
  });

  it("of family AF_UNSPEC is judged as the IPv4 address that UDP takes it for", () => {
    const guest = guestOf("--allow-net-connect=127.0.0.1:53");
    const fd = guest.udp();
    const send = (address: string) => {
      const bytes = sockaddrOf(address).fill(0, 0, 2);
      return guest.call("sendto", fd, guest.put("x"), 1, 0, guest.put(bytes), 16);
    };
    expect(send("127.0.0.1:53")).toBe(1);
    expect(send("127.0.0.1:54")).toBe(-EACCES);
    expect(send("8.8.8.8:53")).toBe(-EACCES);
  });

  it("of family AF_UNSPEC on an IPv6 socket is the kernel's to answer: it is no address", () => {
    const guest = guestOf("", { sendto: -EINVAL });
    expect(guest.sendTo(guest.udp6(), "unspec")).toBe(-EINVAL);
    expect(guest.denials).toEqual([]);
  });
});

describe("connect to AF_UNSPEC", () => {
  it("needs no right: nothing is reached", () => {
    const guest = guestOf();
    expect(guest.connect(guest.udp(), "unspec")).toBe(0);
    expect(guest.kernel.calls("connect")).toHaveLength(1);
  });
});

describe("the unspecified address as a destination", () => {
  it.each([
    ["0.0.0.0:80", "127.0.0.1:80"],
    ["[::]:80", "[::1]:80"],
    ["[::ffff:0.0.0.0]:80", "[::ffff:127.0.0.1]:80"],
    ["[::ffff:10.0.0.1]:80", "[::ffff:10.0.0.1]:80"],
  ])("%s reaches the kernel as what was judged, %s", (written, judged) => {
    const guest = guestOf("--allow-net");
    guest.connect(written.startsWith("[") ? guest.tcp6() : guest.tcp(), written);
    guest.sendTo(written.startsWith("[") ? guest.udp6() : guest.udp(), written);
    const effects = guest.kernel.recorded.filter(({ name }) => name === "connect" || name === "sendto");
    expect(effects.map(({ address }) => address)).toEqual([sockaddrOf(judged), sockaddrOf(judged)]);
  });

  it("does not reach the address that the socket is bound to", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.2 --allow-net-connect=127.0.0.1");
    const server = guest.tcp();
    expect(guest.bind(server, "127.0.0.2:0")).toBe(0);
    expect(guest.call("listen", server, 1)).toBe(0);
    const client = guest.tcp();
    expect(guest.bind(client, "127.0.0.2:0")).toBe(0);
    expect(guest.connect(client, `0.0.0.0:${guest.portOf(server)}`)).toBe(-ECONNREFUSED);
  });

  it("does not reach IPv4 from an IPv6 socket that is bound to an IPv4-mapped address", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.1 --allow-net-connect=[::1]");
    const server = guest.udp();
    expect(guest.bind(server, "127.0.0.1:0")).toBe(0);
    const client = guest.udp6();
    expect(guest.bind(client, "[::ffff:127.0.0.1]:0")).toBe(0);
    expect(guest.connect(client, `[::]:${guest.portOf(server)}`)).toBe(-EACCES);
    expect(guest.sendTo(client, `[::]:${guest.portOf(server)}`)).toBe(-EACCES);
  });

  it("is loopback of IPv4 to an IPv6 socket that is bound to an IPv4-mapped address", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.1 --allow-net-connect=127.0.0.1");
    const server = guest.udp();
    expect(guest.bind(server, "127.0.0.1:0")).toBe(0);
    const client = guest.udp6();
    expect(guest.bind(client, "[::ffff:127.0.0.1]:0")).toBe(0);
    expect(guest.sendTo(client, `[::]:${guest.portOf(server)}`)).toBe(1);
    expect(guest.connect(client, `[::]:${guest.portOf(server)}`)).toBe(0);
    const stranger = guest.udp6();
    expect(guest.sendTo(stranger, `[::]:${guest.portOf(server)}`)).toBe(-EACCES);
  });
});

describe("an address of another family than the socket's", () => {
  it.each([AF_INET, AF_INET6])("is the kernel's to refuse when it is a path (domain %i)", (domain) => {
    const guest = guestOf("", { connect: -EAFNOSUPPORT, sendto: -EAFNOSUPPORT, bind: -EAFNOSUPPORT });
    const fd = guest.call("socket", domain, SOCK_DGRAM, 0);
    expect(guest.connect(fd, "unix:/run/a.sock")).toBe(-EAFNOSUPPORT);
    expect(guest.bind(fd, "unix:/run/a.sock")).toBe(-EAFNOSUPPORT);
    expect(guest.sendTo(fd, "unix:/run/a.sock")).toBe(-EAFNOSUPPORT);
    expect(guest.denials).toEqual([]);
  });

  it("is judged as what it is when IPv6 sockets take it: IPv4", () => {
    const guest = guestOf("--allow-net-connect=[::1]");
    expect(guest.sendTo(guest.udp6(), "127.0.0.1:53")).toBe(-EACCES);
    expect(guest.connect(guest.udp6(), "127.0.0.1:53")).toBe(-EACCES);
  });
});
