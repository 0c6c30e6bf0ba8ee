// The exact decimal digits of a floating-point number, and which of them are
// enough. Every such number is m × 2^e, and a finite decimal fraction:
// 2^-k is 5^k × 10^-k.

// @ts-ignore: decorator
@inline
const BASE: u64 = 1_000_000_000;
// 5^13 and 2^29: the largest powers whose product with a limb and a carry fits well into 64 bits.
// @ts-ignore: decorator
@inline
const FIVES: u64 = 1_220_703_125;
// @ts-ignore: decorator
@inline
const TWOS: u64 = 1 << 29;

/** A number as digits: 0.d1d2d3… × 10^point, without zeros at the end. */
@final
export class Decimal {
  /** Values 0 to 9, the first of them not 0. */
  private digits: StaticArray<u8>;
  /** How many there are; none: the number is 0. */
  size: i32 = 0;
  point: i32 = 0;

  /** `mantissa` × 2^`exponent`. */
  constructor(mantissa: u64, exponent: i32) {
    const limbs = new Limbs(mantissa);
    if (exponent >= 0) limbs.raise(2, TWOS, 29, exponent);
    else limbs.raise(5, FIVES, 13, -exponent);
    this.digits = new StaticArray<u8>(9 * limbs.size);
    this.size = limbs.write(this.digits);
    this.point = mantissa == 0 ? 0 : this.size + min(exponent, 0);
    this.trim();
  }

  /** The digit at `index`, also where there is none any more. */
  at(index: i32): i32 {
    return <u32>index < <u32>this.size ? <i32>unchecked(this.digits[index]) : 0;
  }

  /** Rounds to the first `count` digits, a half to the even one. */
  round(count: i32): void {
    if (count >= this.size) return;
    if (count < 0) {
      this.size = 0;
      return;
    }
    const isHalf = this.at(count) == 5 && this.size == count + 1;
    const isUp = isHalf ? count > 0 && (this.at(count - 1) & 1) == 1 : this.at(count) >= 5;
    this.size = count;
    if (isUp) this.increment();
    else this.trim();
  }

  /** Drops zeros at the end. */
  trim(): void {
    while (this.size > 0 && this.digits[this.size - 1] == 0) this.size--;
  }

  /** Adds one to the last digit. */
  increment(): void {
    while (this.size > 0 && this.digits[this.size - 1] == 9) this.size--;
    if (this.size > 0) {
      this.digits[this.size - 1]++;
      return;
    }
    this.digits[0] = 1;
    this.size = 1;
    this.point++;
  }
}

/** A whole number in limbs of nine digits, the lowest first. */
@final
class Limbs {
  size: i32 = 0;
  // Enough for the least number of 64 bits, below which there are 1076 halvings.
  private limbs: StaticArray<u32> = new StaticArray<u32>(90);

  constructor(value: u64) {
    for (let left = value; left != 0; left /= BASE) this.limbs[this.size++] = <u32>(left % BASE);
  }

  /** Multiplies by `base` to the power of `exponent`; `step` is that to the power of `width`. */
  raise(base: u64, step: u64, width: i32, exponent: i32): void {
    let left = exponent;
    for (; left >= width; left -= width) this.multiply(step);
    let rest: u64 = 1;
    for (; left > 0; left--) rest *= base;
    this.multiply(rest);
  }

  /** Writes the digits, the highest first, without zeros before them; how many. */
  write(digits: StaticArray<u8>): i32 {
    let at = digits.length;
    for (let i = 0; i < this.size; i++) {
      let limb = this.limbs[i];
      for (let digit = 0; digit < 9; digit++, limb /= 10) digits[--at] = <u8>(limb % 10);
    }
    while (at < digits.length && digits[at] == 0) at++;
    const size = digits.length - at;
    for (let i = 0; i < size; i++) digits[i] = digits[at + i];
    return size;
  }

  private multiply(factor: u64): void {
    let carry: u64 = 0;
    for (let i = 0; i < this.size; i++) {
      const product = <u64>this.limbs[i] * factor + carry;
      this.limbs[i] = <u32>(product % BASE);
      carry = product / BASE;
    }
    for (; carry != 0; carry /= BASE) this.limbs[this.size++] = <u32>(carry % BASE);
  }
}

/**
 * The shortest digits that read as `mantissa` × 2^`exponent` again, and of those the nearest to it.
 *
 * `isLowest`: the number below is half as far away as the one above.
 */
export function shortest(mantissa: u64, exponent: i32, isLowest: bool): Decimal {
  // Half way to both neighbors, with one exponent, so that all three have as many digits after the point.
  const value = new Decimal(4 * mantissa, exponent - 2);
  const lower = new Decimal(4 * mantissa - (isLowest ? 1 : 2), exponent - 2);
  const upper = new Decimal(4 * mantissa + 2, exponent - 2);
  const isEven = (mantissa & 1) == 0; // then half way rounds to this one
  const shift = upper.point - value.point;
  const drop = upper.point - lower.point;
  let isAbove = false; // of the lower bound, by the digits so far
  let gap = 0; // below the upper bound, in units of the last digit; 2 is many
  for (let count = 1; ; count++) {
    const digit = value.at(count - 1 - shift);
    isAbove = isAbove || digit != lower.at(count - 1 - drop);
    gap = min(10 * gap + upper.at(count - 1) - digit, 2);
    const isDownRight = isAbove || (isEven && count - drop >= lower.size);
    const isUpRight = gap == 2 || (gap == 1 && (isEven || count < upper.size));
    if (!isDownRight && !isUpRight) continue;
    take(value, count - shift, isDownRight, isUpRight);
    return value;
  }
}

function take(value: Decimal, count: i32, isDownRight: bool, isUpRight: bool): void {
  if (count >= value.size) return;
  if (isDownRight && isUpRight) value.round(count);
  else {
    value.size = count;
    if (isUpRight) value.increment();
    else value.trim();
  }
}
