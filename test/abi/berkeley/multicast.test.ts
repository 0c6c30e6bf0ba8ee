import { describe, expect, it } from "vitest";
import {
  EACCES,
  EADDRNOTAVAIL,
  EINVAL,
  ENOPROTOOPT,
  EPERM,
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IP_RECVERR,
  IP_RECVTOS,
  IP_RECVTTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_JOIN_GROUP,
  IPV6_LEAVE_GROUP,
  IPV6_MULTICAST_HOPS,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  IPV6_RECVERR,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVTCLASS,
  IPV6_TCLASS,
  MCAST_JOIN_GROUP,
  MSG_FASTOPEN,
  TCP_CONGESTION,
  TCP_FASTOPEN,
  TCP_INFO,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { type Guest, guestOf, realGuest, sockaddrOf } from "../../fakes/guest.js";

watchDescriptors();

const GROUP = [239, 255, 0, 1];
const GROUP_6 = [0xff, 0x12, ...new Array<number>(13).fill(0), 7];
const LOOPBACK = [127, 0, 0, 1];

function set(guest: Guest, fd: number, level: number, name: number, value: readonly number[]): number {
  return guest.call("setsockopt", fd, level, name, guest.put(Uint8Array.from(value)), value.length);
}

/** `struct group_req` for wasm32. */
function groupRequest(address: string): number[] {
  const bytes = new Uint8Array(132);
  bytes.set(sockaddrOf(address), 4);
  return [...bytes];
}

describe("joining a group", () => {
  it.each([
    ["--allow-net", EACCES],
    ["--allow-net-listen=0.0.0.0,loopback,private", EACCES],
    ["--allow-net-connect=multicast", EACCES],
    ["--allow-net-listen=239.255.0.2", EACCES],
    ["--allow-net --allow-net-listen=multicast --deny-net=239.0.0.0/8:9", EACCES],
    ["--allow-net-listen=multicast", 0],
    ["--allow-net-listen=239.255.0.0/16:5353", 0],
    ["--allow-all", 0],
  ])("with %s answers %i", (flags, errno) => {
    for (const [level, name, value] of [
      [IPPROTO_IP, IP_ADD_MEMBERSHIP, [...GROUP, ...LOOPBACK]],
      [IPPROTO_IP, MCAST_JOIN_GROUP, groupRequest("239.255.0.1:0")],
    ] as const) {
      const guest = guestOf(flags);
      expect(set(guest, guest.udp(), level, name, value)).toBe(errno === 0 ? 0 : -errno);
      expect(guest.kernel.calls("setsockopt")).toHaveLength(errno === 0 ? 1 : 0);
    }
  });

  it("is judged for IPv6 alike", () => {
    for (const [flags, result] of [
      ["--allow-net", -EACCES],
      ["--allow-net-listen=[ff12::7]", 0],
    ] as const) {
      const guest = guestOf(flags);
      expect(set(guest, guest.udp6(), IPPROTO_IPV6, IPV6_JOIN_GROUP, [...GROUP_6, 1, 0, 0, 0])).toBe(result);
      expect(set(guest, guest.udp6(), IPPROTO_IPV6, MCAST_JOIN_GROUP, groupRequest("[ff12::7]:0"))).toBe(result);
    }
  });

  it("gives the kernel its own layout of struct group_req", () => {
    const guest = guestOf("--allow-all");
    const request = groupRequest("239.255.0.1:9");
    request[0] = 3;
    set(guest, guest.udp(), IPPROTO_IP, MCAST_JOIN_GROUP, request);
    const value = guest.kernel.calls("setsockopt")[0]?.[3] as Uint8Array;
    expect([value.length, [...value.slice(0, 16)]]).toEqual([136, [3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 9, ...GROUP]]);
  });

  it("works through the kernel, and what a member hears arrives", () => {
    const guest = realGuest("--allow-net=127.0.0.1 --allow-net=239.255.0.0/16");
    const [member, sender] = [guest.udp(), guest.udp()];
    expect(guest.bind(member, "239.255.0.1:0")).toBe(0);
    expect(set(guest, member, IPPROTO_IP, IP_ADD_MEMBERSHIP, [...GROUP, ...LOOPBACK])).toBe(0);
    expect(set(guest, sender, IPPROTO_IP, IP_MULTICAST_IF, LOOPBACK)).toBe(0);
    expect(guest.sendTo(sender, `239.255.0.1:${guest.portOf(member)}`, "hello")).toBe(5);
    const buffer = guest.allocate(16);
    expect(guest.text(buffer, guest.call("recv", member, buffer, 16, 0))).toBe("hello");
    expect(set(guest, member, IPPROTO_IP, IP_DROP_MEMBERSHIP, [...GROUP, ...LOOPBACK])).toBe(0);
    expect(guest.sendTo(sender, "239.254.0.1:9", "x")).toBe(-EACCES);
  });

  it("leaves what is no group to the kernel", () => {
    const guest = realGuest();
    const fd = guest.udp();
    expect(set(guest, fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, [...LOOPBACK, ...LOOPBACK])).toBe(-EINVAL);
    expect(set(guest, fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, GROUP)).toBe(-EACCES);
    expect(set(guest, fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, [239])).toBe(-EINVAL);
    expect(set(guest, fd, IPPROTO_IP, MCAST_JOIN_GROUP, groupRequest("239.255.0.1:0").slice(0, 131))).toBe(-EINVAL);
    expect(set(guest, guest.udp6(), IPPROTO_IPV6, IPV6_LEAVE_GROUP, [...GROUP_6, 99, 0, 0, 0])).toBe(-EADDRNOTAVAIL);
  });
});

describe("options of IP, IPv6 and TCP", () => {
  it.each([
    [IPPROTO_IP, IP_MULTICAST_TTL],
    [IPPROTO_IP, IP_MULTICAST_LOOP],
    [IPPROTO_IP, IP_RECVERR],
    [IPPROTO_IP, IP_RECVTTL],
    [IPPROTO_IP, IP_RECVTOS],
    [IPPROTO_IPV6, IPV6_MULTICAST_HOPS],
    [IPPROTO_IPV6, IPV6_MULTICAST_LOOP],
    [IPPROTO_IPV6, IPV6_MULTICAST_IF],
    [IPPROTO_IPV6, IPV6_RECVERR],
    [IPPROTO_IPV6, IPV6_RECVHOPLIMIT],
    [IPPROTO_IPV6, IPV6_RECVTCLASS],
    [IPPROTO_IPV6, IPV6_TCLASS],
  ])("%i/%i is honored, and getsockopt tells so", (level, name) => {
    const guest = realGuest();
    const fd = level === IPPROTO_IP ? guest.udp() : guest.udp6();
    expect(set(guest, fd, level, name, [1, 0, 0, 0])).toBe(0);
    const value = guest.put32(0);
    expect(guest.call("getsockopt", fd, level, name, value, guest.put32(4))).toBe(0);
    expect(guest.view.getInt32(value, true)).toBe(1);
  });

  it("TCP_INFO tells the state first, and is cut to its room", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.1");
    const fd = guest.tcp();
    guest.bind(fd, "127.0.0.1:0");
    guest.call("listen", fd, 1);
    const [value, length] = [guest.allocate(512), guest.put32(512)];
    expect(guest.call("getsockopt", fd, IPPROTO_TCP, TCP_INFO, value, length)).toBe(0);
    expect(guest.get(value, 1)[0]).toBe(10);
    expect(guest.view.getUint32(length, true)).toBeGreaterThanOrEqual(104);
    expect(guest.view.getUint32(length, true)).toBeLessThanOrEqual(256);
    expect(guest.call("getsockopt", fd, IPPROTO_TCP, TCP_INFO, value, guest.put32(1))).toBe(0);
    expect(set(guest, fd, IPPROTO_TCP, TCP_INFO, [1, 0, 0, 0])).toBe(-ENOPROTOOPT);
  });

  it("TCP_CONGESTION can be what every program may choose", () => {
    const guest = realGuest();
    const fd = guest.tcp();
    const named = (name: string): number => set(guest, fd, IPPROTO_TCP, TCP_CONGESTION, [...Buffer.from(name)]);
    expect(named("reno")).toBe(0);
    const [value, length] = [guest.allocate(32), guest.put32(32)];
    expect(guest.call("getsockopt", fd, IPPROTO_TCP, TCP_CONGESTION, value, length)).toBe(0);
    expect(guest.text(value, guest.view.getUint32(length, true))).toBe(`reno${"\0".repeat(12)}`);
    expect(named("bbr")).toBe(-EPERM);
    expect(named("reno\0x")).toBe(0);
    expect(named("")).toBe(-EPERM);
  });

  it("TCP_FASTOPEN lets no data reach what connect could not", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.1 --allow-net-connect=127.0.0.1:1");
    const listener = guest.tcp();
    guest.bind(listener, "127.0.0.1:0");
    expect(set(guest, listener, IPPROTO_TCP, TCP_FASTOPEN, [5, 0, 0, 0])).toBe(0);
    guest.call("listen", listener, 1);
    const address = `127.0.0.1:${guest.portOf(listener)}`;
    expect(guest.sendTo(guest.tcp(), address, "x", MSG_FASTOPEN)).toBe(-EACCES);
    expect(guest.denials.map(({ question }) => question.verb)).toEqual(["send"]);
  });
});
