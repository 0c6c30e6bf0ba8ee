import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { SysResult } from "../../host/core/errno.js";
import type { Kernel } from "../../host/core/kernel.js";
import {
  CLOCK_REALTIME,
  EBADF,
  EFAULT,
  EINVAL,
  EMSGSIZE,
  ENOTSOCK,
  MSG_DONTWAIT,
  O_NONBLOCK,
  SHUT_WR,
} from "../../host/core/linux.generated.js";
import { openKernel } from "../../host/kernel/open-kernel.js";
import { PAGE, useRig } from "./rig.js";

const rig = useRig();

type Call = (kernel: Kernel, hostFd: number, pointer: number, count: number) => SysResult;

/** Calls on a buffer of `count` bytes. */
const BUFFER_CALLS: Record<string, Call> = {
  read: (kernel, hostFd, pointer, count) => kernel.read(hostFd, pointer, count),
  write: (kernel, hostFd, pointer, count) => kernel.write(hostFd, pointer, count),
  recv: (kernel, hostFd, pointer, count) => kernel.recv(hostFd, pointer, count, MSG_DONTWAIT),
  send: (kernel, hostFd, pointer, count) => kernel.send(hostFd, pointer, count, MSG_DONTWAIT),
  recvfrom: (kernel, hostFd, pointer, count) => kernel.recvfrom(hostFd, pointer, count, MSG_DONTWAIT, 0, 0),
  sendto: (kernel, hostFd, pointer, count) => kernel.sendto(hostFd, pointer, count, MSG_DONTWAIT),
  getrandom: (kernel, _hostFd, pointer, count) => kernel.getrandom(pointer, count),
};

/** Calls on an array of `count` iovecs. */
const IOVEC_CALLS: Record<string, Call> = {
  readv: (kernel, hostFd, pointer, count) => kernel.readv(hostFd, pointer, count),
  writev: (kernel, hostFd, pointer, count) => kernel.writev(hostFd, pointer, count),
  recvv: (kernel, hostFd, pointer, count) => kernel.recvv(hostFd, pointer, count, MSG_DONTWAIT),
  sendv: (kernel, hostFd, pointer, count) => kernel.sendv(hostFd, pointer, count, MSG_DONTWAIT),
};

/** Calls that store a u64. */
const U64_CALLS: Record<string, Call> = {
  clockGettime: (kernel, _hostFd, pointer) => kernel.clockGettime(CLOCK_REALTIME, pointer),
  clockGetres: (kernel, _hostFd, pointer) => kernel.clockGetres(CLOCK_REALTIME, pointer),
};

/** A socket on which nothing waits, arrives or leaves, so that a call can only fault or not. */
function inertSocket(): number {
  const [client] = rig.pair();
  expect(rig.kernel.setStatusFlags(client, O_NONBLOCK)).toBe(0);
  expect(rig.kernel.shutdown(client, SHUT_WR)).toBe(0);
  return client;
}

const OUTSIDE: [pointer: number, count: number][] = [
  [PAGE, 1],
  [PAGE - 1, 2],
  [PAGE + 1, 0],
  [-1, 0],
  [-1, 1],
  [0xffffffff, 0xffffffff],
  [0, PAGE + 1],
  [1, -1],
  [-2147483648, 1],
  [PAGE, 0xffffffff - PAGE + 1],
];
const INSIDE: [pointer: number, count: number][] = [
  [0, 0],
  [PAGE, 0],
  [PAGE - 1, 1],
  [0, PAGE],
];

