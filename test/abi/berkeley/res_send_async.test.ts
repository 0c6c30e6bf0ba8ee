import { readdirSync, readlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { closeAllDescriptors } from "../../../host/core/descriptors.js";
import {
  AF_UNIX,
  AF_UNSPEC,
  EACCES,
  EAGAIN,
  EBADF,
  ECONNREFUSED,
  EFAULT,
  EINPROGRESS,
  EINVAL,
  EMFILE,
  EMSGSIZE,
  EPOLL_CTL_ADD,
  ETIMEDOUT,
  F_DUPFD,
  F_GETFL,
  F_SETFL,
  POLLIN,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import { openKernel } from "../../../host/kernel/open-kernel.js";
import { resolverHost } from "../../../host/runtime/resolver-host.js";
import { bytesOfText } from "../../core/permissions/ip-model.js";
import { queryFor } from "../../dns/asker.js";
import { a, decode, textOf } from "../../dns/message.js";
import { respond, startScripted } from "../../dns/scripted.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { type FakeKernel, fakeKernel, type Script } from "../../fakes/fake-kernel.js";
import { addressText, BAD_POINTER, Guest, guestOf, NOTHING, realGuest } from "../../fakes/guest.js";
import { machineWith } from "../../fakes/machine.js";
import { sendRights } from "../../fakes/message.js";

watchDescriptors();

const QUERY = queryFor("a.test");
const ROOM = 512;

function open(guest: Guest, query: Uint8Array = QUERY): number {
  return guest.call("res_send_async", guest.put(query), query.length);
}

function result(guest: Guest, fd: number): number {
  return guest.call("res_send_result", fd, guest.allocate(ROOM), ROOM);
}

/** A guest whose resolver's own kernel does as the script says. Nothing is ever ready there by default. */
function guestOver(script: Script, flags = "--allow-net-resolve"): { guest: Guest<FakeKernel>; kernel: FakeKernel } {
  const kernel = fakeKernel(script);
  return { guest: guestOf(flags, {}, { resolver: resolverHost(NOTHING, () => kernel) }), kernel };
}

/** How many sockets, timers and sets this process has. */
function hostDescriptors(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return /\[timerfd\]|\[eventpoll\]|^socket:/.test(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      return false;
    }
  }).length;
}

/** What is open of what the kernel has handed out. */
function leftOpen(kernel: FakeKernel): number {
  const opened = [...kernel.calls("socket"), ...kernel.calls("epollCreate"), ...kernel.calls("timerfdCreate")];
  return opened.length - kernel.calls("close").length;
}

