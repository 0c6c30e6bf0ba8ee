import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadProgram } from "../host/compiler/load-program.js";
import { guest, has, PROJECT, sockyard, temporaryDirectory } from "./cli/sockyard.js";
import { workspace } from "./compiler/workspace.js";

/** What Go 1.19 prints: see test/go/fmt.go. */
const TABLE = readFileSync(join(PROJECT, "test/go/fmt.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

function withoutResult(line: string): string {
  return line.slice(0, line.lastIndexOf("\t"));
}

/** Each case with what the library makes of it. */
async function printed(cases: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await sockyard(["run", guest("go-fmt.ts")], { stdin: `${cases.join("\n")}\n` });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const results = stdout.split("\n");
  return cases.map((line, i) => `${line}\t${results[i]}`);
}

function printedByGo(cases: readonly string[]): string[] {
  const program = join(temporaryDirectory(), "fmt");
  const built = spawnSync("go", ["build", "-o", program, "fmt.go"], {
    cwd: join(PROJECT, "test/go"),
    encoding: "utf8",
  });
  expect(built).toMatchObject({ status: 0, stderr: "" });
  const { stdout } = spawnSync(program, { input: `${cases.join("\n")}\n`, encoding: "utf8", maxBuffer: 64 << 20 });
  return stdout.trimEnd().split("\n");
}

const FLAGS = fc.subarray([..."+- #0"]).map((flags) => flags.join(""));
const SIZE = fc.option(fc.integer({ min: 0, max: 30 }), { nil: "" }).map(String);
const DIRECTIVE = (verbs: string) =>
  fc
    .tuple(FLAGS, SIZE, fc.boolean(), SIZE, fc.constantFrom(...verbs))
    .map(([flags, width, hasDot, digits, verb]) => `%${flags}${width}${hasDot ? `.${digits}` : ""}${verb}|`);
const bits = (size: bigint) => fc.bigInt({ min: 0n, max: (1n << size) - 1n });

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
  return text.replace(/[\x00-\x1f\\\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

const CASE = fc
  .oneof(
    fc.tuple(DIRECTIVE("dxXobvqcUT"), fc.constant("int64"), fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })),
    fc.tuple(DIRECTIVE("dxobOcqUv"), fc.constant("int"), fc.integer({ min: -100, max: 0x2ff })),
    fc.tuple(DIRECTIVE("dxob"), fc.constant("uint64"), bits(64n)),
    fc.tuple(DIRECTIVE("vgGeEfFb"), fc.constant("float64"), bits(64n)),
    fc.tuple(DIRECTIVE("vgef"), fc.constant("float32"), bits(32n)),
    // No quotes: what Unicode has not assigned is no more than guessed at.
    fc.tuple(DIRECTIVE("sxX"), fc.constant("string"), fc.string({ unit: "binary" }).map(escaped)),
    fc.tuple(DIRECTIVE("sqxXv"), fc.constant("string"), fc.string().map(escaped)),
  )
  .map(([format, type, value]) => `sprintf\t${format}\t${type}\t${value}`);

describe("fmt", () => {
  it("go-fmt.ts: prints each case of the table as Go does", async () => {
    expect(TABLE.length).toBeGreaterThan(2000);
    expect(await printed(TABLE.map(withoutResult))).toEqual(TABLE);
  });

  it.skipIf(!has("go"))("and any other flags, widths, precisions and numbers", async () => {
    const cases = fc.sample(CASE, 3000);
    expect(await printed(cases)).toEqual(printedByGo(cases));
  });

  it.skipIf(!has("go"))("the table is Go's", () => {
    expect(printedByGo(TABLE.map(withoutResult))).toEqual(TABLE);
  });
});

describe("a program that prints", () => {
  async function build(source: string): Promise<{ size: number; exports: string[] }> {
    const { bytes } = await loadProgram(workspace().write("program.ts", source), { cacheDirectory: null });
    const module = new WebAssembly.Module(new Uint8Array(bytes));
    return { size: bytes.length, exports: WebAssembly.Module.exports(module).map(({ name }) => name) };
  }
  const SMALL = 'import { sprintf } from "sockyard/fmt"; console.log(sprintf("%s", "text"));';

  it("has goroutines only if something in it may wait", async () => {
    expect((await build(SMALL)).exports).toEqual(["memory", "_start"]);
    const bufio =
      'import { Scanner } from "sockyard/bufio"; import { EOF } from "sockyard/io"; console.log(EOF.toString());';
    expect((await build(bufio)).exports).toEqual(["memory", "_start"]);
    const printing = 'import { println } from "sockyard/fmt"; println("text");';
    expect((await build(printing)).exports).toContain("sockyard_goroutine");
  });

  it("holds what its operands need: no floating point for a string", async () => {
    const float = await build('import { sprintf } from "sockyard/fmt"; console.log(sprintf("%s %v", "text", 0.1));');
    expect((await build(SMALL)).size).toBeLessThan(float.size - 5_000);
  });
});
