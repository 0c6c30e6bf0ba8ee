import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_UNIX,
  AF_UNSPEC,
  EACCES,
  EAFNOSUPPORT,
  EBADF,
  EINVAL,
  ENOTSOCK,
  F_GETFD,
  FD_CLOEXEC,
  IPPROTO_TCP,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_PEEK,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { type Guest, guestOf, realGuest, sockaddrOf } from "../../fakes/guest.js";
import {
  controlOf,
  pairOf,
  putMessage,
  readMessage,
  receiveRights,
  rightsOf,
  sendRights,
} from "../../fakes/message.js";

watchDescriptors();

const TYPES = [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET];
let names = 0;

/** Two guests, each its own sandbox, connected by an abstract Unix socket. */
function neighbors(grants: string, otherGrants = grants): [Guest, number, Guest, number] {
  const name = `unix:@sockyard-rights-${process.pid}-${names++}`;
  const server = realGuest(`--allow-net-listen=${name} ${otherGrants}`);
  const client = realGuest(`--allow-net-connect=${name} ${grants}`);
  const listener = server.unix();
  expect(server.bind(listener, name)).toBe(0);
  expect(server.call("listen", listener, 1)).toBe(0);
  const connection = client.unix();
  expect(client.connect(connection, name)).toBe(0);
  const accepted = server.call("accept", listener, 0, 0);
  server.call("close", listener);
  return [client, connection, server, accepted];
}

function pipeOf(guest: Guest): [number, number] {
  const fds = guest.allocate(8);
  expect(guest.call("pipe", fds)).toBe(0);
  return [guest.view.getInt32(fds, true), guest.view.getInt32(fds + 4, true)];
}

/** That what is written to `writer` of one guest is read from `reader` of another. */
function expectPipe(guest: Guest, writer: number, other: Guest, reader: number): void {
  expect(guest.call("write", writer, guest.put("hello"), 5)).toBe(5);
  const buf = other.allocate(8);
  expect(other.call("read", reader, buf, 8)).toBe(5);
  expect(other.text(buf, 5)).toBe("hello");
}

describe("SCM_RIGHTS inside a sandbox", () => {
  it.each(TYPES)("passes a pipe through a pair without any right (type %i)", (type) => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, type);
    const [reader, writer] = pipeOf(guest);
    expect(sendRights(guest, one, [reader])).toBe(1);
    guest.call("close", reader);
    const received = receiveRights(guest, other);
    expect(received).toMatchObject({ result: 1, fds: [reader], flags: expect.any(Number) });
    expectPipe(guest, writer, guest, reader);
    expect(guest.denials).toEqual([]);
  });

  it("passes 253 descriptors under the lowest free numbers", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    expect(sendRights(guest, one, new Array(253).fill(one))).toBe(1);
    const { fds, flags } = receiveRights(guest, other);
    expect({ fds, flags }).toEqual({ fds: Array.from({ length: 253 }, (_, i) => 5 + i), flags: 0 });
  });

  it("passes standard input, which is then a descriptor of the guest's own", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    expect(sendRights(guest, one, [0])).toBe(1);
    const [fd = -1] = receiveRights(guest, other).fds;
    expect(guest.core.fds.isBorrowed(fd)).toBe(false);
    expect(guest.call("close", fd)).toBe(0);
  });

  it("keeps what was judged: a socket that was bound may listen where it arrives", () => {
    const guest = realGuest("--allow-net-listen=127.0.0.1:0");
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const bound = guest.tcp();
    expect(guest.bind(bound, "127.0.0.1:0")).toBe(0);
    sendRights(guest, one, [bound]);
    guest.call("close", bound);
    const [fd = -1] = receiveRights(guest, other).fds;
    expect(guest.call("listen", fd, 1)).toBe(0);
  });

  it("is one socket again where it arrives, and forgotten after that", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const udp = guest.udp();
    const socket = guest.core.fds.socket(udp);
    sendRights(guest, one, [udp, udp]);
    expect(receiveRights(guest, other, 253, MSG_PEEK).fds).toHaveLength(2);
    const { fds } = receiveRights(guest, other);
    expect(fds.map((fd) => guest.core.fds.socket(fd) === socket)).toEqual([true, true]);
    expect(guest.core.fds.socket(one)).toMatchObject({ pair: { inFlight: new Map() } });
  });

  it("passes the end of a pair through a pair, inside as before", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const [left, right] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    sendRights(guest, one, [right]);
    guest.call("close", right);
    const [arrived = -1] = receiveRights(guest, other).fds;
    expect(sendRights(guest, left, [0])).toBe(1);
    expect(receiveRights(guest, arrived).fds).toHaveLength(1);
    expect(guest.denials).toEqual([]);
  });

  it("works in wasi_snapshot_preview1, too", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const [reader, writer] = pipeOf(guest);
    sendRights(guest, one, [reader]);
    const [fd = -1] = receiveRights(guest, other).fds;
    guest.call("write", writer, guest.put("hello"), 5);
    const buf = guest.allocate(8);
    expect(guest.wasi("fd_read", fd, guest.putIovecs([buf, 8]), 1, guest.allocate(4))).toBe(0);
    expect(guest.text(buf, 5)).toBe("hello");
    expect(guest.wasi("fd_close", fd)).toBe(0);
    expect(guest.call("read", fd, buf, 1)).toBe(-EBADF);
  });

  it("sets FD_CLOEXEC for MSG_CMSG_CLOEXEC only", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    for (const [flags, wanted] of [
      [MSG_CMSG_CLOEXEC, FD_CLOEXEC],
      [0, 0],
    ] as const) {
      sendRights(guest, one, [0]);
      const [fd = -1] = receiveRights(guest, other, 1, flags).fds;
      expect(guest.call("fcntl", fd, F_GETFD, 0)).toBe(wanted);
      // For the kernel they are all the host's own.
      const info = readFileSync(`/proc/self/fdinfo/${guest.core.fds.hostFd(fd)}`, "utf8");
      expect(Number.parseInt(/flags:\s+(\d+)/.exec(info)?.[1] ?? "", 8) & 0o2000000).toBe(0o2000000);
    }
  });
});

