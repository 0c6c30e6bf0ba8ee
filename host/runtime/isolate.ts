import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { errnoName } from "../core/errno.js";
import { endWithParent, execute, ISOLATE } from "../kernel/execute.js";
import { RuntimeError } from "./runtime-error.js";

/**
 * Whether this process, or the one that started it for that, was put into a network of its own.
 *
 * @param mark `SOCKYARD_ISOLATED`: the process and its network; one that was inherited from elsewhere names others
 */
export function isIsolated(mark: string | undefined): boolean {
  const [process_ = "", network = ""] = mark?.split(" ") ?? [];
  if (network !== readlinkSync("/proc/self/ns/net")) return false;
  if (Number(process_) === process.pid) return true;
  return Number(process_) === process.ppid && endWithParent(process.ppid) === 0;
}

/**
 * Starts this process over, in a network of its own, with the command line that it has.
 *
 * @param kept descriptors that it takes along
 */
export function isolate(command: readonly string[], kept: readonly number[]): never {
  const status = execute([ISOLATE, ...command], kept);
  throw new RuntimeError("ERR_ISOLATE", `cannot run ${ISOLATE}`, [errnoName(-status)], "npm run build:native");
}

/** Why no network of its own can be had here, in the words of the program that tries; null if it can. */
export function isolationFlaw(): string | null {
  const { status, stderr } = spawnSync(ISOLATE, { encoding: "utf8" });
  if (status === 0) return null;
  return stderr?.split("\n")[1]?.trim() || `${ISOLATE} is missing`;
}
