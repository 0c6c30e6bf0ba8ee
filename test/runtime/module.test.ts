import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

const BUILT = join(import.meta.dirname, "../../build");

// V8 counts how many bytes of code have run, some twenty in each turn.
const PROGRAM = `(module (func (export "spin") (param $turns i32)
  (loop $again
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $again (local.get $turns)))))`;

// As built, because vitest would have compiled modules before. Prints how often V8 let the loop run before it
// optimized it, having had the time to do so after each 20,000 turns.
const SCRIPT = `
  import { setTimeout } from "node:timers/promises";
  const [built, path] = process.argv.slice(1);
  const { loadProgram } = await import(built + "/compiler/load-program.js");
  const { compileModule } = await import(built + "/runtime/module.js");
  const { bytes } = await loadProgram(path, { cacheDirectory: null });
  // With a section named "x": what V8 has made of the same bytes it takes again.
  const otherBytes = Buffer.concat([bytes, Buffer.from([0, 2, 1, 120])]);
  const turnsOf = async (module) => {
    const { spin } = new WebAssembly.Instance(module).exports;
    let turns = 0;
    do {
      spin(20_000);
      turns += 20_000;
      await setTimeout(20);
    } while (%IsLiftoffFunction(spin) && turns < 10_000_000);
    return turns;
  };
  const guest = await turnsOf(compileModule(bytes, null));
  const other = await turnsOf(new WebAssembly.Module(otherBytes));
  console.log(JSON.stringify([guest, other]));
`;

it.runIf(process.versions.v8.startsWith("11."))("has V8 optimize what has run for a while, and not before", () => {
  const directory = mkdtempSync(join(tmpdir(), "sockyard-module-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "spin.wat");
  writeFileSync(path, PROGRAM);
  const args = ["--allow-natives-syntax", "--input-type=module", "-e", SCRIPT, "--", BUILT, path];
  const [guest, other] = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  expect(guest).toBeGreaterThan(3 * other);
  expect(guest).toBeLessThan(10_000_000);
});
