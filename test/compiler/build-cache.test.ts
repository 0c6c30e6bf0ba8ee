import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Build, Inputs, readBuild, writeBuild } from "../../host/compiler/build-cache.js";
import { loadProgram } from "../../host/compiler/load-program.js";
import { type Workspace, workspace } from "./workspace.js";

/** Text that compiles to a module which exports a function that answers `result`. */
function answering(result: number): string {
  return `(module (func (export "answer") (result i32) (i32.const ${result})))`;
}

async function load(path: string, { cacheDirectory }: Pick<Workspace, "cacheDirectory">) {
  const program = await loadProgram(path, { cacheDirectory });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(program.bytes)));
  return { cached: program.cached, answer: (exports.answer as () => number)() };
}

/** The one file in the cache. */
function entry({ cacheDirectory }: Workspace): string {
  const [name, ...others] = readdirSync(cacheDirectory);
  expect(others).toEqual([]);
  return join(cacheDirectory, name ?? "");
}

describe("the cache of compiled programs", () => {
  it("answers a second time", async () => {
    const space = workspace();
    const path = space.write("a.wat", answering(1));
    expect(await load(path, space)).toEqual({ cached: false, answer: 1 });
    expect(await load(path, space)).toEqual({ cached: true, answer: 1 });
  });

  it("is private to its user", async () => {
    const space = workspace();
    await load(space.write("a.wat", answering(1)), space);
    expect(statSync(space.cacheDirectory).mode & 0o777).toBe(0o700);
    expect(statSync(entry(space)).mode & 0o777).toBe(0o600);
  });

  it("notices a changed program, and keeps one result for each", async () => {
    const space = workspace();
    const path = space.write("a.wat", answering(1));
    await load(path, space);
    space.write("a.wat", answering(2));
    expect(await load(path, space)).toEqual({ cached: false, answer: 2 });
    expect(await load(path, space)).toEqual({ cached: true, answer: 2 });
    entry(space);
  });

  it("knows a program by its real path", async () => {
    const space = workspace();
    const path = space.write("a.wat", answering(1));
    await load(path, space);
    symlinkSync(path, join(space.root, "link.wat"));
    expect(await load(join(space.root, "link.wat"), space)).toEqual({ cached: true, answer: 1 });

    const copy = join(space.root, "copy.wat");
    copyFileSync(path, copy);
    expect(await load(copy, space)).toEqual({ cached: false, answer: 1 });
  });

  it("compiles again when an entry was cut short, at any length", async () => {
    const space = workspace();
    const path = space.write("a.wat", answering(1));
    await load(path, space);
    const whole = readFileSync(entry(space));
    for (let length = 0; length < whole.length; length += 97) {
      writeFileSync(entry(space), whole.subarray(0, length));
      expect(await load(path, space)).toEqual({ cached: false, answer: 1 });
    }
    expect(readFileSync(entry(space)).equals(whole)).toBe(true);
  });

  it("does not run wasm that was tampered with", async () => {
    const space = workspace();
    const path = space.write("a.wat", answering(1));
    await load(path, space);
    const bytes = readFileSync(entry(space));
    const constant = bytes.lastIndexOf(Buffer.from([0x41, 1, 0x0b])); // i32.const 1, end
    bytes[constant + 1] = 2;
    writeFileSync(entry(space), bytes);
    expect(await load(path, space)).toEqual({ cached: false, answer: 1 });
  });

  it("does without when the directory cannot be made", async () => {
    const space = workspace();
    const path = space.write("a.wat", answering(1));
    const cacheDirectory = join(space.write("file", ""), "cache");
    expect(await load(path, { cacheDirectory })).toEqual({ cached: false, answer: 1 });
    expect(await load(path, { cacheDirectory })).toEqual({ cached: false, answer: 1 });
  });

  it("leaves nothing behind when an entry cannot be written", async () => {
    const space = workspace();
    const path = space.write("a.wat", answering(1));
    await load(path, space);
    const taken = entry(space);
    space.write("a.wat", answering(2));
    rmSync(taken);
    mkdirSync(join(taken, "in the way"), { recursive: true });
    expect(await load(path, space)).toEqual({ cached: false, answer: 2 });
    expect(entry(space)).toBe(taken);
  });

  it("is not used where others can write", async () => {
    const space = workspace();
    const path = space.write("a.wat", answering(1));
    await load(path, space);
    chmodSync(space.cacheDirectory, 0o777);
    expect(await load(path, space)).toEqual({ cached: false, answer: 1 });
    chmodSync(space.cacheDirectory, 0o700);
    expect(await load(path, space)).toEqual({ cached: true, answer: 1 });
  });

  it("keeps programs apart that share a directory", async () => {
    const space = workspace();
    const paths = [1, 2, 3].map((n) => space.write(`${n}/a.wat`, answering(n)));
    for (const path of paths) await load(path, space);
    const answers = [];
    for (const path of paths) answers.push(await load(path, space));
    expect(answers).toEqual([1, 2, 3].map((answer) => ({ cached: true, answer })));
  });
});

