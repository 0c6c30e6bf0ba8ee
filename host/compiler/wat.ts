import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Build, Inputs } from "./build-cache.js";
import { escapeControls } from "./diagnostics.js";
import { displayPath } from "./display-path.js";
import { CompileError } from "./program-error.js";

// Beyond what wabt enables by itself: finished proposals that every Node we run on understands.
const FEATURES = { exceptions: true, extended_const: true, tail_call: true, threads: true };

// wabt garbles names outside ASCII: the real one is put into the report.
const PLACEHOLDER = "wat";

/** Turns the WebAssembly text file at `path` into a module that keeps the text's names. */
export async function compileWat(path: string, inputs: Inputs): Promise<Build> {
  inputs.read(fileURLToPath(import.meta.url));
  inputs.read(createRequire(import.meta.url).resolve("wabt/package.json"));
  // A copy, because wabt reads all of the memory that a view is a part of.
  const text = new Uint8Array(inputs.read(path) ?? []);
  const wabt = await (await import("wabt")).default();

  try {
    const module = wabt.parseWat(PLACEHOLDER, text, FEATURES);
    try {
      module.resolveNames();
      module.validate();
      return { wasm: module.toBinary({ write_debug_names: true }).buffer, sourceMap: null };
    } finally {
      module.destroy();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const name = escapeControls(displayPath(path));
    // The first line only names wabt's own function.
    const report = escapeControls(error.message.replace(/^\w+ failed:\n/, "").trimEnd());
    throw new CompileError(
      `cannot compile '${name}'`,
      report.replace(/^wat(?=:\d+:\d+: )/gm, () => name),
    );
  }
}
