/**
 * Whether `name` may be asked of name servers, as Go has it: labels of letters, digits, `_` and inner hyphens, up to 63
 * bytes each and 253 together, and not of digits alone.
 */
export function isDomainName(name: string): bool {
  if (name == ".") return true;
  const end = name.endsWith(".") ? name.length - 1 : name.length;
  if (end == 0 || end > 253) return false;
  let start = 0;
  let isNumeric = true;
  for (let i = 0; i <= end; i++) {
    const c = i < end ? name.charCodeAt(i) : DOT;
    if (c == DOT) {
      if (!isLabel(name, start, i)) return false;
      start = i + 1;
    } else if (!isDigit(c)) {
      if (!isLetter(c) && c != HYPHEN) return false;
      isNumeric = false;
    }
  }
  return !isNumeric;
}

// @ts-ignore: decorator
@inline
const DOT: i32 = 0x2e;

// @ts-ignore: decorator
@inline
const HYPHEN: i32 = 0x2d;

function isLabel(name: string, start: i32, end: i32): bool {
  const size = end - start;
  return size > 0 && size <= 63 && name.charCodeAt(start) != HYPHEN && name.charCodeAt(end - 1) != HYPHEN;
}

function isDigit(c: i32): bool {
  return c >= 0x30 && c <= 0x39;
}

/** `_` counts as one. */
function isLetter(c: i32): bool {
  const small = c | 0x20;
  return (small >= 0x61 && small <= 0x7a) || c == 0x5f;
}
