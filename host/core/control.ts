import { getInt32, getUint32, setInt32 } from "./little-endian.js";

/**
 * Control messages as 32-bit programs have them: guests, and the kernel's control slot.
 *
 * ```text
 * struct cmsghdr, each aligned to 4 bytes
 *  0 u32  cmsg_len    header and data, without padding
 *  4 i32  cmsg_level  the protocol, SOL_SOCKET for sockets of any
 *  8 i32  cmsg_type
 * 12 u8[] cmsg_data
 * ```
 */
export const SIZEOF_CMSGHDR = 12;

export interface ControlMessage {
  readonly level: number;
  readonly type: number;
  /** As Linux has it on 64-bit machines, where that differs: two i64 for a time. */
  readonly data: Uint8Array;
}

/** The messages in `bytes`, or null if one is shorter than its header or longer than what is left (cmsg(3)). */
export function decodeControl(bytes: Uint8Array): ControlMessage[] | null {
  const messages: ControlMessage[] = [];
  let at = 0;
  while (at + SIZEOF_CMSGHDR <= bytes.length) {
    const length = getUint32(bytes, at);
    if (length < SIZEOF_CMSGHDR || length > bytes.length - at) return null;
    const data = bytes.slice(at + SIZEOF_CMSGHDR, at + length);
    messages.push({ level: getInt32(bytes, at + 4), type: getInt32(bytes, at + 8), data });
    at += align(length);
  }
  return messages;
}

/** Writes control messages one after the other, cutting them as Linux does where the room ends. */
export class ControlWriter {
  #target: Uint8Array;
  #start: number;
  #size: number;
  #length = 0;
  /** Whether anything was cut: MSG_CTRUNC. */
  isTruncated = false;

  /** Writes into `target[start, start + size)`: of a guest's memory no view is made, which would cost more than all else. */
  constructor(target: Uint8Array, start = 0, size = target.length) {
    this.#target = target;
    this.#start = start;
    this.#size = size;
  }

  /** Begins anew, with another target and no room in it. */
  restart(target: Uint8Array): void {
    this.#target = target;
    this.#start = 0;
    this.#size = 0;
    this.#length = 0;
    this.isTruncated = false;
  }

  /** Has it write into another part of its target, as long as it has written nothing. */
  moveTo(start: number, size: number): void {
    this.#start = start;
    this.#size = size;
  }

  /** The bytes in use, padding included. */
  get length(): number {
    return this.#length;
  }

  /** How many descriptors fit into one message more (net/core/scm.c, scm_max_fds). */
  get descriptorRoom(): number {
    return Math.max(0, this.#size - this.#length - SIZEOF_CMSGHDR) >>> 2;
  }

  /** Appends a message; its end, or all of it, is lost where there is no room (net/core/scm.c, put_cmsg). */
  put({ level, type, data }: ControlMessage): void {
    const at = this.#begin(level, type, data.length);
    const end = this.#start + this.#length;
    for (let i = 0; at + i < end && i < data.length; i++) this.#target[at + i] = data[i] as number;
  }

  /** Appends a message of the first `count` numbers; those that have no room are lost. */
  putIntegers(level: number, type: number, integers: Int32Array, count: number): void {
    const at = this.#begin(level, type, count * 4);
    const end = this.#start + this.#length;
    for (let i = 0; i < count && at + i * 4 + 4 <= end; i++) {
      setInt32(this.#target, at + i * 4, integers[i] as number);
    }
  }

  /** Writes a header for `count` bytes or as many as fit, and answers where they go. */
  #begin(level: number, type: number, count: number): number {
    const room = this.#size - this.#length;
    const length = Math.min(SIZEOF_CMSGHDR + count, room);
    if (length < SIZEOF_CMSGHDR + count) this.isTruncated = true;
    const start = this.#start + this.#length;
    if (room < SIZEOF_CMSGHDR) return start;
    setInt32(this.#target, start, length);
    setInt32(this.#target, start + 4, level);
    setInt32(this.#target, start + 8, type);
    this.#length += Math.min(align(length), room);
    return start + SIZEOF_CMSGHDR;
  }
}

/** Numbers as the data of a message. */
export function encodeIntegers(integers: readonly number[]): Uint8Array {
  const data = new Uint8Array(integers.length * 4);
  integers.forEach((integer, i) => {
    setInt32(data, i * 4, integer);
  });
  return data;
}

/** The numbers in the data of a message; bytes that make no whole one are ignored. */
export function decodeIntegers(data: Uint8Array): number[] {
  const integers: number[] = [];
  for (let at = 0; at + 4 <= data.length; at += 4) integers.push(getInt32(data, at));
  return integers;
}

function align(length: number): number {
  return (length + 3) & ~3;
}
