import { describe, expect, it } from "vitest";
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_VSOCK,
  EACCES,
  EAFNOSUPPORT,
  EINVAL,
  IPPROTO_ICMP,
  MSG_FASTOPEN,
  SOCK_DGRAM,
  SOCK_PACKET,
  SOCK_RAW,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import type { FakeKernel } from "../../fakes/fake-kernel.js";
import { type Guest, guestOf, sockaddrOf } from "../../fakes/guest.js";

type Attempt = readonly [verb: string, address: string];
type Case = readonly [flags: string, ...attempt: Attempt, want: "allowed" | "denied"];

/** The kernel calls by which an attempt takes effect. */
const EFFECT = { connect: "connect", bind: "bind", send: "sendto", fastopen: "sendto" } as const;

function attempt(guest: Guest<FakeKernel>, [verb, address]: Attempt): { result: number; effects: number } {
  const [action = "", transport = "tcp"] = verb.split(" ");
  const isV6 = address.startsWith("[");
  const isUnix = address.startsWith("unix:");
  const open = { tcp: isV6 ? guest.tcp6 : guest.tcp, udp: isV6 ? guest.udp6 : guest.udp }[transport];
  const fd = isUnix ? guest.unix() : (open?.call(guest) ?? -1);
  const act = {
    connect: () => guest.connect(fd, address),
    bind: () => guest.bind(fd, address),
    send: () => guest.sendTo(fd, address),
    fastopen: () => guest.sendTo(fd, address, "x", MSG_FASTOPEN),
  }[action];
  const result = act?.() ?? Number.NaN;
  return { result, effects: guest.kernel.calls(EFFECT[action as keyof typeof EFFECT]).length };
}

const ALL_BUT_LOOPBACK = "--allow-all --deny-net=127.0.0.0/8";

