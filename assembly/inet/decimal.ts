/** The value of decimal digits, or -1 if `text` is anything else or above `limit`. */
export function parseDecimal(text: string, limit: i64): i64 {
  let value: i64 = text.length > 0 ? 0 : -1;
  for (let i = 0; i < text.length && value >= 0; i++) {
    const digit = <i64>text.charCodeAt(i) - 0x30;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : -1;
    if (value > limit) value = -1;
  }
  return value;
}
