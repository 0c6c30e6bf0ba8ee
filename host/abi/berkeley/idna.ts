import type { SysResult } from "../../core/errno.js";
import { EINVAL, ERANGE } from "../../core/linux.generated.js";
import { canonicalName } from "../../core/permissions/name.js";
import type { AbiContext } from "../imports.js";

/** A name of 253 characters takes no more bytes of UTF-8 before its conversion, but for what conversion drops. */
const TEXT_MAX = 4096;

/**
 * `int idna_to_ascii(const char *name, size_t length, char *out, size_t outlen)`
 *
 * The A-labels of a host name in UTF-8 (IDNA, UTS 46), lower case, without a final dot or NUL; their length. The form in
 * which rules hold names. Needs no right. EINVAL for what is no host name, ERANGE if `out` is too small.
 */
export function idna_to_ascii(
  { core, memory }: AbiContext,
  name: number,
  length: number,
  out: number,
  outlen: number,
): SysResult {
  if (length >>> 0 > TEXT_MAX) return -EINVAL;
  const bytes = memory.copy(name, length);
  memory.reserve(out, outlen);
  const text = decodeUtf8(bytes);
  const ascii = text === null ? null : canonicalName(text, core.resolver.addresses);
  if (ascii === null) return -EINVAL;
  if (ascii.length > outlen >>> 0) return -ERANGE;
  memory.write(out, new TextEncoder().encode(ascii), ascii.length);
  return ascii.length;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
