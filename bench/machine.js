import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";

/**
 * The core on which everything that is measured runs: the last that this process may use.
 *
 * Across cores a message costs a wake-up of the other core, which on a virtual
 * machine is most of the time and says nothing about the server.
 */
export const core = lastAllowedCore();

function lastAllowedCore() {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/^Cpus_allowed_list:.*?(\d+)$/m.exec(status)?.[1] ?? 0);
}

/** What `go version` says, or null without a Go. */
export const goVersion = spawnSync("go", ["version"], { encoding: "utf8" }).stdout?.trim() || null;

/**
 * Puts a command on that core.
 *
 * @param {readonly string[]} command
 */
export const pinned = (command) => ["taskset", "-c", String(core), ...command];

/** The machine in a few words: ratios travel, absolute numbers do not. */
export function describeMachine() {
  const compiler = execFileSync(process.env.CC ?? "cc", ["--version"], { encoding: "utf8" }).split("\n")[0];
  const [{ model }] = cpus();
  return [
    `${model}, ${cpus().length} cores, core ${core} used`,
    `Linux ${release()}, Node ${process.version}, ${compiler}`,
    goVersion ?? "no Go here: its rows are left out",
  ];
}
