import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import asc from "assemblyscript/asc";

const root = resolve(import.meta.dirname, "../..");

/** Reads what the compiler asks for: `main.ts` is `source`, `sockyard/…` is assembly/, the rest is in the project. */
function readSource(name: string, directory: string, source: string): string | null {
  if (name === "main.ts") return source;
  const library = /node_modules\/sockyard\/(.+\.ts)$/.exec(name);
  try {
    const path = library ? join("assembly", library[1] as string) : join(directory, name);
    return readFileSync(resolve(root, path), "utf8");
  } catch {
    return null;
  }
}

/** Compiles a guest program as the project's asconfig.json says, without optimizing. */
export async function compileGuest(source: string, options: readonly string[] = []): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(["main.ts", "-O0", "--outFile", "main.wasm", ...options], {
    readFile: (name, directory) => readSource(name, directory, source),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") binary = contents as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`${error?.message}\n${stderr.toString()}`);
  return binary;
}

/** What a test may stand in for: functions of the host, by module and name. */
export type Imports = Readonly<Record<string, Readonly<Record<string, (...args: number[]) => number>>>>;

/** A running guest program and its memory. */
export interface Guest {
  /** Calls an exported function. */
  call(name: string, ...args: number[]): number;
  /** Puts `text` at the address that the guest's `buffer()` returns, as UTF-16, and returns its length. */
  put(text: string): number;
  /** The guest's memory. */
  view(): DataView;
  /** A copy of the bytes at an address. */
  bytes(address: number, length: number): Buffer;
  /** The string object at an address. */
  string(address: number): string;
}

/** Compiles and starts a guest. An import that the test does not provide fails when called. */
export async function startGuest(source: string, provide: (guest: Guest) => Imports = () => ({})): Promise<Guest> {
  const module = new WebAssembly.Module(await compileGuest(source));
  let exports: WebAssembly.Exports = {};
  const exported = (name: string) => exports[name] as (...args: number[]) => number;
  const memory = () => Buffer.from((exports.memory as WebAssembly.Memory).buffer);
  const guest: Guest = {
    call: (name, ...args) => exported(name)(...args),
    put(text) {
      memory().write(text, exported("buffer")(), "utf16le");
      return text.length;
    },
    view: () => new DataView((exports.memory as WebAssembly.Memory).buffer),
    bytes: (address, length) => Buffer.from(memory().subarray(address, address + length)),
    string(address) {
      const size = memory().readUInt32LE(address - 4);
      return memory().toString("utf16le", address, address + size);
    },
  };
  exports = new WebAssembly.Instance(module, link(module, provide(guest))).exports;
  exported("_start")();
  return guest;
}

function link(module: WebAssembly.Module, provided: Imports): Imports {
  const imports: Record<string, Record<string, (...args: number[]) => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const absent = () => {
      throw new Error(`the guest called ${from}.${name}`);
    };
    imports[from] = { ...imports[from], [name]: provided[from]?.[name] ?? absent };
  }
  return imports;
}
