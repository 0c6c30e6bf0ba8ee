const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const BYTES: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `500ms`, `5s`, `1.5m`: milliseconds, or null. */
export function parseDuration(text: string): number | null {
  return parse(text, /^(\d+(?:\.\d+)?)(ms|s|m|h)$/, MILLISECONDS);
}

/** `64M`, `512KiB`, `1048576`: bytes, or null. */
export function parseSize(text: string): number | null {
  return parse(text.toLowerCase(), /^(\d+(?:\.\d+)?)([kmg]?)(?:i?b)?$/, BYTES);
}

function parse(text: string, form: RegExp, units: Readonly<Record<string, number>>): number | null {
  const [, digits, unit] = form.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return null;
  const amount = Math.floor(Number(digits) * (units[unit] as number));
  return amount > 0 && amount <= Number.MAX_SAFE_INTEGER ? amount : null;
}