const CASES: readonly Case[] = [
  ["", "connect", "127.0.0.1:80", "denied"],
  ["", "connect udp", "127.0.0.1:80", "denied"],
  ["", "bind", "127.0.0.1:0", "denied"],
  ["", "bind udp", "127.0.0.1:0", "denied"],
  ["", "send udp", "127.0.0.1:80", "denied"],
  ["--allow-net-connect=127.0.0.1:80", "connect", "127.0.0.1:80", "allowed"],
  ["--allow-net-connect=127.0.0.1:80", "connect", "127.0.0.1:81", "denied"],
  ["--allow-net-connect=127.0.0.1:80", "connect", "127.0.0.2:80", "denied"],
  ["--allow-net-connect=127.0.0.1:80", "bind", "127.0.0.1:80", "denied"],
  ["--allow-net-connect=127.0.0.1:80", "connect", "127.0.0.1:20480", "denied"],
  ["--allow-net-connect=127.0.0.1:20480", "connect", "127.0.0.1:20480", "allowed"],
  ["--allow-net-listen=127.0.0.1:80", "connect", "127.0.0.1:80", "denied"],
  ["--allow-net=127.0.0.1:80", "connect", "127.0.0.1:80", "allowed"],
  ["--allow-net=127.0.0.1:80", "bind", "127.0.0.1:80", "allowed"],
  ["--allow-net", "connect", "8.8.8.8:53", "allowed"],
  ["--allow-net-connect=127.0.0.1", "connect", "[::ffff:127.0.0.1]:1", "allowed"],
  ["--allow-net-connect=[::ffff:127.0.0.1]", "connect", "127.0.0.1:1", "allowed"],
  ["--allow-net-connect=127.0.0.1", "connect", "0.0.0.0:1", "allowed"],
  ["--allow-net-connect=[::1]", "connect", "[::]:1", "allowed"],
  ["--allow-net-connect=[::1]", "connect", "[::ffff:0.0.0.0]:1", "denied"],
  ["--allow-net-connect=0.0.0.0", "connect", "127.0.0.1:1", "allowed"],
  ["--allow-net-connect=10.0.0.0/8", "connect", "10.1.2.3:1", "allowed"],
  ["--allow-net-connect=10.0.0.0/8", "connect", "11.0.0.0:1", "denied"],
  ["--allow-net-connect=[fe80::/10]", "connect", "[fe80::1]:1", "allowed"],
  ["--allow-net-connect=localhost", "connect", "127.0.0.1:1", "allowed"],
  ["--allow-net-connect=localhost", "connect", "[::1]:1", "allowed"],
  ["--allow-net-connect=localhost", "connect", "127.0.0.2:1", "denied"],
  ["--allow-net-connect=loopback", "connect", "127.0.0.2:1", "allowed"],
  ["--allow-net-connect=public", "connect", "127.0.0.1:1", "denied"],
  ["--allow-net-connect=public", "connect", "169.254.169.254:80", "denied"],
  ["--allow-net-connect=0.0.0.0/0", "connect", "[64:ff9b::7f00:1]:1", "denied"],
  ["--allow-all --deny-net=127.0.0.1", "connect", "[::ffff:7f00:1]:1", "denied"],
  [ALL_BUT_LOOPBACK, "connect", "0.0.0.0:1", "denied"],
  [ALL_BUT_LOOPBACK, "connect", "[::ffff:0.0.0.0]:1", "denied"],
  [ALL_BUT_LOOPBACK, "connect", "[::127.0.0.1]:1", "denied"],
  [ALL_BUT_LOOPBACK, "connect", "[64:ff9b::7f00:1]:1", "denied"],
  [ALL_BUT_LOOPBACK, "connect", "[2002:7f00:1::]:1", "denied"],
  [ALL_BUT_LOOPBACK, "send udp", "0.0.0.0:1", "denied"],
  [ALL_BUT_LOOPBACK, "connect", "126.255.255.255:1", "allowed"],
  [ALL_BUT_LOOPBACK, "connect", "128.0.0.0:1", "allowed"],
  ["--allow-net-connect=[::1] --deny-net=0.0.0.0/0", "connect", "[::1]:1", "allowed"],
  ["--allow-net=127.0.0.1:80 --deny-net=127.0.0.0/8", "connect", "127.0.0.1:80", "denied"],
  ["--allow-all --deny-net", "connect", "1.1.1.1:1", "denied"],
  ["--allow-all --deny-net-listen", "connect", "1.1.1.1:1", "allowed"],
  ["--allow-net-listen=127.0.0.1", "bind", "0.0.0.0:80", "denied"],
  ["--allow-net-listen=loopback", "bind", "0.0.0.0:80", "denied"],
  ["--allow-net-listen=0.0.0.0:80", "bind", "0.0.0.0:80", "allowed"],
  ["--allow-net-listen=0.0.0.0:80", "bind", "127.0.0.1:80", "allowed"],
  ["--allow-net-listen=0.0.0.0:80", "bind", "[::]:80", "denied"],
  ["--allow-net-listen=[::]:80", "bind", "[::]:80", "allowed"],
  ["--allow-net-listen=[::]:80", "bind", "0.0.0.0:80", "allowed"],
  ["--allow-net-listen", "bind", "0.0.0.0:80", "allowed"],
  ["--allow-net-listen --deny-net-listen=127.0.0.1", "bind", "0.0.0.0:80", "denied"],
  ["--allow-net-listen --deny-net-listen=127.0.0.1", "bind", "[::]:80", "denied"],
  ["--allow-net-listen --deny-net-listen=[::]", "bind", "0.0.0.0:80", "denied"],
  ["--allow-net-listen --deny-net-listen=[::]", "bind", "127.0.0.1:80", "denied"],
  ["--allow-net-listen=127.0.0.1:8080", "bind", "127.0.0.1:0", "denied"],
  ["--allow-net-listen=127.0.0.1:0", "bind", "127.0.0.1:0", "allowed"],
  ["--allow-net-listen=127.0.0.1", "bind", "127.0.0.1:0", "allowed"],
  ["--allow-net-connect=udp:1.1.1.1:53", "connect tcp", "1.1.1.1:53", "denied"],
  ["--allow-net-connect=udp:1.1.1.1:53", "connect udp", "1.1.1.1:53", "allowed"],
  ["--allow-net-connect=udp:1.1.1.1:53", "send udp", "8.8.8.8:53", "denied"],
  ["--allow-net-connect=tcp:1.1.1.1:53", "send udp", "1.1.1.1:53", "denied"],
  ["--allow-net-connect", "send udp", "255.255.255.255:9", "denied"],
  ["--allow-net-connect", "send udp", "224.0.0.1:9", "denied"],
  ["--allow-net-connect", "send udp", "[ff02::1]:9", "denied"],
  ["--allow-net-connect --allow-net-connect=multicast", "send udp", "224.0.0.1:9", "allowed"],
  ["--allow-net-connect=224.0.0.0/4", "send udp", "224.0.0.1:9", "allowed"],
  ["--allow-net-connect=127.0.0.1:80", "fastopen tcp", "127.0.0.1:81", "denied"],
  ["--allow-net-connect=127.0.0.1:80", "fastopen tcp", "127.0.0.1:80", "allowed"],
  ["--allow-net-connect=unix:@name", "connect", "unix:@name", "allowed"],
  ["--allow-net-connect=unix:@name", "connect", "unix:@name\0", "denied"],
  ["--allow-net-connect=unix:@name", "connect", "unix:@name2", "denied"],
  ["--allow-net-connect=unix:@name*", "connect", "unix:@name2", "allowed"],
  ["--allow-net-connect=unix:@name", "bind", "unix:@name", "denied"],
  ["--allow-net-listen=unix:@name", "bind", "unix:@name", "allowed"],
  ["--allow-net-listen=unix:@name", "bind", "unix:", "denied"],
  ["--allow-net-listen=unix:@*", "bind", "unix:", "allowed"],
  ["--allow-net-connect=unix:/name", "connect", "unix:@/name", "denied"],
  ["--allow-net-connect=0.0.0.0/0,[::/0]", "connect", "unix:@name", "denied"],
];

