import { spawnSync } from "node:child_process";

/**
 * Whether all `commands` are installed.
 *
 * For tests that need what is no part of every machine. In CI nothing may be
 * missing, and a test that would be skipped fails instead.
 */
export function has(...commands: readonly string[]): boolean {
  const missing = commands.filter((command) => spawnSync("which", [command]).status !== 0);
  if (missing.length === 0) return true;
  const message = `these tests need ${missing.join(", ")}`;
  if (process.env.CI === "true") throw new Error(message);
  console.warn(`skipped: ${message}`);
  return false;
}
