import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import makeWabt from "wabt";
import { loadProgram } from "../../host/compiler/load-program.js";
import { workspace } from "./workspace.js";

vi.setConfig({ testTimeout: 60_000 });

// Tests change the working directory.
const COMMAND = resolve("build/bin/sockyard.cjs");
const GUESTS = resolve("test/guests");

/** What makes a collector that frees what has no slot at the next allocation, and that ends the program if it was needed. */
const RELENTLESS = [
  ["  if (total >= threshold) interrupt();", "  __collect();"],
  [
    "    __free(changetype<usize>(obj) + BLOCK_OVERHEAD);",
    "    memory.fill(changetype<usize>(obj) + BLOCK_OVERHEAD, 0xa5, obj.size - BLOCK_OVERHEAD);",
  ],
  ["  if (RTRACE) if (!onvisit(obj)) return;", "  if (obj.rtId == 0xa5a5a5a5) unreachable();"],
] as const;

/** The compiler's `sparesVariable` and `spareArguments`, as they are after the build. */
const SPARES_VARIABLE = /sparesVariable\(\w+,\w+\)\{/;
const SPARE_ARGUMENTS = /spareArguments\((\w+),\w+\)\{(?=.*?(this\.#\w+\.unmarked)\()/;

function replace(text: string, pattern: string | RegExp, replacement: string): string {
  const changed = text.replace(pattern, replacement);
  expect(changed).not.toBe(text);
  return changed;
}

/** A copy of the built package, with the relentless collector. */
class RelentlessPackage {
  readonly #root = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-slots-"));
  readonly #compiler: string;

  constructor() {
    for (const name of ["build", "assembly", "asconfig.json", "package.json"]) {
      cpSync(name, join(this.#root, name), { recursive: true });
    }
    this.#compiler = this.#read("asc.cjs");
    const { "rt/itcms": collector, ...others } = JSON.parse(this.#read("library.json"));
    const changed = RELENTLESS.reduce((text, [from, to]) => replace(text, from, to), collector);
    this.#write("library.json", JSON.stringify({ ...others, "rt/itcms": changed }));
  }

  /** Changes the compiler as it was built. */
  change(pattern: RegExp, replacement: string): void {
    this.#write("asc.cjs", replace(this.#compiler, pattern, replacement));
    // Neither V8's code for it nor programs that it has compiled are of use any more.
    rmSync(this.#path("asc.cjs.cache"), { force: true });
    rmSync(this.#cache, { recursive: true, force: true });
  }

  run(guest: string, ...args: readonly string[]) {
    const words = [join(this.#root, "build/bin/sockyard.cjs"), "run", join(GUESTS, guest), ...args];
    const env = { ...process.env, XDG_CACHE_HOME: this.#cache };
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", env });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  get #cache(): string {
    return join(this.#root, "cache");
  }

  #path(name: string): string {
    return join(this.#root, "build/asc", name);
  }

  #read(name: string): string {
    return readFileSync(this.#path(name), "utf8");
  }

  #write(name: string, text: string): void {
    writeFileSync(this.#path(name), text);
  }
}

describe("an object in use", () => {
  let relentless: RelentlessPackage;
  beforeAll(() => {
    relentless = new RelentlessPackage();
    return () => relentless.remove();
  });

  it("slots.ts: is kept, whatever it is that holds it", () => {
    const { stdout, ...rest } = relentless.run("slots.ts");
    expect(rest).toEqual({ status: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect(lines).toHaveLength(34);
  });

  it("is kept while goroutines wait", () => {
    const { status, stdout, stderr } = relentless.run("goroutine-stress.ts", "20");
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "760 checks, 0 wrong\n", stderr: "" });
  });

  it.each([
    ["variables", SPARES_VARIABLE, "$&return true;"],
    ["arguments", SPARE_ARGUMENTS, "$&for(let i=0;i<$1.length;i++)$1[i]=$2($1[i])||$1[i];return;"],
  ])("is lost without slots for %s, and these tests see it", (_what, pattern, replacement) => {
    relentless.change(pattern, replacement);
    const { status, stderr } = relentless.run("slots.ts");
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("error: trap: ") });
  });
});

describe("a function without objects of its own", () => {
  const SOURCE = `
    class Box {
      constructor(public value: i32, public next: Box | null) {}
      total(other: Box): i32 {
        let sum = other.value;
        for (let box: Box | null = this; box !== null; box = box.next) sum += box.value;
        return sum;
      }
      grow(count: i32, other: Box): i32 {
        let sum = 0;
        for (let i = 0; i < count; i++) sum += attach(this, other) + this.total(other);
        return sum;
      }
      replace(count: i32, other: Box): i32 {
        let sum = 0;
        for (let i = 0; i < count; i++) {
          other = new Box(i, other);
          sum += this.total(other);
        }
        return sum;
      }
    }
    function attach(box: Box, other: Box): i32 {
      for (let i = 0; i < 2; i++) box.next = new Box(i, other);
      return 1;
    }
    const box = new Box(1, null);
    export function all(n: i32): i32 {
      return box.total(box) + box.grow(n, box) + box.replace(n, box) + box.total(box) + box.grow(1, box) + box.replace(1, box);
    }`;

  it("takes no slots if it hands on its parameters only", async () => {
    const { bytes } = await loadProgram(workspace().write("box.ts", SOURCE), { cacheDirectory: null });
    const module = (await makeWabt()).readWasm(bytes, { readDebugNames: true });
    module.applyNames();
    const functions = module.toText({}).split(/^ {2}\(func /m);
    module.destroy();
    const hasSlots = Object.fromEntries(
      ["total", "grow", "replace"].map((name) => {
        const code = functions.filter((text) => text.startsWith(`$box/Box#${name} `));
        return [name, code.map((text) => text.includes("global.get $~lib/memory/__stack_pointer"))];
      }),
    );
    expect(hasSlots).toEqual({ total: [false], grow: [false], replace: [true] });
  });
});

describe("a trap in the library", () => {
  it("shows the program's line, though no argument needs a slot", async () => {
    const source = `export function bounds(list: i32[], i: i32): i32 {
      list.push(1);
      const found = list[i];
      list.push(found);
      return found;
    }
    bounds([1, 2], 7);`;
    const { root, write } = workspace();
    const { stderr } = spawnSync(process.execPath, [COMMAND, "run", write("bounds.ts", source)], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stderr).toContain("error: trap: unreachable\n    at bounds (bounds.ts:3:21)\n");
  });
});