describe("SCM_RIGHTS that do not fit", () => {
  it.each([0, 1, 2, 3])("of three, %i have room: the others are closed, and MSG_CTRUNC is set", (room) => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const udp = guest.udp();
    sendRights(guest, one, [udp, udp, udp]);
    const { result, fds, flags } = receiveRights(guest, other, room);
    expect({ result, count: fds.length, flags }).toEqual({ result: 1, count: room, flags: room < 3 ? MSG_CTRUNC : 0 });
    expect(guest.core.fds.openFrom(3)).toHaveLength(3 + room);
  });

  it("the table is full: a guest gets as many as have numbers", () => {
    const guest = realGuest("", { limit: 8 });
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const udp = guest.udp();
    sendRights(guest, one, [udp, udp, udp, udp]);
    expect(receiveRights(guest, other)).toEqual({ result: 1, fds: [6, 7], flags: MSG_CTRUNC });
  });

  it("read takes the data alone, as in Linux", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    sendRights(guest, one, [guest.udp()]);
    expect(guest.call("read", other, guest.allocate(1), 1)).toBe(1);
  });

  it("nobody takes them: the kernel closes them with the pair", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    sendRights(guest, one, [guest.udp(), one, other]);
  });
});

describe("SCM_RIGHTS across the boundary", () => {
  it("passes a connected socket with --allow-fd-pass on both sides", () => {
    const [client, connection, server, accepted] = neighbors("--allow-fd-pass");
    const [reader, writer] = pipeOf(client);
    expect(sendRights(client, connection, [reader])).toBe(1);
    const [fd = -1] = receiveRights(server, accepted).fds;
    expectPipe(client, writer, server, fd);
    expect([...client.denials, ...server.denials]).toEqual([]);
  });

  it("is EACCES to send without it, and nothing is sent", () => {
    const [client, connection, server, accepted] = neighbors("", "--allow-fd-pass");
    expect(sendRights(client, connection, [0])).toBe(-EACCES);
    expect(client.denials.map(({ question }) => question)).toEqual([{ verb: "pass-fd", direction: "send" }]);
    client.call("write", connection, client.put("after"), 5);
    expect(receiveRights(server, accepted)).toEqual({ result: 5, fds: [], flags: 0 });
  });

  it("is closed and told where it is received without it; the data is delivered", () => {
    const [client, connection, server, accepted] = neighbors("--allow-fd-pass", "");
    expect(sendRights(client, connection, [0, 0])).toBe(1);
    expect(receiveRights(server, accepted)).toEqual({ result: 1, fds: [], flags: MSG_CTRUNC });
    expect(server.denials.map(({ question }) => question)).toEqual([{ verb: "pass-fd", direction: "receive" }]);
  });

  it.each(["--allow-all --deny-fd-pass", "--allow-fd-pass --deny-fd-pass"])("is denied by %s, both ways", (flags) => {
    const rule = "--deny-fd-pass";
    const [client, connection, server, accepted] = neighbors(flags);
    expect(sendRights(client, connection, [0])).toBe(-EACCES);
    const [friend, otherConnection, receiver, otherAccepted] = neighbors("--allow-fd-pass", flags);
    expect(sendRights(friend, otherConnection, [0])).toBe(1);
    expect(receiveRights(receiver, otherAccepted)).toEqual({ result: 1, fds: [], flags: MSG_CTRUNC });
    expect([client.denials, receiver.denials, server.denials]).toEqual([
      [{ question: { verb: "pass-fd", direction: "send" }, verdict: { allowed: false, rule } }],
      [{ question: { verb: "pass-fd", direction: "receive" }, verdict: { allowed: false, rule } }],
      [],
    ]);
    client.call("write", connection, client.put("after"), 5);
    expect(receiveRights(server, accepted)).toEqual({ result: 5, fds: [], flags: 0 });
  });

  it("hands over no socket that the guest may not make itself, and none after it", () => {
    const [client, connection, server, accepted] = neighbors("--allow-fd-pass --allow-raw", "--allow-fd-pass");
    const netlink = client.call("socket", AF_NETLINK, SOCK_RAW, 0);
    expect(netlink).toBeGreaterThan(0);
    expect(sendRights(client, connection, [0, netlink, 0])).toBe(1);
    expect(receiveRights(server, accepted)).toMatchObject({ fds: [expect.any(Number)], flags: MSG_CTRUNC });
    expect(server.denials.map(({ question }) => question)).toEqual([{ verb: "raw", what: "netlink" }]);
  });

  it("judges a received socket anew where it listens", () => {
    const [client, connection, server, accepted] = neighbors(
      "--allow-fd-pass --allow-net-listen=127.0.0.1:0",
      "--allow-fd-pass",
    );
    const bound = client.tcp();
    client.bind(bound, "127.0.0.1:0");
    sendRights(client, connection, [bound]);
    const [fd = -1] = receiveRights(server, accepted).fds;
    expect(server.core.fds.socket(fd)).toMatchObject({ type: SOCK_STREAM, protocol: IPPROTO_TCP });
    expect(server.call("listen", fd, 1)).toBe(-EACCES);
    expect(server.connect(fd, "127.0.0.1:9")).toBe(-EACCES);
    expect(server.core.fds.socket(fd)).toMatchObject({ domain: AF_INET });
  });

  it("judges a received TCP socket by its family", () => {
    const [client, connection, server, accepted] = neighbors("--allow-fd-pass");
    const sent = [client.tcp(), client.call("socket", AF_INET6, SOCK_STREAM, 0)];
    sendRights(client, connection, sent);
    const [four = -1, six = -1] = receiveRights(server, accepted).fds;
    const bytes = sockaddrOf("127.0.0.1:0");
    bytes[0] = AF_UNSPEC;
    const address = server.put(bytes);
    // bind(2) takes AF_UNSPEC for AF_INET, but not on a socket of IPv6.
    expect(server.call("bind", four, address, bytes.length)).toBe(-EACCES);
    expect(server.call("bind", six, address, bytes.length)).toBe(-EINVAL);
    expect(server.connect(four, "[::1]:9")).toBe(-EAFNOSUPPORT);
    expect(server.connect(six, "[::1]:9")).toBe(-EACCES);
  });

  it("takes a raw socket of TCP's number for what it is", () => {
    const [client, connection, server, accepted] = neighbors("--allow-fd-pass --allow-raw", "--allow-fd-pass");
    const raw = client.call("socket", AF_INET, SOCK_RAW, IPPROTO_TCP);
    expect(raw).toBeGreaterThan(0);
    sendRights(client, connection, [raw]);
    expect(receiveRights(server, accepted)).toMatchObject({ fds: [], flags: MSG_CTRUNC });
    expect(server.denials.map(({ question }) => question)).toEqual([{ verb: "raw", what: "raw" }]);
  });

  it.each([
    ["EACCES", -EACCES, "closes"],
    ["ENOTSOCK", -ENOTSOCK, "keeps"],
    ["EBADF, as of O_PATH", -EBADF, "keeps"],
  ])("where the kernel answers %s when asked what it is", (_, answer, verb) => {
    const guest = guestOf("--allow-fd-pass", { describe: answer });
    guest.kernel.recvmsg = (_hostFd, header) => {
      guest.kernel.control.descriptors[0] = 1234;
      guest.kernel.control.descriptorCount = 1;
      Object.assign(guest.kernel.controlRoom, { pointer: guest.view.getUint32(header + 16, true), size: 16 });
      return 1;
    };
    const { fds, flags } = receiveRights(guest, guest.unix());
    const isKept = verb === "keeps";
    expect({ count: fds.length, flags }).toEqual({ count: isKept ? 1 : 0, flags: isKept ? 0 : MSG_CTRUNC });
    expect(guest.kernel.calls("close")).toEqual(isKept ? [] : [[1234]]);
  });

  it("knows that a Unix socket has its name", () => {
    const [client, connection, server, accepted] = neighbors("--allow-fd-pass --allow-net", "--allow-fd-pass");
    const bound = client.unix(SOCK_DGRAM);
    client.bind(bound, `unix:@sockyard-bound-${process.pid}`);
    sendRights(client, connection, [bound, client.unix()]);
    const { fds } = receiveRights(server, accepted);
    expect(fds.map((fd) => server.core.fds.socket(fd))).toMatchObject([
      { isBindJudged: true },
      { isBindJudged: false },
    ]);
  });

  it("tells who sent a Unix socket, and not that socket's name", () => {
    const [server, client] = [realGuest("--allow-net --allow-fd-pass"), realGuest("--allow-net --allow-fd-pass")];
    const [receiver, sender, passed] = [server.unix(SOCK_DGRAM), client.unix(SOCK_DGRAM), client.unix(SOCK_DGRAM)];
    const name = `unix:@sockyard-receiver-${process.pid}`;
    server.bind(receiver, name);
    client.bind(sender, `unix:@sockyard-sender-${process.pid}`);
    client.bind(passed, `unix:@sockyard-passed-${process.pid}`);
    const message = { name: sockaddrOf(name), data: ["x"], control: controlOf(rightsOf(passed)) };
    expect(client.call("sendmsg", sender, putMessage(client, message), 0)).toBe(1);
    const msg = putMessage(server, { nameRoom: 110, data: [new Uint8Array(1)], controlRoom: 16 });
    expect(server.call("recvmsg", receiver, msg, 0)).toBe(1);
    const told = readMessage(server, msg);
    expect(told.name).toEqual(client.nameOf(sender));
    const [fd = -1] = new Int32Array(Uint8Array.from(told.control?.[0]?.data ?? []).buffer);
    expect(server.nameOf(fd)).toEqual(client.nameOf(passed));
  });

  it("makes a pair outside when one of its ends has been sent there", () => {
    const [client, connection, server, accepted] = neighbors("--allow-fd-pass", "--allow-fd-pass");
    const [left, right] = pairOf(client, AF_UNIX, SOCK_STREAM);
    const [inner, carried] = pairOf(client, AF_UNIX, SOCK_STREAM);
    // On its way through a pair that goes outside, `carried` can arrive there.
    sendRights(client, left, [carried]);
    expect(client.core.fds.socket(inner)).toMatchObject({ pair: { isInside: true } });
    sendRights(client, connection, [right]);
    expect(client.core.fds.socket(left)).toMatchObject({ pair: { isInside: false } });
    expect(client.core.fds.socket(inner)).toMatchObject({ pair: { isInside: false } });
    const [end = -1] = receiveRights(server, accepted).fds;
    expect(receiveRights(server, end).fds).toHaveLength(1);
  });

  it("takes a datagram pair for outside once it was connected elsewhere or sends by name", () => {
    const name = `unix:@sockyard-elsewhere-${process.pid}`;
    const guest = realGuest(`--allow-net-connect=${name}`);
    const other = realGuest("--allow-net");
    const hears = other.unix(SOCK_DGRAM);
    other.bind(hears, name);
    const [one, two] = pairOf(guest, AF_UNIX, SOCK_DGRAM);
    const control = controlOf(rightsOf(0));
    const named = putMessage(guest, { name: sockaddrOf(name), data: ["x"], control });
    expect(guest.call("sendmsg", one, named, 0)).toBe(-EACCES);
    expect(sendRights(guest, one, [0])).toBe(1);
    expect(guest.connect(two, name)).toBe(0);
    expect(sendRights(guest, two, [0])).toBe(-EACCES);
    expect(sendRights(guest, one, [0])).toBe(-EACCES);
    expect(guest.denials).toHaveLength(3);
  });

  it("does not take a datagram pair whose peer has died for its own any more", () => {
    const guest = realGuest("--allow-net");
    const [one, two] = pairOf(guest, AF_UNIX, SOCK_DGRAM);
    const name = `unix:@sockyard-orphan-${process.pid}`;
    guest.bind(one, name);
    guest.call("close", two);
    expect(guest.call("send", one, guest.put("x"), 1, 0)).toBeLessThan(0);
    const stranger = realGuest("--allow-fd-pass --allow-net");
    const control = controlOf(rightsOf(0));
    const sent = putMessage(stranger, { name: sockaddrOf(name), data: ["x"], control });
    expect(stranger.call("sendmsg", stranger.unix(SOCK_DGRAM), sent, 0)).toBe(1);
    expect(receiveRights(guest, one)).toEqual({ result: 1, fds: [], flags: MSG_CTRUNC });
    expect(guest.denials).toHaveLength(1);
  });
});

describe("control data that no guest may send", () => {
  it("is EINVAL after descriptors, too, and nothing is passed", () => {
    const guest = realGuest();
    const [one] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const control = controlOf(rightsOf(0), { level: 1, type: 0x7f, data: new Uint8Array(4) });
    expect(guest.call("sendmsg", one, putMessage(guest, { data: ["x"], control }), 0)).toBe(-EINVAL);
  });
});
