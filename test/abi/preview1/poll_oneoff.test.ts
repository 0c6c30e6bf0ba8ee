import { describe, expect, it } from "vitest";
import { EINTR, EINVAL, POLLIN } from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { CREAT, READ_WRITE, useFiles } from "../../fakes/files.js";
import { type Guest, guestOf, realGuest } from "../../fakes/guest.js";

watchDescriptors();

const [MONOTONIC, REALTIME] = [1, 0];
const [CLOCK, FD_READ, FD_WRITE] = [0, 1, 2];
const ABSOLUTE = 1;
const [BADF, INVAL] = [8, 28];

type Subscription =
  | { readonly tag: 0; readonly clock: number; readonly timeout: bigint; readonly flags?: number }
  | { readonly tag: number; readonly fd: number };

interface Event {
  readonly userdata: bigint;
  readonly error: number;
  readonly type: number;
  readonly nbytes: bigint;
  readonly flags: number;
}

/** Calls poll_oneoff; the subscriptions' user data counts from 100. */
function poll(guest: Guest, ...subscriptions: Subscription[]): { result: number; events: Event[] } {
  const input = guest.put(new Uint8Array(subscriptions.length * 48));
  const output = guest.put(new Uint8Array(subscriptions.length * 32).fill(0xaa));
  const nevents = guest.put32(0);
  const { view } = guest;
  subscriptions.forEach((subscription, i) => {
    const at = input + i * 48;
    view.setBigUint64(at, BigInt(100 + i), true);
    view.setUint8(at + 8, subscription.tag);
    if ("fd" in subscription) view.setInt32(at + 16, subscription.fd, true);
    else {
      view.setUint32(at + 16, subscription.clock, true);
      view.setBigUint64(at + 24, subscription.timeout, true);
      view.setUint16(at + 40, subscription.flags ?? 0, true);
    }
  });
  const result = guest.wasi("poll_oneoff", input, output, subscriptions.length, nevents);
  const events = Array.from({ length: view.getUint32(nevents, true) }, (_, i): Event => {
    const at = output + i * 32;
    return {
      userdata: view.getBigUint64(at, true),
      error: view.getUint16(at + 8, true),
      type: view.getUint8(at + 10),
      nbytes: view.getBigUint64(at + 16, true),
      flags: view.getUint16(at + 24, true),
    };
  });
  return { result, events };
}

const clockEvent = (userdata: bigint, error = 0): Event => ({ userdata, error, type: CLOCK, nbytes: 0n, flags: 0 });

function readyDatagram(guest: Guest): { ready: number; idle: number } {
  const [ready, idle] = [guest.udp(), guest.udp()];
  guest.bind(ready, "127.0.0.1:0");
  guest.bind(idle, "127.0.0.1:0");
  guest.sendTo(idle, `127.0.0.1:${guest.portOf(ready)}`, "hello");
  return { ready, idle };
}

const withNetwork = (): Guest => realGuest("--allow-net=127.0.0.1");

