import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AddressText } from "../core/permissions/address-text.js";

/** What assembly/address.ts exports: text at `buffer`, an address at `address`. */
interface AddressModule {
  readonly memory: WebAssembly.Memory;
  buffer(): number;
  address(): number;
  parse4(length: number): number;
  parse6(length: number): number;
  aton(length: number): number;
  format4(): number;
  format6(): number;
}

const BUFFER_SIZE = 512;

/**
 * Loads the guest library's address code, compiled by `npm run build:guest`, on first use.
 *
 * Rules and guests are thus read by one parser.
 */
export function loadAddressText(): AddressText {
  // Read now, compiled when needed: a guest that holds every descriptor cannot keep a denial from being told.
  const bytes = readFileSync(join(import.meta.dirname, "../../build/guest/address.wasm"));
  let loaded: AddressModule | undefined;
  const module = (): AddressModule => {
    loaded ??= instantiate(bytes);
    return loaded;
  };
  const parse = (text: string, call: "parse4" | "parse6" | "aton", size: number): Uint8Array | null => {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > BUFFER_SIZE) return null;
    const { memory, ...code } = module();
    new Uint8Array(memory.buffer).set(bytes, code.buffer());
    return code[call](bytes.length) === 1
      ? new Uint8Array(memory.buffer).slice(code.address(), code.address() + size)
      : null;
  };
  return {
    parse4: (text) => parse(text, "parse4", 4),
    parse6: (text) => parse(text, "parse6", 16),
    aton: (text) => parse(text, "aton", 4),
    format: (address) => {
      const { memory, ...code } = module();
      new Uint8Array(memory.buffer).set(address, code.address());
      const length = address.length === 4 ? code.format4() : code.format6();
      return new TextDecoder().decode(new Uint8Array(memory.buffer, code.buffer(), length));
    },
    toAscii: (name) => process.getBuiltinModule("node:url").domainToASCII(name) || null,
  };
}

function instantiate(bytes: Uint8Array<ArrayBuffer>): AddressModule {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as AddressModule;
}
