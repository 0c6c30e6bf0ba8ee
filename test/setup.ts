import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** The file that says, by being there, that the guest programs are compiled. */
export const COMPILED = "guests-compiled";

/**
 * Gives one run of the tests a cache of compiled programs and a `sockyard` on the PATH.
 *
 * Every test process inherits both. The cache is filled beside the tests that
 * need no guests; test/cli/sockyard.ts waits for it.
 */
export default function setup(): () => Promise<void> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-test-"));
  process.env.XDG_CACHE_HOME = directory;
  process.env.PATH = [makeCommand(directory), process.env.PATH].join(delimiter);
  const compiler = spawn(process.execPath, [join(import.meta.dirname, "compile-guests.js")], { stdio: "inherit" });
  // After a failure, too: the tests then compile for themselves and show what is wrong.
  const compiled = new Promise<void>((resolveCompiled) => {
    compiler.on("close", () => {
      writeFileSync(join(directory, COMPILED), "");
      resolveCompiled();
    });
  });
  return async () => {
    compiler.kill();
    await compiled;
    rmSync(directory, { recursive: true, force: true });
  };
}

function makeCommand(directory: string): string {
  const bin = join(directory, "bin");
  const command = join(bin, "sockyard");
  const main = resolve(import.meta.dirname, "../build/bin/sockyard.cjs");
  mkdirSync(bin);
  // exec: the process that a test starts is the one that it ends.
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(command, 0o755);
  return bin;
}
