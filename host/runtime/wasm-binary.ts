/** One section of a wasm module; offsets into the module's bytes. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

const HEADER_SIZE = 8;

/** The sections of a module that the engine has validated already. */
export function readSections(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  let start = HEADER_SIZE;
  while (start < bytes.length) {
    const size = decodeUnsigned(bytes, start + 1);
    const end = size.next + size.value;
    sections.push({ id: bytes[start] as number, start, contentStart: size.next, end });
    start = end;
  }
  return sections;
}

/** Decodes an unsigned LEB128 number of at most 32 bits. */
export function decodeUnsigned(bytes: Uint8Array, offset: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let next = offset;
  for (let shift = 0; shift < 35; shift += 7) {
    const octet = bytes[next++] ?? 0;
    value += (octet & 0x7f) * 2 ** shift;
    if ((octet & 0x80) === 0) break;
  }
  return { value, next };
}

/** Encodes an unsigned number as LEB128. */
export function encodeUnsigned(value: number): number[] {
  const octets: number[] = [];
  let rest = value;
  do {
    const more = rest >= 0x80;
    octets.push((rest & 0x7f) | (more ? 0x80 : 0));
    rest = Math.floor(rest / 0x80);
  } while (rest > 0);
  return octets;
}
