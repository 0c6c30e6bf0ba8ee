import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadProgram } from "../../host/compiler/load-program.js";
import { formatFrames, symbolize } from "../../host/compiler/stack-trace.js";
import { makeWorkspace, type Workspace, workspace } from "./workspace.js";

vi.setConfig({ testTimeout: 60_000 });

const MAIN = `import { Deep, callHost } from "./sub/deep";
class Box { constructor(public value: i32) {} }
export function nested(n: i32): i32 {
  return new Deep<string>("x").descend(n) + 1;
}
export function bounds(i: i32): i32 {
  const list = [1, 2, 3];
  return list[i];
}
export function thrower(): i32 {
  return [1, 2, 3].reduce<i32>((sum, n) => {
    if (n > 2) throw new Error("too big");
    return sum + n;
  }, 0);
}
export function generic(): i32 {
  return new Map<string, Box>().get("missing").value;
}
export function overflow(n: i32): i32 {
  return new Box(overflow(n + 1)).value;
}
export function host(): i32 {
  return callHost(1);
}
`;
const DEEP = `@external("wasi_snapshot_preview1", "sched_yield")
export declare function callHost(n: i32): i32;
export class Deep<T> {
  constructor(public value: T) {}
  descend(n: i32): i32 {
    if (n == 0) {
      unreachable();
    }
    return this.descend(n - 1) + 1;
  }
}
`;

interface Guest {
  readonly exports: WebAssembly.Exports;
  readonly sourceMap: string | null;
}

async function load({ write }: Workspace, main: string): Promise<Guest> {
  write("sub/deep.ts", DEEP);
  const program = await loadProgram(write("main.ts", main), { cacheDirectory: null });
  const imports = {
    fd_write(_fd: number, iov: number, _count: number, written: number) {
      const memory = new DataView((instance.exports.memory as WebAssembly.Memory).buffer);
      memory.setUint32(written, memory.getUint32(iov + 4, true), true);
      return 0;
    },
    sched_yield(): number {
      throw new Error("from the host");
    },
  };
  const module = new WebAssembly.Module(new Uint8Array(program.bytes));
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports });
  return { exports: instance.exports, sourceMap: program.sourceMap() };
}

/** The stack of the error that a call ends with. */
function stackOf(call: () => unknown): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  try {
    call();
  } catch (error) {
    return (error as Error).stack ?? "";
  } finally {
    Error.stackTraceLimit = limit;
  }
  return expect.unreachable("it returned");
}

describe("the stack of a trap", () => {
  let guest: Guest;
  beforeAll(async () => {
    const space = makeWorkspace();
    const cwd = vi.spyOn(process, "cwd").mockReturnValue(space.root);
    guest = await load(space, MAIN);
    (guest.exports._start as () => void)();
    return () => {
      cwd.mockRestore();
      space.remove();
    };
  }, 60_000);

  function trace(name: string, ...args: number[]): string[] {
    const stack = stackOf(() => (guest.exports[name] as (...args: number[]) => number)(...args));
    return formatFrames(symbolize(stack, guest.sourceMap)).split("\n");
  }

  it("names the guest's functions and lines, and none of the host", () => {
    expect(trace("nested", 2)).toEqual([
      "    at Deep<String>#descend (sub/deep.ts:7:7)",
      "    at Deep<String>#descend (sub/deep.ts:9:12)",
      "    at Deep<String>#descend (sub/deep.ts:9:12)",
      "    at nested (main.ts:4:10)",
    ]);
  });

  it("shows the program's line for a check in inlined library code", () => {
    expect(trace("bounds", 7)).toEqual(["    at bounds (main.ts:8:10)"]);
  });

  it("shows where an error was thrown", () => {
    expect(trace("thrower")).toEqual([
      "    at thrower.<anonymous> (main.ts:12:32)",
      // The call begins in line 11; what is inlined of it comes after its last argument.
      expect.stringMatching(/^ {4}at thrower \(main\.ts:14:\d+\)$/),
    ]);
  });

  it("shows who called into a host that threw", () => {
    expect(trace("host")).toEqual(["    at host (main.ts:23:10)"]);
  });

  it("tells the library's frames from the program's", () => {
    const stack = stackOf(() => (guest.exports.generic as () => number)());
    const frames = symbolize(stack, guest.sourceMap);
    expect(frames.at(-1)).toMatchObject({
      function: "generic",
      library: false,
      position: { file: "main.ts", line: 17 },
    });
    for (const frame of frames.slice(0, -1)) expect(frame).toMatchObject({ library: true });
  });

  it("has names and offsets without a source map, or with one that cannot be read", () => {
    const stack = stackOf(() => (guest.exports.nested as (n: number) => number)(1));
    for (const map of [null, "", "{}", "[]", '{"mappings":"AAAA","sources":[1]}', '{"mappings":1,"sources":[]}']) {
      const lines = formatFrames(symbolize(stack, map)).split("\n");
      expect(lines).toEqual([
        expect.stringMatching(/^ {4}at Deep<String>#descend \(0x[0-9a-f]+\)$/),
        expect.stringMatching(/^ {4}at Deep<String>#descend \(0x[0-9a-f]+\)$/),
        expect.stringMatching(/^ {4}at nested \(0x[0-9a-f]+\)$/),
      ]);
    }
  });

  // The last, because it leaves the guest without a stack.
  it("shows a deep recursion", () => {
    const frames = trace("overflow", 0);
    expect(frames.length).toBeGreaterThan(40);
    expect(frames.at(-1)).toBe("    at overflow (main.ts:20:18)");
    // The check comes before all that has a line, and has none of the function before it.
    expect(frames[0]).toMatch(/^ {4}at overflow \(0x[0-9a-f]+\)$/);
  });
});

describe("a trap while the program starts", () => {
  it("is at the top level, where asc knows no lines", async () => {
    const space = workspace();
    const guest = await load(space, `import { Deep } from "./sub/deep";\nnew Deep<i32>(1).descend(1);\n`);
    const stack = stackOf(guest.exports._start as () => void);
    const lines = formatFrames(symbolize(stack, guest.sourceMap)).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "    at Deep<i32>#descend (sub/deep.ts:7:7)",
      "    at Deep<i32>#descend (sub/deep.ts:9:12)",
      expect.stringMatching(/^ {4}at <top level> \(0x[0-9a-f]+\)$/),
    ]);
  });
});

