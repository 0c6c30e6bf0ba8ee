import { readdirSync, readlinkSync } from "node:fs";
import { afterEach, beforeEach, expect } from "vitest";

import type { Kernel } from "../../host/core/kernel.js";
import { AF_INET, SOCK_DGRAM, SOCK_STREAM } from "../../host/core/linux.generated.js";
import { closeCancel, createCancel } from "../../host/kernel/cancel.js";
import { openKernel } from "../../host/kernel/open-kernel.js";

export const PAGE = 65536;
export const SIZEOF_SOCKADDR_IN = 16;

/** A kernel on one page of real linear memory. */
export interface Rig {
  kernel: Kernel;
  memory: WebAssembly.Memory;
  cancelFd: number;
  /** Asserts that a call gave a descriptor, and closes it after the test. */
  own(hostFd: number): number;
  /** A listening TCP socket; its address is in the slot. */
  listener(): number;
  /** A connected TCP pair. */
  pair(): [number, number];
  /** A UDP socket bound to loopback; its address is in the slot. */
  datagram(): number;
}

/** A rig for each test of a file. Fails the test if sockets are left open after it. */
export function useRig(): Rig {
  const rig = {} as Rig;
  let owned: number[] = [];
  let before: string[] = [];

  beforeEach(() => {
    before = openSockets();
    rig.cancelFd = createCancel();
    rig.kernel = openKernel(rig.cancelFd);
    rig.memory = new WebAssembly.Memory({ initial: 1, maximum: 100 });
    rig.kernel.attach(rig.memory);
  });
  afterEach(() => {
    for (const hostFd of owned) expect(rig.kernel.close(hostFd)).toBe(0);
    owned = [];
    expect(closeCancel(rig.cancelFd)).toBe(0);
    expect(openSockets()).toEqual(before);
  });

  rig.own = (hostFd) => {
    expect(hostFd).toBeGreaterThanOrEqual(0);
    owned.push(hostFd);
    return hostFd;
  };
  rig.listener = () => {
    const fd = bound(rig, SOCK_STREAM);
    expect(rig.kernel.listen(fd, 8)).toBe(0);
    return fd;
  };
  rig.pair = () => {
    const listener = rig.listener();
    const client = rig.own(rig.kernel.socket(AF_INET, SOCK_STREAM, 0));
    expect(rig.kernel.connect(client)).toBe(0);
    return [client, rig.own(rig.kernel.accept4(listener, 0))];
  };
  rig.datagram = () => bound(rig, SOCK_DGRAM);
  return rig;
}

/** Puts 127.0.0.1 and `port` into the slot. */
export function setLoopback({ address }: Kernel, port: number): void {
  address.bytes.fill(0);
  address.bytes.set([AF_INET, 0, port >> 8, port & 255, 127, 0, 0, 1]);
  address.length = SIZEOF_SOCKADDR_IN;
}

function bound(rig: Rig, type: number): number {
  const fd = rig.own(rig.kernel.socket(AF_INET, type, 0));
  setLoopback(rig.kernel, 0);
  expect(rig.kernel.bind(fd)).toBe(0);
  expect(rig.kernel.getsockname(fd)).toBe(0);
  return fd;
}

/** Sockets only: the test runner opens and closes files of its own at any time. */
function openSockets(): string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return ""; // the descriptor of this very listing
      }
    })
    .filter((link) => link.startsWith("socket:"))
    .sort();
}
