import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const REFUSED: readonly (readonly [path: string, source: string, reason: string])[] = [
  ["host/core/a.ts", 'export * from "../kernel/open-kernel.js";', "core imports nothing but itself"],
  ["host/core/b.ts", 'export * from "../abi/memory.js";', "core imports nothing but itself"],
  ["host/core/permissions/c.ts", 'export * from "node:fs";', "core imports nothing but itself"],
  ["host/abi/d.ts", 'export * from "./berkeley/imports.js";', "what all ABIs share knows core alone"],
  ["host/abi/berkeley/e.ts", 'export * from "../preview1/errno.js";', "never another ABI"],
  ["host/abi/berkeley/f.ts", 'export * from "../../kernel/open-kernel.js";', "never another ABI"],
  ["host/abi/preview1/g.ts", 'export * from "../berkeley/imports.js";', "never another ABI"],
  ["host/kernel/h.ts", 'export * from "../runtime/run-guest.js";', "kernel knows core alone"],
  ["host/compiler/i.ts", 'export * from "../core/errno.js";', "knows nothing of running it"],
  ["host/runtime/j.ts", 'export * from "../cli/message.js";', "runtime is embedded without the command line"],
  ["host/cli/k.ts", 'export * from "../kernel/cancel.js";', "cli goes through runtime"],
  ["host/runtime/l.ts", "process.exit(1);", "only cli touches process.argv, process.env and process.exit"],
  [
    "host/core/m.ts",
    "export const words = process.argv;",
    "only cli touches process.argv, process.env and process.exit",
  ],
  ["host/runtime/n.ts", "export const home = process.env.HOME;", "noProcessEnv"],
  ["host/core/o.ts", 'export * from "./p.js";', "noImportCycles"],
];

const ACCEPTED: readonly (readonly [path: string, source: string])[] = [
  ["host/core/p.ts", 'export * from "./o.js";\nexport * from "./permissions/ip.js";'],
  ["host/abi/berkeley/q.ts", 'export * from "../../core/kernel.js";\nexport * from "../memory.js";'],
  ["host/kernel/r.ts", 'export * from "../core/errno.js";\nexport * from "node:module";'],
  ["host/cli/s.ts", 'export * from "../runtime/run-guest.js";\nexport const words = process.argv;'],
];

const config = resolve("biome.json");
const plugins = resolve("tools/lint");
const biome = resolve("node_modules/.bin/biome");
let directory: string;
let findings: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sockyard-architecture-"));
  cpSync(config, join(directory, "biome.json"));
  cpSync(plugins, join(directory, "tools/lint"), { recursive: true });
  for (const [path, source] of [...REFUSED, ...ACCEPTED]) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), `${source}\n`);
  }
  const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--colors=off", "host"];
  const { stdout, stderr } = spawnSync(biome, args, { cwd: directory, encoding: "utf8" });
  findings = stdout + stderr;
});

afterAll(() => rmSync(directory, { recursive: true }));

/** What the linter says of one file. */
function findingsIn(path: string): string {
  return findings
    .split(/^(?=host\/)/m)
    .filter((finding) => finding.startsWith(`${path}:`))
    .join("");
}

describe("the check of import directions", () => {
  it.each(REFUSED)("refuses %s: %s", (path, _, reason) => {
    expect(findingsIn(path)).toContain(reason);
  });

  it.each(ACCEPTED)("accepts %s: %s", (path) => {
    expect(findingsIn(path)).not.toMatch(/noRestrictedImports|plugin|noProcessEnv/);
  });
});