describe("res_send_async", () => {
  it("is judged as res_send is, before anything is opened", () => {
    const { guest, kernel } = guestOver({}, "--allow-net-resolve=b.test");
    expect(open(guest)).toBe(-EACCES);
    expect(open(guest, Buffer.from("no query"))).toBe(-EINVAL);
    expect(guest.call("res_send_async", guest.put(QUERY), -1)).toBe(-EMSGSIZE);
    expect(guest.call("res_send_async", guest.put(QUERY), 65536)).toBe(-EMSGSIZE);
    expect(guest.call("res_send_async", BAD_POINTER, 20)).toBe(-EFAULT);
    expect(guest.denials.map(({ question }) => question.verb)).toEqual(["resolve"]);
    expect(kernel.recorded).toEqual([]);
    expect(guest.core.fds.openFrom(3)).toEqual([]);
  });

  it("has sent the query when it returns, and has no answer yet", () => {
    const { guest, kernel } = guestOver({});
    const fd = open(guest);
    expect(fd).toBe(3);
    expect(kernel.calls("send")).toHaveLength(1);
    expect(result(guest, fd)).toBe(-EINPROGRESS);
    expect(kernel.calls("poll").every(([, , timeout]) => timeout === 0)).toBe(true);
    expect(guest.call("close", fd)).toBe(0);
    expect(leftOpen(kernel)).toBe(0);
  });

  it("answers at once what this machine knows, as often as it is asked", () => {
    const guest = guestOf("--allow-net-resolve", {}, { resolver: machineWith({ hosts: "10.0.0.5 a.test\n" }) });
    const fd = open(guest);
    const length = result(guest, fd);
    expect(length).toBeGreaterThan(QUERY.length);
    const answer = guest.allocate(ROOM);
    expect(guest.call("res_send_result", fd, answer, ROOM)).toBe(length);
    expect(decode(Buffer.from(guest.get(answer, length)))).toMatchObject({ id: 0x1234, answers: [{ ttl: 0 }] });
    expect(guest.call("res_send_result", fd, answer, 0)).toBe(length);
    guest.call("close", fd);
  });

  it("opens the addresses to the name's rule when the answer is there, and not before", () => {
    const resolver = machineWith({ hosts: "93.184.216.34 a.test\n" });
    const guest = guestOf("--allow-net=a.test:443", {}, { resolver });
    expect(guest.connect(guest.tcp(), "93.184.216.34:443")).toBe(-EACCES);
    guest.call("close", open(guest));
    expect(guest.connect(guest.tcp(), "93.184.216.34:443")).toBe(0);
  });

  it.each([
    ["ECONNREFUSED", { connect: -ECONNREFUSED }, -ECONNREFUSED],
    ["EMFILE of a socket", { socket: -EMFILE }, -EMFILE],
  ] as const)("tells %s as its result", (_, script, want) => {
    const { guest, kernel } = guestOver(script);
    const fd = open(guest);
    expect(fd).toBe(3);
    expect(result(guest, fd)).toBe(want);
    expect(result(guest, fd)).toBe(want);
    guest.call("close", fd);
    expect(kernel.calls("close")).toHaveLength("socket" in script ? 2 : 2 + kernel.calls("socket").length);
  });

  it.each(["epollCreate", "timerfdCreate", "epollCtl"] as const)("answers EMFILE of %s, and opens nothing", (call) => {
    const { guest, kernel } = guestOver({ [call]: -EMFILE });
    expect(open(guest)).toBe(-EMFILE);
    const failed = call === "epollCtl" ? 0 : 1;
    expect(leftOpen(kernel)).toBe(failed);
    expect(kernel.calls("socket")).toEqual([]);
    expect(guest.core.fds.openFrom(3)).toEqual([]);
  });

  it("is 1024 at most", () => {
    const kernel = fakeKernel();
    const resolver = resolverHost(NOTHING, () => kernel);
    const guest = new Guest(fakeKernel(), { flags: "--allow-net-resolve", limit: 4000, resolver });
    for (let i = 0; i < 1024; i++) expect(open(guest)).toBe(3 + i);
    expect(open(guest)).toBe(-EMFILE);
    expect(guest.call("getaddrinfo_async", guest.put("a.test\0"), AF_UNSPEC)).toBe(-EMFILE);
    // What waits for its answer is no look-up of this kind.
    expect(guest.call("res_send", guest.put(QUERY), QUERY.length, guest.allocate(ROOM), ROOM)).toBe(-ETIMEDOUT);
    for (let i = 0; i < 1024; i++) guest.call("close", 3 + i);
    expect(leftOpen(kernel)).toBe(0);
    expect(open(guest)).toBe(3);
  });
});

