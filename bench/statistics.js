/**
 * The value below which the share `q` of `values` lies, between neighbors if need be.
 *
 * @param {readonly number[]} values
 * @param {number} q
 */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const [low, high = low] = sorted.slice(below, below + 2);
  return low + (high - low) * (position - below);
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5);
