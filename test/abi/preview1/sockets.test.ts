import { describe, expect, it } from "vitest";
import {
  EAGAIN,
  ECONNRESET,
  EPIPE,
  MSG_PEEK,
  MSG_WAITALL,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, type Guest, guestOf, NO_SUCH_FD, PAGE, realGuest } from "../../fakes/guest.js";

watchDescriptors();

/** A connected pair of TCP sockets, and their listener. */
function pair(guest: Guest): { listener: number; client: number; server: number } {
  const [listener, client] = [guest.tcp(), guest.tcp()];
  guest.bind(listener, "127.0.0.1:0");
  guest.call("listen", listener, 5);
  guest.connect(client, `127.0.0.1:${guest.portOf(listener)}`);
  const out = guest.put32(0);
  expect(guest.wasi("sock_accept", listener, 0, out)).toBe(0);
  return { listener, client, server: guest.view.getUint32(out, true) };
}

const connected = (): Guest => realGuest("--allow-net=127.0.0.1");

describe.each([
  ["sock_accept", [0, 64]],
  ["sock_recv", [64, 1, 0, 64, 64]],
  ["sock_send", [64, 1, 0, 64]],
  ["sock_shutdown", [1]],
])("%s", (call, args) => {
  it("is BADF for what is not open, and NOTSOCK for what is no socket", () => {
    const guest = guestOf();
    expect(guest.wasi(call, NO_SUCH_FD, ...args)).toBe(8);
    expect(guest.wasi(call, 1, ...args)).toBe(57);
    expect(guest.kernel.calls()).toEqual([]);
  });
});

describe("sock_accept", () => {
  it("gives a connection that does not block if that is asked for", () => {
    const guest = guestOf();
    const listener = guest.tcp();
    const out = guest.put32(0);
    expect(guest.wasi("sock_accept", listener, 4, out)).toBe(0);
    expect(guest.view.getUint32(out, true)).toBe(4);
    expect(guest.kernel.calls("accept4")).toEqual([[FIRST_HOST_FD, SOCK_NONBLOCK | SOCK_CLOEXEC]]);
  });

  it("claims its result before a connection is taken, and refuses other flags", () => {
    const guest = guestOf();
    const listener = guest.tcp();
    expect(guest.wasi("sock_accept", listener, 0, BAD_POINTER)).toBe(21);
    expect(guest.wasi("sock_accept", listener, 1, 64)).toBe(28);
    expect(guest.kernel.calls("accept4")).toEqual([]);
  });

  it("passes the kernel's errno on", () => {
    const guest = guestOf("", { accept4: -EAGAIN });
    expect(guest.wasi("sock_accept", guest.tcp(), 0, 64)).toBe(6);
  });
});

describe("sock_send and sock_recv", () => {
  it("move the pieces of a vector", () => {
    const guest = connected();
    const { client, server } = pair(guest);
    const [sent, received, flags] = [guest.put32(0), guest.put32(0), guest.put32(-1)];
    const data = guest.putIovecs([guest.put("hel"), 3], [guest.put("lo"), 2]);
    expect(guest.wasi("sock_send", client, data, 2, 0, sent)).toBe(0);
    const [one, two] = [guest.allocate(8), guest.allocate(8)];
    const pieces = guest.putIovecs([one, 1], [two, 8]);
    // PEEK (1) leaves the data for the next call.
    for (const peek of [1, 0]) {
      expect(guest.wasi("sock_recv", server, pieces, 2, peek, received, flags)).toBe(0);
      expect([sent, received].map((at) => guest.view.getUint32(at, true))).toEqual([5, 5]);
      expect(guest.text(one, 1) + guest.text(two, 4)).toBe("hello");
    }
    expect(guest.view.getUint16(flags, true)).toBe(0);
  });

  it("wait for all of it with WAITALL", () => {
    const guest = guestOf();
    guest.wasi("sock_recv", guest.tcp(), 64, 1, 3, 64, 64);
    expect(guest.kernel.calls("recvv")).toEqual([[FIRST_HOST_FD, 64, 1, MSG_PEEK | MSG_WAITALL]]);
  });

  it("tell that a datagram was cut", () => {
    const guest = connected();
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.sendTo(fd, `127.0.0.1:${guest.portOf(fd)}`, "hello");
    const [received, flags] = [guest.put32(0), guest.put32(0)];
    expect(guest.wasi("sock_recv", fd, guest.putIovecs([64, 2]), 1, 0, received, flags)).toBe(0);
    expect([guest.view.getUint32(received, true), guest.view.getUint16(flags, true)]).toEqual([2, 1]);
  });

  it("refuse flags that preview1 lacks", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    for (const flags of [4, 8, -1]) expect(guest.wasi("sock_recv", fd, 64, 1, flags, 64, 64)).toBe(28);
    expect(guest.wasi("sock_send", fd, 64, 1, 1, 64)).toBe(28);
    expect([guest.kernel.calls("recvv"), guest.kernel.calls("sendv")]).toEqual([[], []]);
  });

  it("claim their results before data moves", () => {
    const guest = guestOf();
    const fd = guest.tcp();
    expect(guest.wasi("sock_recv", fd, 64, 1, 0, BAD_POINTER, 64)).toBe(21);
    expect(guest.wasi("sock_recv", fd, 64, 1, 0, 64, PAGE - 1)).toBe(21);
    expect(guest.wasi("sock_send", fd, 64, 1, 0, BAD_POINTER)).toBe(21);
    expect([guest.kernel.calls("recvv"), guest.kernel.calls("sendv")]).toEqual([[], []]);
  });

  it("pass the kernel's errno on", () => {
    const guest = guestOf("", { recvv: -ECONNRESET, sendv: -EPIPE });
    expect(guest.wasi("sock_recv", guest.tcp(), 64, 1, 0, 64, 64)).toBe(15);
    expect(guest.wasi("sock_send", guest.tcp(), 64, 1, 0, 64)).toBe(64);
  });
});

describe("sock_shutdown", () => {
  it.each([
    [1, SHUT_RD],
    [2, SHUT_WR],
    [3, SHUT_RDWR],
  ])("maps how=%i to Linux's %i", (how, linux) => {
    const guest = guestOf();
    expect(guest.wasi("sock_shutdown", guest.tcp(), how)).toBe(0);
    expect(guest.kernel.calls("shutdown")).toEqual([[FIRST_HOST_FD, linux]]);
  });

  it.each([0, 4, -1])("is INVAL for how=%i", (how) => {
    const guest = guestOf();
    expect(guest.wasi("sock_shutdown", guest.tcp(), how)).toBe(28);
    expect(guest.kernel.calls("shutdown")).toEqual([]);
  });

  it("ends what the peer receives", () => {
    const guest = connected();
    const { client, server } = pair(guest);
    // Loopback delivers the end at once; a peer that is still open shows as AGAIN then, not as a wait without end.
    expect(guest.wasi("fd_fdstat_set_flags", server, 4)).toBe(0);
    expect(guest.wasi("sock_shutdown", client, 2)).toBe(0);
    const received = guest.put32(9);
    expect(guest.wasi("sock_recv", server, guest.putIovecs([64, 8]), 1, 0, received, guest.allocate(2))).toBe(0);
    expect(guest.view.getUint32(received, true)).toBe(0);
  });
});
