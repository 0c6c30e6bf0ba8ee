import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AF_UNIX,
  EFAULT,
  EPOLL_CTL_ADD,
  MSG_DONTWAIT,
  SO_REUSEADDR,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../../../host/core/linux.generated.js";
import { queryFor } from "../../dns/asker.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { BAD_POINTER, type Guest, guestOf, PAGE, realGuest, sockaddrOf } from "../../fakes/guest.js";
import { putMessage } from "../../fakes/message.js";

watchDescriptors();

/** One call with good arguments, and which of them are pointers to how many bytes. */
type Good = readonly [args: (guest: Guest, fd: number) => number[], pointers: Readonly<Record<number, number>>];

const room = (guest: Guest): number => guest.put32(16);
const epoll = (guest: Guest): number => guest.call("epoll_create1", 0);
const address = (guest: Guest): number => guest.put(sockaddrOf("127.0.0.1:0"));

const CALLS: Readonly<Record<string, Good>> = {
  bind: [(guest, fd) => [fd, address(guest), 16], { 1: 16 }],
  connect: [(guest, fd) => [fd, address(guest), 16], { 1: 16 }],
  accept: [(guest, fd) => [fd, guest.allocate(16), room(guest)], { 1: 16, 2: 4 }],
  accept4: [(guest, fd) => [fd, guest.allocate(16), room(guest), 0], { 1: 16, 2: 4 }],
  getsockname: [(guest, fd) => [fd, guest.allocate(16), room(guest)], { 1: 16, 2: 4 }],
  getpeername: [(guest, fd) => [fd, guest.allocate(16), room(guest)], { 1: 16, 2: 4 }],
  getsockopt: [(guest, fd) => [fd, SOL_SOCKET, SO_TYPE, guest.allocate(4), guest.put32(4)], { 3: 4, 4: 4 }],
  setsockopt: [(guest, fd) => [fd, SOL_SOCKET, SO_REUSEADDR, guest.put32(1), 4], { 3: 4 }],
  read: [(guest, fd) => [fd, guest.allocate(8), 8], { 1: 8 }],
  write: [(guest, fd) => [fd, guest.allocate(8), 8], { 1: 8 }],
  readv: [(guest, fd) => [fd, guest.putIovecs([64, 8]), 1], { 1: 8 }],
  writev: [(guest, fd) => [fd, guest.putIovecs([64, 8]), 1], { 1: 8 }],
  recv: [(guest, fd) => [fd, guest.allocate(8), 8, MSG_DONTWAIT], { 1: 8 }],
  send: [(guest, fd) => [fd, guest.allocate(8), 8, MSG_DONTWAIT], { 1: 8 }],
  recvfrom: [
    (guest, fd) => [fd, guest.allocate(8), 8, MSG_DONTWAIT, guest.allocate(16), room(guest)],
    { 1: 8, 4: 16, 5: 4 },
  ],
  sendto: [(guest, fd) => [fd, guest.allocate(8), 8, 0, address(guest), 16], { 1: 8, 4: 16 }],
  sendmsg: [(guest, fd) => [fd, putMessage(guest, { data: ["hi"] }), 0], { 1: 28 }],
  recvmsg: [(guest, fd) => [fd, putMessage(guest, { data: ["hi"] }), MSG_DONTWAIT], { 1: 28 }],
  socketpair: [(guest) => [AF_UNIX, SOCK_STREAM, 0, guest.allocate(8)], { 3: 8 }],
  pipe: [(guest) => [guest.allocate(8)], { 0: 8 }],
  pipe2: [(guest) => [guest.allocate(8), 0], { 0: 8 }],
  poll: [(guest, fd) => [guest.put32(fd, 0), 1, 0], { 0: 8 }],
  ppoll: [(guest, fd) => [guest.put32(fd, 0), 1, guest.put32(0, 0, 0, 0), 0], { 0: 8, 2: 16 }],
  epoll_ctl: [(guest, fd) => [epoll(guest), EPOLL_CTL_ADD, fd, guest.allocate(16)], { 3: 16 }],
  epoll_wait: [(guest) => [epoll(guest), guest.allocate(32), 2, 0], { 1: 32 }],
  epoll_pwait: [(guest) => [epoll(guest), guest.allocate(32), 2, 0, 0], { 1: 32 }],
  open: [(guest) => [guest.put("/no/such/file\0"), 0, 0], { 0: 1 }],
  fstat: [(guest) => [guest.tcp(), guest.allocate(144)], { 1: 144 }],
  lstat: [(guest) => [guest.put("/tmp\0"), guest.allocate(144)], { 0: 1, 1: 144 }],
  stat: [(guest) => [guest.put("/tmp\0"), guest.allocate(144)], { 0: 1, 1: 144 }],
  unlink: [(guest) => [guest.put("/no/such/socket\0")], { 0: 1 }],
  res_send: [(guest) => [guest.put(queryFor("localhost")), 27, guest.allocate(64), 64], { 0: 27, 2: 64 }],
  getaddrinfo: [(guest) => [guest.put("localhost\0"), 0, guest.allocate(40), 40], { 0: 1, 2: 40 }],
  res_send_async: [(guest) => [guest.put(queryFor("localhost")), 27], { 0: 27 }],
  res_send_result: [
    (guest) => [guest.call("res_send_async", guest.put(queryFor("localhost")), 27), guest.allocate(64), 64],
    { 1: 64 },
  ],
  getaddrinfo_async: [(guest) => [guest.put("localhost\0"), 0], { 0: 1 }],
  getaddrinfo_result: [
    (guest) => [guest.call("getaddrinfo_async", guest.put("localhost\0"), 0), guest.allocate(40), 40],
    { 1: 40 },
  ],
  getent: [(guest) => [0, 0, guest.allocate(8), 8], { 2: 8 }],
  idna_to_ascii: [(guest) => [guest.put("\u00fc.test"), 7, guest.allocate(16), 16], { 0: 7, 2: 16 }],
};

