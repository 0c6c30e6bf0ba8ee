import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Asks C: compiles a program of this folder, runs it once with `questions` as its input, and returns its lines. */
export function askC(questions: readonly string[], name = "oracle.c"): string[] {
  const command = (program: string) => [process.env.CC ?? "cc", "-Wall", "-Wextra", "-Werror", "-o", program];
  return ask(questions, (program) => [...command(program), join(import.meta.dirname, name)]);
}

/** Asks Go in the same way. */
export function askGo(questions: readonly string[], name: string): string[] {
  return ask(questions, (program) => ["go", "build", "-o", program, join(import.meta.dirname, name)]);
}

function ask(questions: readonly string[], build: (program: string) => string[]): string[] {
  const directory = mkdtempSync(join(tmpdir(), "sockyard-oracle-"));
  try {
    const program = join(directory, "oracle");
    const [compiler = "", ...args] = build(program);
    execFileSync(compiler, args);
    const input = `${questions.join("\n")}\n`;
    return execFileSync(program, { input, encoding: "utf8", maxBuffer: 1 << 26 })
      .trimEnd()
      .split("\n");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The bytes of `text`, as oracle.c takes them. */
export function hex(bytes: string | Uint8Array): string {
  return Buffer.from(bytes as Uint8Array).toString("hex");
}
