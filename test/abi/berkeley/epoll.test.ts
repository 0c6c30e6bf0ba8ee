import { openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  EBADF,
  EEXIST,
  EFAULT,
  EINVAL,
  ELOOP,
  EMFILE,
  ENOENT,
  EPERM,
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLRDHUP,
  F_GETFD,
  FD_CLOEXEC,
  SHUT_WR,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, type Guest, guestOf, NO_SUCH_FD, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

const HOST_FD = FIRST_HOST_FD;

/** `struct epoll_event`, with garbage in its padding. */
function putEvent(guest: Guest, events: number, data: bigint): number {
  const bytes = new Uint8Array(16).fill(0xaa);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, events, true);
  view.setBigUint64(8, data, true);
  return guest.put(bytes);
}

function control(guest: Guest, epfd: number, op: number, fd: number, events = EPOLLIN, data = 1n): number {
  return guest.call("epoll_ctl", epfd, op, fd, putEvent(guest, events, data));
}

/** The events that are there now, as [events, data]. */
function ready(guest: Guest, epfd: number, most = 8): [number, bigint][] {
  const pointer = guest.allocate(most * 16);
  const count = guest.call("epoll_wait", epfd, pointer, most, 0);
  expect(count).toBeGreaterThanOrEqual(0);
  return Array.from({ length: count }, (_, i) => [
    guest.view.getUint32(pointer + i * 16, true),
    guest.view.getBigUint64(pointer + i * 16 + 8, true),
  ]);
}

/** A set, and a connected TCP pair. */
function withPair(): { guest: Guest; epfd: number; client: number; server: number } {
  const guest = realGuest("--allow-net=127.0.0.1");
  const listener = guest.tcp();
  guest.bind(listener, "127.0.0.1:0");
  guest.call("listen", listener, 1);
  const client = guest.tcp();
  expect(guest.connect(client, `127.0.0.1:${guest.portOf(listener)}`)).toBe(0);
  const server = guest.call("accept", listener, 0, 0);
  return { guest, epfd: guest.call("epoll_create1", 0), client, server };
}

function send(guest: Guest, fd: number, text = "x"): void {
  expect(guest.call("send", fd, guest.put(text), text.length, 0)).toBe(text.length);
}

describe("epoll_create1(2)", () => {
  it("answers the lowest free descriptor, close-on-exec if asked", () => {
    const guest = guestOf();
    const plain = guest.call("epoll_create1", 0);
    const closing = guest.call("epoll_create1", EPOLL_CLOEXEC);
    expect([plain, closing]).toEqual([3, 4]);
    expect(guest.call("fcntl", plain, F_GETFD, 0)).toBe(0);
    expect(guest.call("fcntl", closing, F_GETFD, 0)).toBe(FD_CLOEXEC);
  });

  it("answers EINVAL for other flags, EMFILE at RLIMIT_NOFILE, and opens nothing then", () => {
    const guest = guestOf("", {}, { limit: 3 });
    expect(guest.call("epoll_create1", 1)).toBe(-EINVAL);
    expect(guest.call("epoll_create1", 0)).toBe(-EMFILE);
    expect(guest.kernel.recorded).toEqual([]);
  });

  it("passes the kernel's errno through", () => {
    expect(guestOf("", { epollCreate: -EMFILE }).call("epoll_create1", 0)).toBe(-EMFILE);
  });

  it("is traced as strace would print it", () => {
    expect(guestOf().trace("epoll_create1", EPOLL_CLOEXEC)).toBe("epoll_create1(EPOLL_CLOEXEC) = 3");
  });
});

