const CODE_SECTION = 10;

/** The byte offset of each function body in a valid wasm module, ascending. */
export function functionStarts(wasm: Uint8Array): number[] {
  // A module is 8 bytes of magic and version, then sections: id, size, contents.
  // The code section holds a count, then bodies: size, contents.
  let offset = 8;
  const readU32 = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[offset++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };

  while (offset < wasm.length) {
    const id = wasm[offset++];
    const size = readU32();
    if (id !== CODE_SECTION) {
      offset += size;
      continue;
    }
    return Array.from({ length: readU32() }, () => {
      const bodySize = readU32();
      const start = offset;
      offset += bodySize;
      return start;
    });
  }
  return [];
}
