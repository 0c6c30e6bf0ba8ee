import { spawnSync } from "node:child_process";
import { has } from "./sockyard.js";

/** Whether tests can make machines of their own with these commands: networks and files in /etc that nobody else sees. */
export function hasNamespaces(...commands: readonly string[]): boolean {
  if (!has("unshare", "ip", ...commands)) return false;
  const isAllowed = spawnSync("unshare", ["-rmnpf", "--mount-proc", "ip", "link", "set", "lo", "up"]).status === 0;
  // That is the machine's policy, and nothing that could be installed.
  if (!isAllowed) console.warn("skipped: these tests need namespaces, which this machine does not allow");
  return isAllowed;
}