describe("symbolize", () => {
  const line = (name: string) => `    at ${name} (wasm://wasm/0badcafe:wasm-function[7]:0x2a)`;

  it.each([
    ["program/main", "main"],
    ["../lib/m/Box<../lib/m/Box<~lib/string/String>|null>#set:twice", "Box<Box<String>|null>#set:twice"],
    ["../lib/m/Box.make", "Box.make"],
    ["n/outer~nested", "outer.nested"],
    ["start:n~anonymous|1", "<anonymous>"],
    ["n/outer~anonymous|0", "outer.<anonymous>"],
    ["n/call<%28i32%2Ci32%29=>~lib/string/String,i32>", "call<(i32,i32)=>String,i32>"],
    ["start:../n", "<top level>"],
    ["~start", "<top level>"],
    ["main", "main"],
    ["std::io::Write::write_all", "std::io::Write::write_all"],
    ["", "wasm-function[7]"],
  ])("reads the name %s", (name, readable) => {
    expect(symbolize(line(name), null)[0]?.function).toBe(readable);
  });

  it("takes no position from the function before", () => {
    const map = { version: 3, mappings: "AAAA", sources: ["a.ts"], names: [] };
    const position = (start: number) =>
      symbolize(line("main"), JSON.stringify({ ...map, x_functions: [0, start] }))[0]?.position;
    expect(position(42)).toBeNull();
    expect(position(43)).toEqual({ file: "a.ts", line: 1, column: 1 });
  });

  it("reads a function without a name", () => {
    const frames = symbolize("RuntimeError: unreachable\n    at wasm://wasm/0badcafe:wasm-function[7]:0x2a", null);
    expect(frames).toEqual([{ function: "wasm-function[7]", position: null, offset: 42, library: false }]);
  });

  it("is neither confused nor kept busy by a hostile name", () => {
    const name = `${" (wasm://wasm/x:wasm-function[1]:0x1)".repeat(20_000)}\u001b[2J`;
    const frames = symbolize(line(name), null);
    expect(frames).toMatchObject([{ offset: 42 }]);
  });

  it("takes only numbers for where functions start", () => {
    const map = { version: 3, mappings: "", sources: [], x_functions: ["1", null, { toString: 0 }] };
    expect(symbolize(line("main"), JSON.stringify(map))).toMatchObject([{ position: null }]);
  });

  it("never throws", () => {
    const mappings = fc.stringMatching(/^[A-Za-z0-9+/,;]*$/);
    const sources = fc.array(fc.oneof(fc.string(), fc.constant(null)));
    const maps = fc.oneof(
      fc.json(),
      fc
        .record({ mappings, sources, sourceRoot: fc.string(), x_functions: fc.anything() })
        .map((it) => JSON.stringify(it)),
    );
    fc.assert(
      fc.property(fc.string(), maps, (name, map) => {
        formatFrames(symbolize(`${line(name)}\n${name}`, map));
      }),
      { numRuns: 2000 },
    );
  });
});