describe("epoll_ctl(2)", () => {
  it("gives the kernel its own descriptors and the guest's event", () => {
    const guest = guestOf();
    const [fd, epfd] = [guest.tcp(), guest.call("epoll_create1", 0)];
    const event = putEvent(guest, EPOLLIN, 5n);
    expect(guest.call("epoll_ctl", epfd, EPOLL_CTL_MOD, fd, event)).toBe(0);
    expect(guest.kernel.calls("epollCtl")).toEqual([[HOST_FD + 1, EPOLL_CTL_MOD, HOST_FD, event]]);
  });

  it("has Linux's errors, in Linux's order", () => {
    const { guest, epfd, client } = withPair();
    expect(guest.call("epoll_ctl", NO_SUCH_FD, EPOLL_CTL_ADD, client, BAD_POINTER)).toBe(-EFAULT);
    expect(guest.call("epoll_ctl", NO_SUCH_FD, EPOLL_CTL_DEL, client, BAD_POINTER)).toBe(-EBADF);
    expect(control(guest, epfd, EPOLL_CTL_ADD, NO_SUCH_FD)).toBe(-EBADF);
    expect(control(guest, epfd, EPOLL_CTL_ADD, -1)).toBe(-EBADF);
    expect(control(guest, client, EPOLL_CTL_ADD, client)).toBe(-EINVAL);
    expect(control(guest, epfd, EPOLL_CTL_ADD, epfd)).toBe(-EINVAL);
    expect(control(guest, epfd, 9, client)).toBe(-EINVAL);
    expect(control(guest, epfd, EPOLL_CTL_MOD, client)).toBe(-ENOENT);
    expect(guest.call("epoll_ctl", epfd, EPOLL_CTL_DEL, client, BAD_POINTER)).toBe(-ENOENT);
    expect(control(guest, epfd, EPOLL_CTL_ADD, client)).toBe(0);
    expect(control(guest, epfd, EPOLL_CTL_ADD, client)).toBe(-EEXIST);
    expect(control(guest, epfd, EPOLL_CTL_MOD, client, EPOLLIN | EPOLLEXCLUSIVE)).toBe(-EINVAL);
    expect(guest.call("epoll_ctl", epfd, EPOLL_CTL_DEL, client, 0)).toBe(0);
    expect(control(guest, epfd, EPOLL_CTL_ADD, client, EPOLLIN | EPOLLONESHOT | EPOLLEXCLUSIVE)).toBe(-EINVAL);
    expect(control(guest, epfd, EPOLL_CTL_ADD, client, EPOLLIN | EPOLLEXCLUSIVE)).toBe(0);
  });

  it("answers EPERM for a regular file", () => {
    const guest = realGuest();
    const file = guest.file(openSync("/etc/passwd", "r"));
    expect(control(guest, guest.call("epoll_create1", 0), EPOLL_CTL_ADD, file)).toBe(-EPERM);
  });

  it("answers ELOOP for sets that would hold each other", () => {
    const guest = realGuest();
    const [one, other] = [guest.call("epoll_create1", 0), guest.call("epoll_create1", 0)];
    expect(control(guest, one, EPOLL_CTL_ADD, other)).toBe(0);
    expect(control(guest, other, EPOLL_CTL_ADD, one)).toBe(-ELOOP);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf();
    const [fd, epfd] = [guest.udp(), guest.call("epoll_create1", 0)];
    const event = putEvent(guest, EPOLLIN | EPOLLRDHUP | EPOLLET, (7n << 32n) + 3n);
    expect(guest.trace("epoll_ctl", epfd, EPOLL_CTL_ADD, fd, event)).toBe(
      "epoll_ctl(4, EPOLL_CTL_ADD, 3<UDP>, {events=EPOLLIN|EPOLLRDHUP|EPOLLET, data={u32=3, u64=30064771075}}) = 0",
    );
    expect(guest.trace("epoll_ctl", epfd, EPOLL_CTL_DEL, fd, event)).toBe(
      "epoll_ctl(4, EPOLL_CTL_DEL, 3<UDP>, NULL) = 0",
    );
  });
});

