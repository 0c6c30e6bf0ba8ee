import type { Kernel } from "../core/kernel.js";

/** The kernel with some of its calls replaced. All else, and what it holds, is its own. */
export function overridden(kernel: Kernel, calls: Partial<Kernel>): Kernel {
  return Object.create(kernel, Object.getOwnPropertyDescriptors(calls)) as Kernel;
}