describe("res_send_result", () => {
  it("does not mix look-ups whose answers come in another order", () => {
    const ready = new Set<number>();
    let memory: WebAssembly.Memory | undefined;
    const sent = new Map<number, Buffer>();
    const bytes = () => Buffer.from((memory as WebAssembly.Memory).buffer);
    const kernel: FakeKernel = fakeKernel({
      send: (fd: number, pointer: number, count: number) => {
        sent.set(fd, Buffer.from(bytes().subarray(pointer, pointer + count)));
        return count;
      },
      poll: (pollfd: Uint8Array) => (ready.has(new DataView(pollfd.buffer).getInt32(0, true)) ? 1 : 0),
      recvfrom: (fd: number, pointer: number) => {
        const asked = sent.get(fd) as Buffer;
        const name = textOf(decode(asked).questions[0]?.name ?? []);
        const answer = respond(asked, [a(name, name === "a.test" ? "192.0.2.1" : "192.0.2.2")]);
        answer.copy(bytes(), pointer);
        kernel.address.bytes.set([2, 0, 0, 53, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        kernel.address.length = 16;
        return answer.length;
      },
    } as Script);
    const host = resolverHost(NOTHING, () => kernel);
    memory = host.codec.memory;
    const guest = guestOf("--allow-net-resolve", {}, { resolver: host });
    const [first, second] = [open(guest), open(guest, queryFor("b.test"))];
    const [one, other] = [...sent.keys()] as [number, number];
    const told = (fd: number) => {
      const answer = guest.allocate(ROOM);
      const length = guest.call("res_send_result", fd, answer, ROOM);
      return length < 0
        ? length
        : decode(Buffer.from(guest.get(answer, length))).answers[0]?.data.map((octets) =>
            addressText.format(octets as Uint8Array),
          );
    };
    expect([told(first), told(second)]).toEqual([-EINPROGRESS, -EINPROGRESS]);
    ready.add(other);
    expect([told(first), told(second)]).toEqual([-EINPROGRESS, ["192.0.2.2"]]);
    ready.add(one);
    expect([told(first), told(second)]).toEqual([["192.0.2.1"], ["192.0.2.2"]]);
  });

  it("does not let a flood hold up the guest", () => {
    const { guest, kernel } = guestOver({ poll: 1, recvfrom: -EAGAIN });
    const fd = open(guest);
    const before = kernel.calls("recvfrom").length;
    expect(result(guest, fd)).toBe(-EINPROGRESS);
    expect(kernel.calls("recvfrom").length - before).toBeLessThan(100);
  });

  it("is for look-ups alone", () => {
    const { guest } = guestOver({});
    expect(result(guest, 77)).toBe(-EBADF);
    expect(result(guest, guest.udp())).toBe(-EINVAL);
    expect(result(guest, guest.call("getaddrinfo_async", guest.put("a.test\0"), AF_UNSPEC))).toBe(-EINVAL);
    expect(guest.call("getaddrinfo_result", open(guest), guest.allocate(40), 40)).toBe(-EINVAL);
    expect(guest.call("res_send_result", open(guest), guest.allocate(40), -1)).toBe(-EINVAL);
  });
});

describe("the descriptor of a look-up", () => {
  /** A guest on the real kernel, and a look-up of each kind, whose answers are there. */
  function withLookups(): { guest: Guest; fds: readonly number[] } {
    const guest = realGuest("--allow-all", { resolver: resolverHost(NOTHING, () => openKernel(-1)) });
    const address = guest.call("getaddrinfo_async", guest.put("localhost\0"), AF_UNSPEC);
    return { guest, fds: [open(guest, queryFor("localhost")), address] };
  }

  it("is EBADF to everything but waiting and closing", () => {
    const { guest, fds } = withLookups();
    const buffer = guest.allocate(64);
    for (const fd of fds) {
      for (const call of ["read", "write"]) expect(guest.call(call, fd, buffer, 8)).toBe(-EBADF);
      for (const call of ["recv", "send"]) expect(guest.call(call, fd, buffer, 8, 0)).toBe(-EBADF);
      expect(guest.call("readv", fd, guest.putIovecs([64, 8]), 1)).toBe(-EBADF);
      expect(guest.call("writev", fd, guest.putIovecs([64, 8]), 1)).toBe(-EBADF);
      expect(guest.call("dup", fd)).toBe(-EBADF);
      expect(guest.call("dup2", fd, 20)).toBe(-EBADF);
      expect(guest.call("dup3", fd, 20, 0)).toBe(-EBADF);
      expect(guest.call("fcntl", fd, F_DUPFD, 10)).toBe(-EBADF);
      expect(guest.call("fcntl", fd, F_GETFL, 0)).toBe(-EBADF);
      expect(guest.call("fcntl", fd, F_SETFL, 0)).toBe(-EBADF);
      expect(guest.call("epoll_wait", fd, buffer, 1, 0)).toBe(-EBADF);
      expect(guest.call("epoll_ctl", fd, EPOLL_CTL_ADD, guest.udp(), buffer)).toBe(-EBADF);
      expect(guest.wasi("fd_fdstat_get", fd, buffer)).toBe(8);
      expect(guest.wasi("fd_filestat_get", fd, buffer)).toBe(8);
      expect(guest.call("listen", fd, 1)).toBe(-88);
    }
    expect(guest.core.fds.openFrom(20)).toEqual([]);
  });

  it("can be polled, and entered into epoll sets", () => {
    const { guest, fds } = withLookups();
    const set = guest.call("epoll_create1", 0);
    const event = guest.put32(POLLIN, 0, 7, 0);
    for (const fd of fds) {
      const pollfd = guest.put32(fd, POLLIN);
      expect(guest.call("poll", pollfd, 1, 0)).toBe(1);
      expect(guest.view.getUint16(pollfd + 6, true)).toBe(POLLIN);
      expect(guest.call("epoll_ctl", set, EPOLL_CTL_ADD, fd, event)).toBe(0);
    }
    expect(guest.call("epoll_wait", set, guest.allocate(64), 4, 0)).toBe(2);
    // A closed one is in no set any more.
    for (const fd of fds) expect(guest.call("close", fd)).toBe(0);
    expect(guest.call("epoll_wait", set, guest.allocate(64), 4, 0)).toBe(0);
  });

  it("is never passed", () => {
    const { guest, fds } = withLookups();
    const pair = guest.allocate(8);
    guest.call("socketpair", AF_UNIX, SOCK_STREAM, 0, pair);
    for (const fd of fds) {
      expect(sendRights(guest, guest.view.getInt32(pair, true), [fd])).toBe(-EBADF);
    }
  });

  it("is closed by what takes its number", () => {
    const { guest, fds } = withLookups();
    const other = guest.udp();
    for (const fd of fds) {
      expect(guest.call("dup2", other, fd)).toBe(fd);
      expect(guest.core.fds.lookup(fd)).toBe(-EINVAL);
      expect(guest.call("close", fd)).toBe(0);
    }
  });

  it("is traced with the name that it stands for", () => {
    const resolver = machineWith({ hosts: "10.0.0.5 a.test\n" });
    const guest = guestOf("--allow-net-resolve", {}, { resolver });
    expect(guest.trace("res_send_async", guest.put(QUERY), QUERY.length)).toBe("res_send_async({a.test, T_A}, 24) = 3");
    expect(guest.trace("res_send_result", 3, guest.allocate(ROOM), ROOM)).toBe(
      "res_send_result(3<lookup:[a.test]>, {NOERROR, 10.0.0.5}, 512) = 40",
    );
    expect(guest.trace("getaddrinfo_async", guest.put("localhost\0"), AF_UNSPEC)).toBe(
      'getaddrinfo_async("localhost", AF_UNSPEC) = 4',
    );
    expect(guest.trace("getaddrinfo_result", 4, guest.allocate(40), 40)).toBe(
      "getaddrinfo_result(4<lookup:[localhost]>, [127.0.0.1, ::1], 40) = 2",
    );
    expect(guest.trace("close", 4)).toBe("close(4<lookup:[localhost]>) = 0");
    const pending = guestOver({}).guest;
    expect(pending.trace("res_send_async", pending.put(QUERY), QUERY.length)).toBe(
      "res_send_async({a.test, T_A}, 24) = 3",
    );
    expect(pending.trace("res_send_result", 3, pending.allocate(ROOM), ROOM)).toBe(
      "res_send_result(3<lookup:[a.test]>, ?, 512) = -1 EINPROGRESS (Operation now in progress)",
    );
  });
});

describe("a look-up that is given up", () => {
  it("leaves nothing open in the kernel, wherever it was", async () => {
    const before = hostDescriptors();
    const server = await startScripted(({ transport, bytes }) =>
      transport === "tcp" ? [] : [respond(bytes, [], { flags: 0x0200 })],
    );
    const settings = { ...NOTHING, servers: [{ address: "127.0.0.1", port: server.port }] };
    const guest = realGuest("--allow-all", { resolver: resolverHost(settings, () => openKernel(-1)) });
    const overUdp = open(guest);
    const overTcp = open(guest);
    while (server.queries.every(({ transport }) => transport === "udp")) {
      await new Promise((done) => setImmediate(done));
      expect(result(guest, overTcp)).toBe(-EINPROGRESS);
    }
    closeAllDescriptors(guest.core);
    expect(guest.core.fds.isOpen(overUdp)).toBe(false);
    await server.stop();
    expect(hostDescriptors()).toBe(before);
  });
});

describe("getaddrinfo_async", () => {
  const FOUND = ["93.184.216.34", "10.0.0.5"].map(bytesOfText);
  const start = (guest: Guest, node = "a.test") => guest.call("getaddrinfo_async", guest.put(`${node}\0`), AF_UNSPEC);

  it("is judged as getaddrinfo is", () => {
    const guest = guestOf("--allow-net-resolve=b.test");
    expect(start(guest)).toBe(-EACCES);
    expect(start(guest, "127.1")).toBe(-EINVAL);
    expect(guest.call("getaddrinfo_async", BAD_POINTER, 0)).toBe(-EFAULT);
    expect(guest.kernel.calls("startGetaddrinfo")).toEqual([]);
  });

  it("opens what was found to the name's rule, once it was found", () => {
    let found: Uint8Array[] | number = -EINPROGRESS;
    const guest = guestOf("--allow-net=a.test:443", { finishGetaddrinfo: () => found });
    const fd = start(guest);
    const ask = () => guest.call("getaddrinfo_result", fd, guest.allocate(40), 40);
    expect(ask()).toBe(-EINPROGRESS);
    expect(guest.connect(guest.tcp(), "93.184.216.34:443")).toBe(-EACCES);
    found = FOUND;
    expect(ask()).toBe(2);
    found = -EINVAL;
    expect(ask()).toBe(2);
    expect(guest.connect(guest.tcp(), "93.184.216.34:443")).toBe(0);
    expect(guest.connect(guest.tcp(), "10.0.0.5:443")).toBe(-EACCES);
    guest.call("close", fd);
    expect(guest.kernel.calls("close")).toContainEqual([100]);
  });

  it("passes EAGAIN on where the system has no more threads", () => {
    expect(start(guestOf("--allow-net-resolve", { startGetaddrinfo: -EAGAIN }))).toBe(-EAGAIN);
  });
});
