import { decodeUnsigned, encodeUnsigned, readSections } from "./wasm-binary.js";

export const PAGE_SIZE = 65536;

/** What an engine keeps for an entry of a table. */
const ENTRY_SIZE = 8;

const TABLE_SECTION = 4;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;
/** Flags of limits that are not 32-bit numbers of a memory of one's own: shared, 64-bit, other page sizes. */
const UNUSUAL = ~HAS_MAXIMUM;
const FUNCREF = 0x70;
const EXTERNREF = 0x6f;

/** Why a module cannot be limited. */
export type LimitFlaw = "too-large" | "unknown-form";

/**
 * The module with maxima written into it: its memory grows to `limit` bytes and
 * its tables to as much again, and not beyond.
 *
 * V8's own limits reach neither, so the limits are written into the module,
 * where the engine must honor them. The module has been validated. Forms that
 * this cannot limit, such as several memories, are refused.
 */
export function limitMemory(bytes: Uint8Array, limit: number): Uint8Array | LimitFlaw {
  const parts = [bytes.subarray(0, HEADER_SIZE)];
  for (const { id, start, contentStart, end } of readSections(bytes)) {
    const rewrite = REWRITES[id];
    const content = rewrite?.(bytes, contentStart, limit) ?? null;
    if (typeof content === "string") return content;
    parts.push(
      content === null ? bytes.subarray(start, end) : Uint8Array.of(id, ...encodeUnsigned(content.length), ...content),
    );
  }
  return Buffer.concat(parts);
}

const HEADER_SIZE = 8;

type Rewrite = (bytes: Uint8Array, start: number, limit: number) => number[] | LimitFlaw;

const REWRITES: Readonly<Record<number, Rewrite>> = { [TABLE_SECTION]: limitTables, [MEMORY_SECTION]: limitMemories };

function limitMemories(bytes: Uint8Array, start: number, limit: number): number[] | LimitFlaw {
  const count = decodeUnsigned(bytes, start);
  if (count.value === 0) return [0];
  const limits = readLimits(bytes, count.next);
  if (count.value > 1 || limits === null) return "unknown-form";
  const pages = Math.floor(limit / PAGE_SIZE);
  return limits.minimum > pages ? "too-large" : [1, ...encodeLimits(limits, pages)];
}

/** What the tables do not need at the start is shared out equally. */
function limitTables(bytes: Uint8Array, start: number, limit: number): number[] | LimitFlaw {
  const count = decodeUnsigned(bytes, start);
  const tables: { readonly type: number; readonly limits: Limits }[] = [];
  let next = count.next;
  for (let i = 0; i < count.value; i++) {
    const type = bytes[next] as number;
    const limits = type === FUNCREF || type === EXTERNREF ? readLimits(bytes, next + 1) : null;
    if (limits === null) return "unknown-form";
    tables.push({ type, limits });
    next = limits.next;
  }
  const spare = Math.floor(limit / ENTRY_SIZE) - tables.reduce((sum, { limits }) => sum + limits.minimum, 0);
  if (spare < 0) return "too-large";
  const share = Math.floor(spare / tables.length);
  return [
    ...encodeUnsigned(tables.length),
    ...tables.flatMap(({ type, limits }) => [type, ...encodeLimits(limits, limits.minimum + share)]),
  ];
}

interface Limits {
  readonly minimum: number;
  readonly maximum: number | null;
  /** The offset behind them. */
  readonly next: number;
}

/** Limits of 32-bit numbers; null for any others. */
function readLimits(bytes: Uint8Array, start: number): Limits | null {
  const flags = bytes[start] as number;
  if ((flags & UNUSUAL) !== 0) return null;
  const minimum = decodeUnsigned(bytes, start + 1);
  if (flags === 0) return { minimum: minimum.value, maximum: null, next: minimum.next };
  const maximum = decodeUnsigned(bytes, minimum.next);
  return { minimum: minimum.value, maximum: maximum.value, next: maximum.next };
}

function encodeLimits({ minimum, maximum }: Limits, most: number): number[] {
  const lowered = maximum === null ? most : Math.min(maximum, most);
  return [HAS_MAXIMUM, ...encodeUnsigned(minimum), ...encodeUnsigned(lowered)];
}