describe("poll_oneoff", () => {
  it.each([0, -1, 65537])("is INVAL for %i subscriptions", (count) => {
    expect(guestOf().wasi("poll_oneoff", 0, 0, count, 0)).toBe(INVAL);
  });

  it("waits for a clock", () => {
    const start = performance.now();
    const { result, events } = poll(realGuest(), { tag: 0, clock: MONOTONIC, timeout: 20_000_000n });
    expect([result, events]).toEqual([0, [clockEvent(100n)]]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(19);
  });

  it("waits for the first of several clocks, and tells of it alone", () => {
    const { events } = poll(
      realGuest(),
      { tag: 0, clock: MONOTONIC, timeout: 60_000_000_000n },
      { tag: 0, clock: REALTIME, timeout: 1_000_000n },
    );
    expect(events).toEqual([clockEvent(101n)]);
  });

  it.each([
    ["monotonic", MONOTONIC, () => process.hrtime.bigint()],
    ["real", REALTIME, () => BigInt(Date.now()) * 1_000_000n],
  ])("waits until an absolute time of the %s clock", (_, clock, now) => {
    const start = performance.now();
    const { events } = poll(
      realGuest(),
      { tag: 0, clock, timeout: now() + 20_000_000n, flags: ABSOLUTE },
      // What ends the wait if the time is taken for one of another clock.
      { tag: 0, clock: MONOTONIC, timeout: 5_000_000_000n },
    );
    expect(events).toEqual([clockEvent(100n)]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(15);
  });

  it("does not wait for an absolute time that has passed", () => {
    const { events } = poll(realGuest(), { tag: 0, clock: MONOTONIC, timeout: 1n, flags: ABSOLUTE });
    expect(events).toEqual([clockEvent(100n)]);
  });

  it("takes files, sockets and clocks together: a file is always ready", () => {
    const files = useFiles((inside) => `--dir=${inside} --allow-net=127.0.0.1`);
    const fd = files.opened("file", { oflags: CREAT, rights: READ_WRITE });
    files.write(fd, "12345");
    files.guest.wasi("fd_seek", fd, 2n, 0, 64);
    const { ready, idle } = readyDatagram(files.guest);
    const { result, events } = poll(
      files.guest,
      { tag: 0, clock: MONOTONIC, timeout: 60_000_000_000n },
      { tag: FD_READ, fd: idle },
      { tag: FD_READ, fd },
      { tag: FD_WRITE, fd },
      { tag: FD_READ, fd: ready },
      { tag: FD_READ, fd: 3 },
    );
    expect(result).toBe(0);
    expect(events.map(({ userdata, error, nbytes }) => [userdata, error, nbytes])).toEqual([
      [102n, 0, 3n],
      [103n, 0, 0n],
      [104n, 0, 5n],
      [105n, 0, expect.any(BigInt)],
    ]);
  });

  it("takes the largest timeout for one that does not come", () => {
    const guest = withNetwork();
    const { ready } = readyDatagram(guest);
    const { events } = poll(guest, { tag: 0, clock: MONOTONIC, timeout: 2n ** 64n - 1n }, { tag: FD_READ, fd: ready });
    expect(events.map(({ userdata }) => userdata)).toEqual([101n]);
  });

  it.each([2, 3, 4, -1])("tells INVAL in the event of clock %i, which cannot be waited for", (clock) => {
    const { result, events } = poll(realGuest(), { tag: 0, clock, timeout: 60_000_000_000n });
    expect([result, events]).toEqual([0, [clockEvent(100n, INVAL)]]);
  });

  it("tells which descriptors are ready, and how much there is to read", () => {
    const guest = withNetwork();
    const { ready, idle } = readyDatagram(guest);
    const { events } = poll(
      guest,
      { tag: FD_READ, fd: idle },
      { tag: FD_READ, fd: ready },
      { tag: FD_WRITE, fd: idle },
    );
    expect(events).toEqual([
      { userdata: 101n, error: 0, type: FD_READ, nbytes: 5n, flags: 0 },
      { userdata: 102n, error: 0, type: FD_WRITE, nbytes: 0n, flags: 0 },
    ]);
  });

  it("gives a clock's event alone when no descriptor is ready in time", () => {
    const guest = withNetwork();
    const { idle } = readyDatagram(guest);
    const { events } = poll(guest, { tag: FD_READ, fd: idle }, { tag: 0, clock: MONOTONIC, timeout: 1_000_000n });
    expect(events).toEqual([clockEvent(101n)]);
  });

  it("gives a descriptor's event alone when the clock has not fired", () => {
    const guest = withNetwork();
    const { ready } = readyDatagram(guest);
    const { events } = poll(guest, { tag: 0, clock: MONOTONIC, timeout: 60_000_000_000n }, { tag: FD_READ, fd: ready });
    expect(events.map(({ userdata }) => userdata)).toEqual([101n]);
  });

  it("tells of a peer that hung up", () => {
    const guest = withNetwork();
    const [listener, client] = [guest.tcp(), guest.tcp()];
    guest.bind(listener, "127.0.0.1:0");
    guest.call("listen", listener, 1);
    guest.connect(client, `127.0.0.1:${guest.portOf(listener)}`);
    guest.call("close", guest.call("accept", listener, 0, 0));
    const { events } = poll(guest, { tag: FD_READ, fd: client });
    expect(events).toEqual([{ userdata: 100n, error: 0, type: FD_READ, nbytes: 0n, flags: 1 }]);
  });

  it.each([77, -1, 2 ** 31 - 1])("tells BADF in the event of descriptor %i, and does not wait", (fd) => {
    const { result, events } = poll(
      realGuest(),
      { tag: FD_READ, fd },
      { tag: 0, clock: MONOTONIC, timeout: 60_000_000_000n },
    );
    expect(result).toBe(0);
    expect(events).toMatchObject([{ userdata: 100n, error: BADF, type: FD_READ }]);
  });

  it("tells INVAL in the event of a subscription of no known kind", () => {
    const { result, events } = poll(realGuest(), { tag: 3, fd: 1 });
    expect(result).toBe(0);
    expect(events).toMatchObject([{ userdata: 100n, error: INVAL, type: 3 }]);
  });

  it("tells that there is nothing to read where the kernel cannot say", () => {
    const guest = guestOf("", { available: -EINVAL, poll: (pollfds) => pollfds.fill(POLLIN, 6, 7) && 1 });
    expect(poll(guest, { tag: FD_READ, fd: guest.tcp() }).events).toMatchObject([
      { userdata: 100n, error: 0, nbytes: 0n },
    ]);
  });

  it("passes the kernel's errno on", () => {
    const guest = guestOf("", { poll: -EINTR });
    expect(poll(guest, { tag: FD_READ, fd: guest.tcp() }).result).toBe(27);
  });
});
