import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_VSOCK,
  EACCES,
  EAFNOSUPPORT,
  EPERM,
  EPROTONOSUPPORT,
  IPPROTO_ICMP,
  IPPROTO_RAW,
  NETLINK_ROUTE,
  SOCK_DGRAM,
  SOCK_RAW,
} from "../../../host/core/linux.generated.js";
import { rawAddress } from "../../../host/core/trace/raw-address.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { type Guest, guestOf, realGuest } from "../../fakes/guest.js";

watchDescriptors();

const KINDS = [
  ["netlink", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE],
  ["packet", AF_PACKET, SOCK_DGRAM, 8],
  ["icmp", AF_INET, SOCK_DGRAM, IPPROTO_ICMP],
  ["raw", AF_INET, SOCK_RAW, IPPROTO_ICMP],
] as const;

const NETLINK_ADDRESS = [AF_NETLINK, 0, 0, 0, 0x39, 5, 0, 0, 1, 0, 0, 0];
const LINK_ADDRESS = [AF_PACKET, 0, 8, 0, 2, 0, 0, 0, 1, 0, 4, 6, 2, 0x42, 0xac, 0x11, 0, 2, 0, 0];

function put(guest: Guest, bytes: readonly number[]): number {
  return guest.put(Uint8Array.from(bytes));
}

describe("a socket that sees more than its own traffic", () => {
  it.each(KINDS)("of kind %s needs --allow-raw with that kind", (kind, domain, type, protocol) => {
    expect(guestOf(`--allow-raw=${kind}`).call("socket", domain, type, protocol)).toBe(3);
    expect(guestOf("--allow-raw").call("socket", domain, type, protocol)).toBe(3);
    const others = KINDS.map(([name]) => name).filter((name) => name !== kind);
    const guest = guestOf(`--allow-net --allow-raw=${others.join(",")}`);
    expect(guest.call("socket", domain, type, protocol)).toBe(-EACCES);
    expect(guest.kernel.calls("socket")).toEqual([]);
  });

  it("answers what the kernel answers once the right is there", () => {
    expect(guestOf("--allow-raw", { socket: -EPERM }).call("socket", AF_PACKET, SOCK_RAW, 0)).toBe(-EPERM);
    for (const domain of [3, 4, 5, 99, AF_VSOCK]) {
      expect(guestOf("--allow-all").call("socket", domain, SOCK_DGRAM, 0)).toBe(-EAFNOSUPPORT);
    }
  });

  it("is bound, connected and sent from by its right alone", () => {
    const guest = guestOf("--allow-raw=netlink,packet");
    for (const [domain, address] of [
      [AF_NETLINK, NETLINK_ADDRESS],
      [AF_PACKET, LINK_ADDRESS],
    ] as const) {
      const fd = guest.call("socket", domain, SOCK_RAW, 0);
      const pointer = put(guest, address);
      expect(guest.call("bind", fd, pointer, address.length)).toBe(0);
      expect(guest.call("connect", fd, pointer, address.length)).toBe(0);
      expect(guest.call("sendto", fd, 64, 1, 0, pointer, address.length)).toBe(1);
      expect(guest.kernel.recorded.at(-1)?.address).toEqual(Uint8Array.from(address));
    }
    expect(guest.denials).toEqual([]);
  });

  it("judges the destinations of raw IP sockets as of all others", () => {
    const guest = guestOf("--allow-raw --allow-net-connect=127.0.0.1");
    const fd = guest.call("socket", AF_INET, SOCK_RAW, IPPROTO_ICMP);
    expect(guest.sendTo(fd, "127.0.0.1:0")).toBe(1);
    expect(guest.sendTo(fd, "10.0.0.1:0")).toBe(-EACCES);
  });

  it("does not write the header of IP itself, which says where a packet goes", () => {
    const guest = guestOf("--allow-all");
    for (const domain of [AF_INET, AF_INET6])
      expect(guest.call("socket", domain, SOCK_RAW, IPPROTO_RAW)).toBe(-EPROTONOSUPPORT);
    expect(guest.kernel.calls("close")).toEqual([[100], [101]]);
  });

  it("has its own name from the kernel", () => {
    const guest = realGuest("--allow-raw=netlink");
    const fd = guest.call("socket", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    expect(guest.call("bind", fd, put(guest, [AF_NETLINK, ...new Array<number>(11).fill(0)]), 12)).toBe(0);
    const name = new DataView(guest.nameOf(fd).buffer);
    expect([name.byteLength, name.getUint16(0, true)]).toEqual([12, AF_NETLINK]);
    expect(name.getUint32(4, true)).toBeGreaterThan(0);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-raw");
    const fd = guest.call("socket", AF_NETLINK, SOCK_RAW, 0);
    expect(guest.trace("bind", fd, put(guest, NETLINK_ADDRESS), 12)).toBe(
      "bind(3<NETLINK>, {sa_family=AF_NETLINK, nl_pid=1337, nl_groups=00000001}, 12) = 0",
    );
    const packet = guest.call("socket", AF_PACKET, SOCK_RAW, 0);
    expect(guest.trace("bind", packet, put(guest, LINK_ADDRESS), 20)).toBe(
      "bind(4<PACKET>, {sa_family=AF_PACKET, sll_protocol=htons(0x800), sll_ifindex=2, sll_hatype=1, " +
        "sll_pkttype=PACKET_OUTGOING, sll_halen=6, sll_addr=[0x02, 0x42, 0xac, 0x11, 0x00, 0x02]}, 20) = 0",
    );
  });

  it("prints any bytes as an address, or says that it is none", () => {
    const property = fc.property(
      fc.constantFrom(AF_NETLINK, AF_PACKET, AF_INET),
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 0, max: 200 }),
      (family, bytes, length) => {
        const address = Uint8Array.of(family, 0, ...bytes);
        const text = rawAddress(address, length);
        const isComplete = Math.min(length, address.length) >= 12;
        expect(text !== null).toBe(isComplete && family !== AF_INET);
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });
});