describe("with", () => {
  it.each(CASES)("'%s', %s %s is %s", (flags, verb, address, want) => {
    const guest = guestOf(flags);
    const { result, effects } = attempt(guest, [verb, address]);
    const isAllowed = want === "allowed";
    expect(result).toBe(isAllowed ? (EFFECT[verb.split(" ")[0] as "send"] === "sendto" ? 1 : 0) : -EACCES);
    // A refusal is final before the kernel hears of it, and the host is told once.
    expect([effects, guest.denials.length]).toEqual(isAllowed ? [1, 0] : [0, 1]);
  });
});

describe("an address of the wrong length or family", () => {
  it.each([
    ["short", sockaddrOf("127.0.0.1:80").slice(0, 15)],
    ["of one byte", Uint8Array.of(AF_INET)],
    ["empty", new Uint8Array(0)],
    ["of a family without sockets here", Uint8Array.of(AF_VSOCK, ...new Uint8Array(15))],
  ])("that is %s gets the kernel's own answer, without a judgement", (_, bytes) => {
    const guest = guestOf("", { connect: -EINVAL, bind: -EINVAL });
    expect(guest.call("connect", guest.tcp(), guest.put(bytes), bytes.length)).toBe(-EINVAL);
    expect(guest.call("bind", guest.tcp(), guest.put(bytes), bytes.length)).toBe(-EINVAL);
    expect(guest.denials).toEqual([]);
  });

  it("is EINVAL beyond sizeof(struct sockaddr_storage)", () => {
    const guest = guestOf("--allow-all");
    expect(guest.call("connect", guest.tcp(), guest.allocate(200), 129)).toBe(-EINVAL);
    expect(guest.kernel.calls("connect")).toEqual([]);
  });

  it("is judged by its meaning when sin_zero holds garbage", () => {
    const guest = guestOf("--allow-net-connect=10.0.0.0/8");
    const bytes = sockaddrOf("10.1.2.3:80").fill(0xff, 8);
    expect(guest.call("connect", guest.tcp(), guest.put(bytes), 16)).toBe(0);
  });

  it("of IPv6 is judged whatever its zone is", () => {
    const guest = guestOf("--allow-net-connect=[fe80::/10]");
    const bytes = sockaddrOf("[fe80::1]:80");
    bytes[24] = 2;
    expect(guest.call("connect", guest.tcp6(), guest.put(bytes), 28)).toBe(0);
    // The call keeps the zone.
    expect(guest.kernel.recorded.at(-1)?.address).toEqual(bytes);
  });
});

describe("a socket that sees more than its own traffic", () => {
  it.each([
    ["packet", AF_PACKET, SOCK_RAW, 0],
    ["packet of old", AF_INET, SOCK_PACKET, 0],
    ["netlink", AF_NETLINK, SOCK_DGRAM, 0],
    ["raw", AF_INET, SOCK_RAW, IPPROTO_ICMP],
    ["raw IPv6", AF_INET6, SOCK_RAW, 58],
    ["ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP],
    ["ping IPv6", AF_INET6, SOCK_DGRAM, 58],
  ])("(%s) is denied even with --allow-net", (_, domain, type, protocol) => {
    const guest = guestOf("--allow-net");
    expect(guest.call("socket", domain, type, protocol)).toBe(-EACCES);
    expect(guest.kernel.calls("socket")).toEqual([]);
    expect(guestOf("--allow-all").call("socket", domain, type, protocol)).toBe(3);
  });

  it("of a family that no rule can judge does not exist, and is closed", () => {
    const guest = guestOf("--allow-all");
    expect(guest.call("socket", AF_VSOCK, SOCK_STREAM, 0)).toBe(-EAFNOSUPPORT);
    expect(guest.kernel.calls("close")).toEqual([[100]]);
    expect(guest.core.fds.openFrom(3)).toEqual([]);
  });
});
