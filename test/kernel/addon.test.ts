import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";

import { EBADF } from "../../host/core/linux.generated.js";
import { loadAddon, requireAddon } from "../../host/kernel/addon.js";
import { closeCancel, createCancel, fireCancel } from "../../host/kernel/cancel.js";
import { openKernel } from "../../host/kernel/open-kernel.js";

/** The addon as careless JavaScript sees it. */
interface Untyped {
  openContext(...args: unknown[]): { attach(value: unknown): number };
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

describe("the addon", () => {
  it("says how to build it when it is missing", () => {
    expect(() => requireAddon("/nonexistent/sockyard.node")).toThrow(
      "the addon /nonexistent/sockyard.node is missing: run npm run build:native",
    );
  });

  it("refuses what is no bytes", () => {
    const addon = loadAddon() as unknown as Untyped;
    expect(() => addon.openContext("bytes", -1)).toThrow(TypeError);
    expect(() => addon.openContext(new Uint8Array(10), -1)).toThrow("mailbox");
    expect(() => addon.openContext(new Uint8Array(new ArrayBuffer(1728), 1), -1)).toThrow("mailbox");
    expect(() => addon.openContext(new Uint8Array(1720))).toThrow("A number was expected");
    const context = addon.openContext(new Uint8Array(1720), -1);
    for (const value of [undefined, 3, {}, new ArrayBuffer(8), new DataView(new ArrayBuffer(8)), new Int8Array(8)]) {
      expect(() => context.attach(value)).toThrow(TypeError);
    }
  });

  it("refuses integers that are none", () => {
    const { listen, socket } = openKernel(-1);
    const call = listen as unknown as (...args: unknown[]) => number;
    expect(() => call(-1)).toThrow("A number was expected");
    expect(() => call("1", 0)).toThrow(TypeError);
    expect(() => (socket as unknown as () => number)()).toThrow(TypeError);
    expect(call(-1, 0)).toBe(-EBADF);
  });

  it("keeps a context for as long as one of its functions", () => {
    const kept = Array.from({ length: 200 }, () => openKernel(-1).read);
    for (let i = 0; i < 2000; i++) openKernel(-1).attach(new WebAssembly.Memory({ initial: 0 }));
    collectGarbage();
    for (const read of kept) expect(read(-1, 0, 0)).toBe(-EBADF);
  });

  it("cancels by a descriptor that can be fired and closed", () => {
    const cancelFd = createCancel();
    expect(fireCancel(cancelFd)).toBe(0);
    const kernel = openKernel(cancelFd);
    expect(fireCancel(cancelFd)).toBe(0);
    expect(kernel.poll(new Uint8Array(0), 0, 0)).toBe(0);
    expect(closeCancel(cancelFd)).toBe(0);
    expect(closeCancel(cancelFd)).toBe(-EBADF);
    expect(fireCancel(cancelFd)).toBe(-EBADF);
    expect(() => openKernel(cancelFd)).toThrow(TypeError);
  });
});
