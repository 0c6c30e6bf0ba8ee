import type { AddressSlot } from "../core/kernel.js";

/** A guest passed a pointer that does not lie in its memory: EFAULT. */
export class GuestFault extends Error {
  override readonly name = "GuestFault";
}

/**
 * A guest's linear memory, as the ABIs read and write it.
 *
 * Every pointer and length comes from the guest as a signed 32-bit number and
 * is checked here. Growth detaches the buffer, so views are renewed when found
 * empty.
 */
export class GuestMemory {
  #memory: WebAssembly.Memory | null = null;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
    this.#refresh();
  }

  /** The bytes `[pointer, pointer + length)`: a view, valid until the guest runs on. */
  bytes(pointer: number, length: number): Uint8Array {
    const start = this.#check(pointer, length);
    return this.#bytes.subarray(start, start + (length >>> 0));
  }

  /** All of the memory: a view, valid until the guest runs on. Offsets into it are to be reserved before. */
  get whole(): Uint8Array {
    if (this.#bytes.length === 0) this.#refresh();
    return this.#bytes;
  }

  /** Writes the first `length` bytes of `source`: for few bytes faster than two views. */
  write(pointer: number, source: Uint8Array, length: number): void {
    const start = this.#check(pointer, length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) bytes[start + i] = source[i] as number;
  }

  /** Reads `length` bytes into `target`: for few bytes faster than two views. */
  read(pointer: number, target: Uint8Array, length: number): void {
    const start = this.#check(pointer, length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) target[i] = bytes[start + i] as number;
  }

  /** A copy of `[pointer, pointer + length)`, which the guest cannot change any more. */
  copy(pointer: number, length: number): Uint8Array {
    return this.bytes(pointer, length).slice();
  }

  /** Faults now, before a side effect, if `[pointer, pointer + length)` could not be written later. */
  reserve(pointer: number, length: number): void {
    this.#check(pointer, length);
  }

  /** The bytes up to the next NUL, without it; null if there is none within `limit` bytes. */
  cString(pointer: number, limit: number): Uint8Array | null {
    const start = this.#check(pointer, 0);
    const end = this.#bytes.subarray(start, start + limit).indexOf(0);
    if (end !== -1) return this.#bytes.slice(start, start + end);
    if (start + limit > this.#bytes.length) throw new GuestFault();
    return null;
  }

  getUint16(pointer: number): number {
    const start = this.#check(pointer, 2);
    return this.#view.getUint16(start, true);
  }

  getInt32(pointer: number): number {
    const start = this.#check(pointer, 4);
    return this.#view.getInt32(start, true);
  }

  getUint32(pointer: number): number {
    const start = this.#check(pointer, 4);
    return this.#view.getUint32(start, true);
  }

  getBigUint64(pointer: number): bigint {
    const start = this.#check(pointer, 8);
    return this.#view.getBigUint64(start, true);
  }

  setUint8(pointer: number, value: number): void {
    const start = this.#check(pointer, 1);
    this.#view.setUint8(start, value);
  }

  setUint16(pointer: number, value: number): void {
    const start = this.#check(pointer, 2);
    this.#view.setUint16(start, value, true);
  }

  setUint32(pointer: number, value: number): void {
    const start = this.#check(pointer, 4);
    this.#view.setUint32(start, value, true);
  }

  setBigUint64(pointer: number, value: bigint): void {
    const start = this.#check(pointer, 8);
    this.#view.setBigUint64(start, value, true);
  }

  /** The offset as an unsigned number, if `length` bytes from it on lie in memory. Renews the views: call it before their use. */
  #check(pointer: number, length: number): number {
    if (this.#bytes.length === 0) this.#refresh();
    const start = pointer >>> 0;
    if (start + (length >>> 0) > this.#bytes.length) throw new GuestFault();
    return start;
  }

  #refresh(): void {
    if (this.#memory === null) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }
}

/**
 * Copies a guest's socket address into the slot; false if its length is no address's.
 *
 * This copy is what policy judges and what the kernel gets: the guest cannot
 * change it in between.
 */
export function copyToSlot(memory: GuestMemory, pointer: number, length: number, slot: AddressSlot): boolean {
  if (length < 0 || length > slot.bytes.length) return false;
  memory.read(pointer, slot.bytes, length);
  slot.length = length;
  return true;
}
