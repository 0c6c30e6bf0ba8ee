import { readdirSync, readlinkSync } from "node:fs";
import { afterEach, beforeEach, expect } from "vitest";
import { closeRealGuests } from "./guest.js";

/** Closes each test's real guests, and fails the test if a descriptor of theirs is left in this process. */
export function watchDescriptors(): void {
  let before: string[] = [];
  beforeEach(() => {
    before = openDescriptors();
  });
  afterEach(() => {
    closeRealGuests();
    expect(openDescriptors()).toEqual(before);
  });
}

/** Sockets, timers, and directories or files held by O_PATH; the test runner opens and closes others of its own at any time. */
function openDescriptors(): string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return ""; // the descriptor of this very listing
      }
    })
    .filter((link) => link.startsWith("socket:") || link.includes("[timerfd]") || link.includes("/sockyard-test-"))
    .sort();
}