describe("epoll_wait(2)", () => {
  it("answers EINVAL for no room, then EFAULT, then EBADF or EINVAL for what is no set", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    expect(guest.call("epoll_wait", NO_SUCH_FD, BAD_POINTER, 0, 0)).toBe(-EINVAL);
    expect(guest.call("epoll_wait", NO_SUCH_FD, BAD_POINTER, -1, 0)).toBe(-EINVAL);
    expect(guest.call("epoll_wait", NO_SUCH_FD, 0, 2 ** 31 - 1, 0)).toBe(-EINVAL);
    expect(guest.call("epoll_wait", NO_SUCH_FD, PAGE - 31, 2, 0)).toBe(-EFAULT);
    expect(guest.call("epoll_wait", NO_SUCH_FD, 0, 1 << 20, 0)).toBe(-EFAULT);
    expect(guest.call("epoll_wait", NO_SUCH_FD, 64, 2, 0)).toBe(-EBADF);
    expect(guest.call("epoll_wait", guest.tcp(), 64, 2, 0)).toBe(-EINVAL);
  });

  it("gives back all 64 bits of data, and nothing beyond its events", () => {
    const { guest, epfd, client } = withPair();
    expect(control(guest, epfd, EPOLL_CTL_ADD, client, EPOLLIN | EPOLLOUT, 0xfedc_ba98_7654_3210n)).toBe(0);
    const room = guest.put(new Uint8Array(48).fill(0x55));
    expect(guest.call("epoll_wait", epfd, room, 3, -1)).toBe(1);
    expect(guest.view.getUint32(room, true)).toBe(EPOLLOUT);
    expect(guest.view.getBigUint64(room + 8, true)).toBe(0xfedc_ba98_7654_3210n);
    expect(guest.get(room + 16, 32)).toEqual(new Uint8Array(32).fill(0x55));
  });

  it("tells of a level for as long as it lasts, of an edge once", () => {
    const { guest, epfd, client, server } = withPair();
    control(guest, epfd, EPOLL_CTL_ADD, server, EPOLLIN);
    send(guest, client);
    expect(ready(guest, epfd)).toEqual([[EPOLLIN, 1n]]);
    expect(ready(guest, epfd)).toEqual([[EPOLLIN, 1n]]);
    control(guest, epfd, EPOLL_CTL_MOD, server, EPOLLIN | EPOLLET, 2n);
    expect(ready(guest, epfd)).toEqual([[EPOLLIN, 2n]]);
    expect(ready(guest, epfd)).toEqual([]);
    send(guest, client);
    expect(ready(guest, epfd)).toEqual([[EPOLLIN, 2n]]);
  });

  it("tells of one shot until EPOLL_CTL_MOD", () => {
    const { guest, epfd, client, server } = withPair();
    control(guest, epfd, EPOLL_CTL_ADD, server, EPOLLIN | EPOLLONESHOT);
    send(guest, client);
    expect(ready(guest, epfd)).toEqual([[EPOLLIN, 1n]]);
    expect(ready(guest, epfd)).toEqual([]);
    control(guest, epfd, EPOLL_CTL_MOD, server, EPOLLIN | EPOLLONESHOT);
    expect(ready(guest, epfd)).toEqual([[EPOLLIN, 1n]]);
  });

  it("tells of a half-closed and of a closed connection", () => {
    const { guest, epfd, client, server } = withPair();
    control(guest, epfd, EPOLL_CTL_ADD, server, EPOLLRDHUP);
    expect(ready(guest, epfd)).toEqual([]);
    guest.call("shutdown", client, SHUT_WR);
    expect(guest.call("epoll_wait", epfd, guest.allocate(16), 1, 5000)).toBe(1);
    expect(ready(guest, epfd)).toEqual([[EPOLLRDHUP, 1n]]);
    guest.call("shutdown", server, SHUT_WR);
    expect(ready(guest, epfd)).toEqual([[EPOLLRDHUP | EPOLLHUP, 1n]]);
  });

  it("forgets a file with its last descriptor, and not before", () => {
    const { guest, epfd, client, server } = withPair();
    control(guest, epfd, EPOLL_CTL_ADD, server, EPOLLIN, 9n);
    const duplicate = guest.call("dup", server);
    send(guest, client);
    guest.call("close", server);
    expect(ready(guest, epfd)).toEqual([[EPOLLIN, 9n]]);
    guest.call("close", duplicate);
    expect(ready(guest, epfd)).toEqual([]);
  });

  it("knows duplicates apart", () => {
    const { guest, epfd, client, server } = withPair();
    const duplicate = guest.call("dup", server);
    expect(control(guest, epfd, EPOLL_CTL_ADD, server, EPOLLIN, 1n)).toBe(0);
    expect(control(guest, epfd, EPOLL_CTL_ADD, duplicate, EPOLLIN, 2n)).toBe(0);
    send(guest, client);
    expect(
      ready(guest, epfd)
        .map(([, data]) => data)
        .sort(),
    ).toEqual([1n, 2n]);
    // No more than asked for; the other is next.
    expect([...ready(guest, epfd, 1), ...ready(guest, epfd, 1)].map(([, data]) => data).sort()).toEqual([1n, 2n]);
  });

  it("does not take a new descriptor of an old number for the old one", () => {
    const { guest, epfd, client, server } = withPair();
    control(guest, epfd, EPOLL_CTL_ADD, server);
    guest.call("close", server);
    expect(guest.udp()).toBe(server);
    expect(guest.call("epoll_ctl", epfd, EPOLL_CTL_DEL, server, 0)).toBe(-ENOENT);
    guest.call("close", client);
  });

  it("waits for sets within sets", () => {
    const { guest, epfd, client, server } = withPair();
    const outer = guest.call("epoll_create1", 0);
    control(guest, epfd, EPOLL_CTL_ADD, server, EPOLLIN, 5n);
    expect(control(guest, outer, EPOLL_CTL_ADD, epfd, EPOLLIN, 6n)).toBe(0);
    expect(ready(guest, outer)).toEqual([]);
    send(guest, client);
    expect(ready(guest, outer)).toEqual([[EPOLLIN, 6n]]);
    expect(ready(guest, epfd)).toEqual([[EPOLLIN, 5n]]);
  });

  it("waits for its timeout", () => {
    const guest = realGuest();
    const started = performance.now();
    expect(guest.call("epoll_wait", guest.call("epoll_create1", 0), 64, 1, 20)).toBe(0);
    expect(performance.now() - started).toBeGreaterThanOrEqual(19);
  });

  it("delivers 1024 events a call, and the rest with the next", () => {
    const guest = realGuest("--allow-net=127.0.0.1", { limit: 2000 });
    const epfd = guest.call("epoll_create1", 0);
    const fd = guest.udp();
    const count = 1100;
    for (let i = 0; i < count; i++) {
      expect(control(guest, epfd, EPOLL_CTL_ADD, guest.call("dup", fd), EPOLLOUT | EPOLLET, BigInt(i))).toBe(0);
    }
    guest.memory.grow(1);
    expect(guest.call("epoll_wait", epfd, PAGE, 2000, 0)).toBe(1024);
    expect(guest.view.getBigUint64(PAGE + 1023 * 16 + 8, true)).toBe(1023n);
    expect(guest.call("epoll_wait", epfd, PAGE, 2000, 0)).toBe(count - 1024);
  });

  it("makes reading and writing a set EINVAL, not a wait", () => {
    const guest = realGuest();
    const epfd = guest.call("epoll_create1", 0);
    expect(guest.call("read", epfd, 64, 8)).toBe(-EINVAL);
    expect(guest.call("write", epfd, 64, 8)).toBe(-EINVAL);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("", {
      epollWait: (_, pointer) => {
        new DataView(guest.memory.buffer).setUint32(pointer, EPOLLIN | EPOLLHUP, true);
        new DataView(guest.memory.buffer).setBigUint64(pointer + 8, 3n, true);
        return 1;
      },
    });
    const epfd = guest.call("epoll_create1", 0);
    expect(guest.trace("epoll_wait", epfd, guest.allocate(32), 2, -1)).toBe(
      "epoll_wait(3, [{events=EPOLLIN|EPOLLHUP, data={u32=3, u64=3}}], 2, -1) = 1",
    );
    expect(guest.trace("epoll_pwait", epfd, guest.allocate(32), 2, -1, 0)).toBe(
      "epoll_pwait(3, [{events=EPOLLIN|EPOLLHUP, data={u32=3, u64=3}}], 2, -1, NULL) = 1",
    );
  });
});

describe("epoll_pwait(2)", () => {
  it("is epoll_wait, and EINVAL with a signal mask", () => {
    const { guest, epfd, client } = withPair();
    control(guest, epfd, EPOLL_CTL_ADD, client, EPOLLOUT);
    expect(guest.call("epoll_pwait", epfd, guest.allocate(16), 1, -1, 0)).toBe(1);
    expect(guest.call("epoll_pwait", epfd, guest.allocate(16), 1, -1, 64)).toBe(-EINVAL);
  });
});