describe.each(Object.entries(BUFFER_CALLS))("%s", (_name, call) => {
  it.each(OUTSIDE)("answers EFAULT for pointer %i and count %i", (pointer, count) => {
    expect(call(rig.kernel, inertSocket(), pointer, count)).toBe(-EFAULT);
  });

  it.each(INSIDE)("does not for pointer %i and count %i", (pointer, count) => {
    expect(call(rig.kernel, inertSocket(), pointer, count)).not.toBe(-EFAULT);
  });

  it("faults exactly where arithmetic without limits says so", () => {
    const fd = inertSocket();
    fc.assert(
      fc.property(edgy(), edgy(), (pointer, count) => {
        const outside = BigInt(pointer) + BigInt(count) > BigInt(PAGE);
        expect(call(rig.kernel, fd, pointer | 0, count) === -EFAULT).toBe(outside);
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(Object.entries(U64_CALLS))("%s", (_name, call) => {
  it("needs 8 bytes", () => {
    expect(call(rig.kernel, 0, PAGE - 8, 0)).toBe(0);
    for (const pointer of [PAGE - 7, PAGE, PAGE + 1, -1, -8, -2147483648]) {
      expect(call(rig.kernel, 0, pointer, 0)).toBe(-EFAULT);
    }
  });
});

describe.each(Object.entries(IOVEC_CALLS))("%s", (name, call) => {
  it("checks the array and each of its entries", () => {
    const fd = inertSocket();
    fc.assert(
      fc.property(edgy(), fc.array(fc.tuple(edgy(), edgy()), { maxLength: 6 }), (at, iovecs) => {
        new Uint8Array(rig.memory.buffer).fill(0);
        storeIovecs(at, iovecs);
        const arrayOutside = BigInt(at) + BigInt(iovecs.length * 8) > BigInt(PAGE);
        const outside = arrayOutside || iovecs.some(([pointer, size]) => BigInt(pointer) + BigInt(size) > BigInt(PAGE));
        expect(call(rig.kernel, fd, at | 0, iovecs.length) === -EFAULT).toBe(outside);
      }),
      { numRuns: 500 },
    );
  });

  it("takes at most 1024 entries", () => {
    const tooMany = name === "readv" || name === "writev" ? EINVAL : EMSGSIZE;
    const fd = inertSocket();
    expect(call(rig.kernel, fd, 0, 1025)).toBe(-tooMany);
    expect(call(rig.kernel, fd, 0, -1)).toBe(-tooMany);
    expect([-tooMany, -EFAULT]).not.toContain(call(rig.kernel, fd, 0, 1024));
  });
});

describe("a bad descriptor", () => {
  const calls = { ...BUFFER_CALLS, ...IOVEC_CALLS };
  const { getrandom: _, ...onDescriptors } = calls;

  it.each(Object.entries(onDescriptors))("comes before a bad pointer in %s", (_name, call) => {
    expect(call(rig.kernel, -1, -1, 1)).toBe(-EBADF);
  });

  it.each(["recv", "send", "recvfrom", "sendto", "recvv", "sendv"])("is one that is no socket in %s", (name) => {
    expect(calls[name]?.(rig.kernel, rig.cancelFd, -1, 1)).toBe(-ENOTSOCK);
  });
});

describe("linear memory", () => {
  it("may grow between calls", () => {
    const { kernel, memory } = rig;
    const [client, server] = rig.pair();
    expect(kernel.recv(server, PAGE, 3, MSG_DONTWAIT)).toBe(-EFAULT);
    for (let pages = 1; pages < 100; pages++) {
      memory.grow(1);
      const last = pages * PAGE + PAGE - 3;
      new Uint8Array(memory.buffer).set([1, 2, pages], last);
      expect(kernel.send(client, last, 3, 0)).toBe(3);
      expect(kernel.recv(server, last - 3, 3, 0)).toBe(3);
      expect([...new Uint8Array(memory.buffer, last - 3, 3)]).toEqual([1, 2, pages]);
    }
  });

  it.each(Object.entries({ ...BUFFER_CALLS, ...U64_CALLS }))("has grown when %s comes first", (_name, call) => {
    const fd = inertSocket();
    rig.memory.grow(1);
    expect(call(rig.kernel, fd, PAGE, 8)).not.toBe(-EFAULT);
  });

  it.each(Object.entries(IOVEC_CALLS))("has grown when %s comes first", (_name, call) => {
    const fd = inertSocket();
    rig.memory.grow(1);
    storeIovecs(PAGE, [[PAGE, PAGE]]);
    expect(call(rig.kernel, fd, PAGE, 1)).not.toBe(-EFAULT);
  });

  it("may be empty, replaced, or not there yet", () => {
    const kernel = openKernel(-1);
    expect(kernel.getrandom(0, 1)).toBe(-EFAULT);
    expect(kernel.getrandom(0, 0)).toBe(0);
    const empty = new WebAssembly.Memory({ initial: 0, maximum: 1 });
    kernel.attach(empty);
    expect(kernel.getrandom(0, 0)).toBe(0);
    expect(kernel.getrandom(0, 1)).toBe(-EFAULT);
    empty.grow(1);
    expect(kernel.getrandom(0, PAGE)).toBe(0);
    kernel.attach(new WebAssembly.Memory({ initial: 2 }));
    expect(kernel.getrandom(PAGE, PAGE)).toBe(0);
  });

  it("must not be shared", () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    expect(() => rig.kernel.attach(shared)).toThrow(TypeError);
    expect(() => rig.kernel.attach(shared)).toThrow("shared memory");
  });
});

/** Any u32, mostly near the edges of the memory and of the type. */
function edgy(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 0, max: 64 }),
    fc.integer({ min: PAGE - 64, max: PAGE + 64 }),
    fc.integer({ min: 0, max: PAGE }),
    fc.integer({ min: 0x7fffffc0, max: 0x80000040 }),
    fc.integer({ min: 0xffffffc0, max: 0xffffffff }),
    fc.integer({ min: 0, max: 0xffffffff }),
  );
}

/** Stores what fits; entries may overwrite nothing else, since the rest of the memory is zero. */
function storeIovecs(at: number, iovecs: [pointer: number, size: number][]): void {
  const view = new DataView(rig.memory.buffer);
  for (const [index, [pointer, size]] of iovecs.entries()) {
    const entry = at + index * 8;
    if (entry + 8 > view.byteLength) return;
    view.setUint32(entry, pointer, true);
    view.setUint32(entry + 4, size, true);
  }
}
