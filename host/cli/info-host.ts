import { release } from "node:os";
import { hostFeatures, secondWallFlaws } from "../runtime/host-features.js";
import { isolationFlaw } from "../runtime/isolate.js";
import { writeOutput } from "./message.js";

/** Prints what this machine has for sandboxes; the exit code of the command. */
export function infoHost(version: string): number {
  const { landlock, filter, openat2 } = hostFeatures();
  const network = isolationFlaw();
  const flaws = secondWallFlaws();
  const facts: readonly (readonly [string, string])[] = [
    ["sockyard", version],
    ["kernel", `Linux ${release()} ${process.arch}`],
    ["node", process.version],
    ["landlock", landlock === null ? "no" : `ABI ${landlock}`],
    ["seccomp", filter ? "yes" : "no"],
    ["openat2", openat2 ? "yes" : "no: paths are followed name by name"],
    ["own networks", network === null ? "yes" : `no: ${network}`],
    ["second wall", flaws.length === 0 ? "whole" : "in part"],
  ];
  const lines = facts.map(([name, fact]) => `${name.padEnd(14)}${fact}`);
  writeOutput(`${[...lines, ...flaws.map((flaw) => `${" ".repeat(14)}${flaw}`)].join("\n")}\n`);
  return 0;
}
