import type { GuestMemory } from "../memory.js";
import { SUCCESS } from "./errno.js";

/** The guest called `proc_exit`: unwinds it, and is caught where it was started. */
export class ProcessExit extends Error {
  override readonly name = "ProcessExit";
  constructor(readonly code: number) {
    super(`exit status ${code}`);
  }
}

/** Strings as preview1 hands them out: NUL-terminated UTF-8, one after the other. */
export class StringList {
  readonly #strings: readonly Uint8Array[];
  readonly #size: number;

  constructor(strings: readonly string[]) {
    this.#strings = strings.map((text) => new TextEncoder().encode(`${text}\0`));
    this.#size = this.#strings.reduce((size, bytes) => size + bytes.length, 0);
  }

  /** `args_sizes_get` and `environ_sizes_get`: the number of strings, and of their bytes. */
  writeSizes(memory: GuestMemory, count: number, size: number): number {
    memory.reserve(size, 4);
    memory.setUint32(count, this.#strings.length);
    memory.setUint32(size, this.#size);
    return SUCCESS;
  }

  /** `args_get` and `environ_get`: an array of pointers, and the strings they point at. */
  write(memory: GuestMemory, pointers: number, buffer: number): number {
    memory.reserve(pointers, this.#strings.length * 4);
    memory.reserve(buffer, this.#size);
    let at = buffer;
    this.#strings.forEach((bytes, i) => {
      memory.setUint32(pointers + i * 4, at);
      memory.bytes(at, bytes.length).set(bytes);
      at += bytes.length;
    });
    return SUCCESS;
  }
}
