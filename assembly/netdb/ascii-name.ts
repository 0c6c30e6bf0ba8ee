// Names as questions hold them: ASCII.

import * as sys from "../bindings/berkeley";
import { MAX_NAME, parseName } from "../dns/name";

const wire: usize = memory.data(255);

/**
 * The bytes of a name's text in ASCII; null if it is none.
 *
 * A name with other characters is converted to its A-labels (IDNA) by the host,
 * which has the Unicode tables.
 */
export function asciiName(name: string): ArrayBuffer | null {
  let bytes = String.UTF8.encode(name);
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) < 0x80) continue;
    const ascii = new ArrayBuffer(MAX_NAME);
    const start = changetype<usize>(bytes);
    const length = sys.idna_to_ascii(start, bytes.byteLength, changetype<usize>(ascii), ascii.byteLength);
    if (length < 0) return null;
    bytes = ascii.slice(0, length);
    break;
  }
  return parseName(changetype<usize>(bytes), bytes.byteLength, wire) < 0 ? null : bytes;
}
