import { decodeUnsigned, readSections } from "./wasm-binary.js";

/** A function's type: one letter a parameter, a colon, one letter a result; `iii:i`, `iIi:i`. */
export type Signature = string;

/** A function that a module imports, and the type that it declares for it. */
export interface ImportedFunction {
  readonly module: string;
  readonly name: string;
  readonly signature: Signature;
}

const TYPE_SECTION = 1;
const IMPORT_SECTION = 2;
const FUNCTION_TYPE = 0x60;
/** i32, i64, f32, f64; anything else is no type of an import here. */
const LETTERS: Readonly<Record<number, string>> = { 127: "i", 126: "I", 125: "f", 124: "F" };
const UNKNOWN = "?";
const KIND_FUNCTION = 0;

/**
 * The functions that a validated module imports, with their types.
 *
 * JavaScript's own reflection tells names only. Without the types a guest could
 * declare a descriptor to be a float or a 64-bit number, and hand the host a
 * value that no i32 has.
 */
export function importedFunctions(bytes: Uint8Array): ImportedFunction[] {
  const sections = readSections(bytes);
  const types = sections.find(({ id }) => id === TYPE_SECTION);
  const imports = sections.find(({ id }) => id === IMPORT_SECTION);
  if (imports === undefined) return [];
  const signatures = types === undefined ? [] : readTypes(new Reader(bytes, types.contentStart));
  return readImports(new Reader(bytes, imports.contentStart), signatures);
}

/** Walks through a section. */
class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public offset: number,
  ) {}

  byte(): number {
    return this.bytes[this.offset++] ?? 0;
  }

  unsigned(): number {
    const { value, next } = decodeUnsigned(this.bytes, this.offset);
    this.offset = next;
    return value;
  }

  name(): string {
    const length = this.unsigned();
    const start = this.offset;
    this.offset += length;
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, length).toString();
  }
}

/** Stops at the first type that is no plain function: what lies behind it stays unknown, and is refused. */
function readTypes(reader: Reader): Signature[] {
  const count = reader.unsigned();
  const signatures: Signature[] = [];
  for (let i = 0; i < count && reader.byte() === FUNCTION_TYPE; i++) {
    const parameters = readValueTypes(reader);
    const results = readValueTypes(reader);
    const signature = `${parameters}:${results}`;
    signatures.push(signature);
    // A reference type may take more than the byte that was read.
    if (signature.includes(UNKNOWN)) break;
  }
  return signatures;
}

function readValueTypes(reader: Reader): string {
  const count = reader.unsigned();
  return Array.from({ length: count }, () => LETTERS[reader.byte()] ?? UNKNOWN).join("");
}

function readImports(reader: Reader, signatures: readonly Signature[]): ImportedFunction[] {
  const count = reader.unsigned();
  const functions: ImportedFunction[] = [];
  for (let i = 0; i < count; i++) {
    const module = reader.name();
    const name = reader.name();
    // Other kinds are refused as soon as they are linked, so nothing behind them matters.
    if (reader.byte() !== KIND_FUNCTION) break;
    functions.push({ module, name, signature: signatures[reader.unsigned()] ?? UNKNOWN });
  }
  return functions;
}
