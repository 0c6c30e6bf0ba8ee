import { decodeUnsigned, encodeUnsigned, readSections, type Section } from "./wasm-binary.js";

export const PAGE_SIZE = 65536;

const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;

/**
 * The module with its memory's maximum lowered to `maximumPages`.
 *
 * V8's own limits do not reach wasm memories, so the limit is written into the
 * module, where the engine must honor it. Answers null if the memory starts
 * out larger than the limit.
 */
export function limitMemory(bytes: Uint8Array, maximumPages: number): Uint8Array | null {
  const sections = readSections(bytes);
  const section = sections.find(({ id }) => id === MEMORY_SECTION);
  if (section === undefined) return bytes;
  const limits = readLimits(bytes, section);
  if (limits === null) return bytes;
  if (limits.minimum > maximumPages) return null;
  const maximum = Math.min(limits.maximum ?? maximumPages, maximumPages);
  const content = [1, limits.flags | HAS_MAXIMUM, ...encodeUnsigned(limits.minimum), ...encodeUnsigned(maximum)];
  const replacement = Uint8Array.of(MEMORY_SECTION, ...encodeUnsigned(content.length), ...content);
  return Buffer.concat([bytes.subarray(0, section.start), replacement, bytes.subarray(section.end)]);
}

interface Limits {
  readonly flags: number;
  readonly minimum: number;
  readonly maximum: number | null;
}

/** The limits of the one memory that a module may define; null if it defines none. */
function readLimits(bytes: Uint8Array, { contentStart }: Section): Limits | null {
  const count = decodeUnsigned(bytes, contentStart);
  if (count.value === 0) return null;
  const flags = bytes[count.next] as number;
  const minimum = decodeUnsigned(bytes, count.next + 1);
  const maximum = flags & HAS_MAXIMUM ? decodeUnsigned(bytes, minimum.next).value : null;
  return { flags, minimum: minimum.value, maximum };
}
