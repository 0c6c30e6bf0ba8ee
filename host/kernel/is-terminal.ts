import { loadAddon } from "./addon.js";

/** Tells whether `hostFd` is a terminal, as `node:tty` does, which takes 4 ms to load. isatty(3) */
export function isTerminal(hostFd: number): boolean {
  return loadAddon().isTerminal(hostFd) === 1;
}
