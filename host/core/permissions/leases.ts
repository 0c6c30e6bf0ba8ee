import type { IpBytes } from "./ip.js";

/**
 * Which names were looked up, and which addresses they had.
 *
 * A lease lasts as long as the guest, so that an address that is in use does not
 * become foreign when the name moves on. When there are too many the oldest go.
 */
export class Leases {
  readonly #names = new Map<string, Set<string>>();
  readonly #limit: number;
  #count = 0;
  #generation = 0;

  constructor(limit = 16_384) {
    this.#limit = limit;
  }

  /** Grows with each change: what was judged under an older one has to be judged again. */
  get generation(): number {
    return this.#generation;
  }

  /** Notes that `name` has `address`. Both are canonical. */
  add(name: string, address: IpBytes): void {
    const key = keyOf(address);
    if (this.#names.get(key)?.has(name)) return;
    if (this.#count >= this.#limit) this.#dropOldest();
    this.#names.set(key, (this.#names.get(key) ?? new Set()).add(name));
    this.#count++;
    this.#generation++;
  }

  /** The names that have `address`, none by default. */
  namesOf(address: IpBytes): readonly string[] {
    return this.#count === 0 ? [] : [...(this.#names.get(keyOf(address)) ?? [])];
  }

  #dropOldest(): void {
    for (const [key, names] of this.#names) {
      this.#names.delete(key);
      this.#count -= names.size;
      return;
    }
  }
}

function keyOf(address: IpBytes): string {
  return String.fromCharCode(...address);
}
