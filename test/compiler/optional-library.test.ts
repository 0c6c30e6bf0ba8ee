import { beforeEach, describe, expect, it, vi } from "vitest";
import type * as LoadAsc from "../../host/compiler/load-asc.js";
import { loadProgram } from "../../host/compiler/load-program.js";
import { workspace } from "./workspace.js";

vi.setConfig({ testTimeout: 60_000 });

/** What asc has parsed of its library, a list for each time that it ran. */
const parsed = vi.hoisted((): string[][] => []);

beforeEach(() => void parsed.splice(0));

vi.mock("../../host/compiler/load-asc.js", async (importOriginal) => {
  const original = await importOriginal<typeof LoadAsc>();
  class Recorder {
    afterInitialize({ sources }: { sources: { internalPath: string }[] }): void {
      parsed.push(sources.map(({ internalPath }) => internalPath).filter((path) => path.startsWith("~lib/")));
    }
  }
  const start = async (startAsc: ReturnType<typeof LoadAsc.readAsc>): Promise<LoadAsc.Compiler> => {
    const compiler = await startAsc(false);
    const main: LoadAsc.Compiler["asc"]["main"] = (words, options = {}) =>
      compiler.asc.main(words, { ...options, transforms: [...(options.transforms ?? []), Recorder as never] });
    return { ...compiler, asc: { ...compiler.asc, main } };
  };
  return { ...original, readAsc: () => start.bind(null, original.readAsc()) };
});

/** Compiles a program that is this and all that the host adds; what was parsed, run by run. */
async function parsedFor(source: string, others: Readonly<Record<string, string>> = {}): Promise<string[][]> {
  const { write } = workspace();
  for (const [name, text] of Object.entries(others)) write(name, text);
  await loadProgram(write("a.ts", source), { cacheDirectory: null });
  return parsed;
}

const MATH = "~lib/nativemath";

describe("what the standard library has for few programs", () => {
  it("is not parsed for the others, such as one with goroutines", async () => {
    const source = `import { go } from "sockyard/go";
      import { stdout } from "sockyard/process";
      go((id: i32) => { stdout.write(\`\${id}\\n\`); }, 1);`;
    const [paths, ...again] = await parsedFor(source);
    expect(paths).toEqual(expect.arrayContaining(["~lib/builtins", "~lib/string", "~lib/sockyard/go"]));
    expect(paths).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^~lib\/(?:nativemath|letters|typedarray|dataview|date|atomics|uri)$/),
      ]),
    );
    expect(again).toEqual([]);
  });

  it.each([
    ["Math", "assert(Math.sqrt(49.0) == 7);"],
    ["Mathf", "assert(Mathf.sqrt(49) == 7);"],
    ["parseFloat", 'assert(parseFloat("7") == 7);'],
  ])("is parsed at once for a program that mentions %s", async (_, source) => {
    expect(await parsedFor(source)).toEqual([expect.arrayContaining([MATH])]);
  });

  it("is parsed with what it imports", async () => {
    expect(await parsedFor('assert(encodeURI("ä") == "%C3%A4");')).toEqual([
      expect.arrayContaining(["~lib/uri", "~lib/util/uri"]),
    ]);
  });

  it("is parsed at once for a program whose package mentions it", async () => {
    const source = 'import { square } from "square"; assert(square(7) == 49);';
    const index = "export function square(x: f64): f64 { return Math.pow(x, 2); }";
    expect(await parsedFor(source, { "node_modules/square/index.ts": index })).toEqual([
      expect.arrayContaining([MATH]),
    ]);
  });

  it("is parsed when the compiler turns out to need it", async () => {
    const [first, second, ...again] = await parsedFor("let f: f64 = 15.5; assert(f % 8.0 == 7.5);");
    expect(first).not.toContain(MATH);
    expect(second).toContain(MATH);
    expect(again).toEqual([]);
  });
});