/** What the kernel side is asked, and checks every pointer itself. */
const CHECKED_BELOW: Readonly<Record<string, readonly string[]>> = {
  recvfrom: ["recvfrom"],
  epoll_ctl: ["epollCtl"],
  epoll_wait: ["epollWait"],
  epoll_pwait: ["epollWait"],
};

const POINTERLESS = ["socket", "listen", "shutdown", "close", "dup", "dup2", "dup3", "fcntl", "epoll_create1"];

/** Pointers to `size` bytes that do not lie in one page of memory. */
const hostile = (size: number): number[] => [
  ...new Set([BAD_POINTER, -(2 ** 31), 2 ** 31 - 1, PAGE - size + 1, PAGE, -size]),
];

const hostileCalls = Object.entries(CALLS).flatMap(([name, [args, pointers]]) =>
  Object.entries(pointers).flatMap(([index, size]) =>
    hostile(size).map((pointer) => [name, Number(index), pointer, args] as const),
  ),
);

describe("a pointer outside memory", () => {
  it("is tried for every function that takes one", () => {
    const { berkeley_sockets_v1: imports = {} } = guestOf().imports;
    expect([...Object.keys(CALLS), ...POINTERLESS].sort()).toEqual(Object.keys(imports).sort());
  });

  it.each(hostileCalls)(
    "is EFAULT to %s as argument %i: %i, and the kernel hears nothing",
    (name, index, pointer, args) => {
      const guest = guestOf("--allow-all");
      const values = args(guest, guest.udp());
      values[index] = pointer;
      expect(guest.call(name, ...values)).toBe(-EFAULT);
      // Data goes to the kernel side unchecked: it is the one that checks.
      const own =
        name === "sendto" ? ["sendtoAllowed", ...(index === 1 ? ["allowDestination", "sendto"] : [])] : [name];
      const harmless = ["socket", "epollCreate", "timerfdCreate", "timerfdSettime", ...(CHECKED_BELOW[name] ?? own)];
      const heard = guest.kernel.recorded.map((call) => call.name as string);
      expect(heard.filter((call) => !harmless.includes(call))).toEqual([]);
    },
  );

  it.each(hostileCalls)("is EFAULT to %s with the real kernel, too (argument %i: %i)", (name, index, pointer, args) => {
    const guest = realGuest("--allow-all");
    // A datagram waits, and its sender is connected: every call has what it needs but for the pointer.
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.connect(fd, `127.0.0.1:${guest.portOf(fd)}`);
    guest.call("send", fd, 64, 4, 0);
    const values = args(guest, fd);
    values[index] = pointer;
    expect(guest.call(name, ...values)).toBe(-EFAULT);
  });

  it.each(hostileCalls)("does not disturb the trace of %s (argument %i: %i)", (name, index, pointer, args) => {
    const guest = guestOf("--allow-all");
    const values = args(guest, guest.udp());
    values[index] = pointer;
    expect(guest.trace(name, ...values)).toMatch(/ = -1 EFAULT \(Bad address\)$/);
  });
});

describe("any arguments at all", () => {
  it("make no call throw", () => {
    const { berkeley_sockets_v1: imports = {} } = guestOf().imports;
    const word = fc.oneof(
      fc.integer(),
      fc.constantFrom(-1, 0, 1, 2, 3, 4, 16, PAGE - 1, PAGE, 2 ** 31 - 1, -(2 ** 31)),
    );
    const property = fc.property(
      fc.constantFrom(...Object.keys(imports)),
      fc.array(word, { minLength: 6, maxLength: 6 }),
      (name, args) => {
        const guest = guestOf("--allow-all");
        guest.tcp();
        expect(Number.isInteger(guest.call(name, ...args))).toBe(true);
        expect(guest.trace(name, ...args)).toContain(`${name}(`);
      },
    );
    fc.assert(property, { numRuns: 3000 });
  });
});