describe("an entry", () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
  const builds = fc.record<Build>({ wasm: bytes, sourceMap: fc.option(fc.string({ minLength: 1, unit: "grapheme" })) });

  it("gives back what was put in", () => {
    const { cacheDirectory } = workspace();
    fc.assert(
      fc.property(builds, fc.string({ unit: "grapheme" }), (build, key) => {
        writeBuild(cacheDirectory, key, new Inputs(), build);
        const kept = readBuild(cacheDirectory, key);
        expect(Buffer.from(kept?.wasm ?? "none").equals(build.wasm)).toBe(true);
        expect(kept?.sourceMap).toBe(build.sourceMap);
      }),
      { numRuns: 200 },
    );
  });

  it("is absent when the last of its source map is", () => {
    const space = workspace();
    writeBuild(space.cacheDirectory, "key", new Inputs(), { wasm: Buffer.from("w"), sourceMap: "a map" });
    const whole = readFileSync(entry(space));
    writeFileSync(entry(space), whole.subarray(0, -1));
    expect(readBuild(space.cacheDirectory, "key")).toBeNull();
  });

  it("is not taken for that of another key, should their names ever be the same", () => {
    const space = workspace();
    writeBuild(space.cacheDirectory, "one", new Inputs(), { wasm: Buffer.from("1"), sourceMap: null });
    const first = entry(space);
    const contents = readFileSync(first);
    rmSync(first);
    writeBuild(space.cacheDirectory, "two", new Inputs(), { wasm: Buffer.from("2"), sourceMap: null });
    writeFileSync(entry(space), contents);
    expect(readBuild(space.cacheDirectory, "two")).toBeNull();
  });

  it("is right or absent, whatever happened to one of its bytes", () => {
    const space = workspace();
    const inputs = new Inputs();
    inputs.read(space.write("input", "some input"));
    inputs.read(join(space.root, "missing"));
    const build = { wasm: Buffer.from("wasm wasm wasm"), sourceMap: null };
    writeBuild(space.cacheDirectory, "key", inputs, build);
    const whole = readFileSync(entry(space));
    for (let i = 0; i < whole.length; i++) {
      for (const flip of [1, 0x10, 0x80]) {
        const damaged = Buffer.from(whole);
        damaged[i] = (damaged[i] ?? 0) ^ flip;
        writeFileSync(entry(space), damaged);
        const kept = readBuild(space.cacheDirectory, "key");
        if (kept !== null) expect(Buffer.from(kept.wasm).equals(build.wasm)).toBe(true);
      }
    }
  });

  it("does not read inputs again that nothing has happened to", () => {
    const space = workspace();
    // Older than all that a test could make.
    const settled = join(import.meta.dirname, "../../package.json");
    const build = { wasm: Buffer.from("w"), sourceMap: null };
    for (const [path, isRead] of [
      [settled, false],
      [space.write("input", readFileSync(settled, "utf8")), true],
    ] as const) {
      const inputs = new Inputs();
      inputs.read(path);
      writeBuild(space.cacheDirectory, "key", inputs, build);
      const kept = readFileSync(entry(space));
      const at = kept.indexOf('"name"', kept.indexOf("\n"));
      kept[at] = 0;
      writeFileSync(entry(space), kept);
      expect([path, readBuild(space.cacheDirectory, "key") === null]).toEqual([path, isRead]);
    }
  });

  it("reads them again after anything has happened to them", () => {
    const space = workspace();
    const path = space.write("input", "one");
    const inputs = new Inputs();
    inputs.read(path);
    expect(inputs.files.get(path)?.stamp).toBe("");
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    // As it would have been read some seconds later.
    inputs.files.set(path, { bytes: Buffer.from("two"), stamp: `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}` });
    writeBuild(space.cacheDirectory, "key", inputs, { wasm: Buffer.from("w"), sourceMap: null });
    expect(readBuild(space.cacheDirectory, "key")).toBeNull();
  });

  it("can be anything", () => {
    const space = workspace();
    writeBuild(space.cacheDirectory, "key", new Inputs(), { wasm: Buffer.from("w"), sourceMap: null });
    const headers = fc.json().map((json) => Buffer.from(`${json}\n`));
    const file = entry(space);
    fc.assert(
      fc.property(fc.oneof(headers, bytes), (contents) => {
        writeFileSync(file, contents);
        expect(readBuild(space.cacheDirectory, "key")).toBeNull();
      }),
    );
  });
});
