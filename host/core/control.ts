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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: ControlMessage[] = [];
  let at = 0;
  while (at + SIZEOF_CMSGHDR <= bytes.length) {
    const length = view.getUint32(at, true);
    if (length < SIZEOF_CMSGHDR || length > bytes.length - at) return null;
    const data = bytes.subarray(at + SIZEOF_CMSGHDR, at + length);
    messages.push({ level: view.getInt32(at + 4, true), type: view.getInt32(at + 8, true), data });
    at += align(length);
  }
  return messages;
}

/** Writes control messages one after the other, cutting them as Linux does where the room ends. */
export class ControlWriter {
  readonly #target: Uint8Array;
  #length = 0;
  /** Whether anything was cut: MSG_CTRUNC. */
  isTruncated = false;

  constructor(target: Uint8Array) {
    this.#target = target;
  }

  /** The bytes in use, padding included. */
  get length(): number {
    return this.#length;
  }

  /** How many descriptors fit into one message more (net/core/scm.c, scm_max_fds). */
  get descriptorRoom(): number {
    return Math.max(0, (this.#target.length - this.#length - SIZEOF_CMSGHDR) >> 2);
  }

  /** Appends a message; its end, or all of it, is lost where there is no room (net/core/scm.c, put_cmsg). */
  put({ level, type, data }: ControlMessage): void {
    const room = this.#target.length - this.#length;
    const length = Math.min(SIZEOF_CMSGHDR + data.length, room);
    if (length < SIZEOF_CMSGHDR + data.length) this.isTruncated = true;
    if (room < SIZEOF_CMSGHDR) return;
    const target = this.#target.subarray(this.#length);
    const view = new DataView(target.buffer, target.byteOffset, SIZEOF_CMSGHDR);
    view.setUint32(0, length, true);
    view.setInt32(4, level, true);
    view.setInt32(8, type, true);
    target.set(data.subarray(0, length - SIZEOF_CMSGHDR), SIZEOF_CMSGHDR);
    this.#length += Math.min(align(length), room);
  }
}

/** Numbers as the data of a message. */
export function encodeIntegers(integers: readonly number[]): Uint8Array {
  const data = new Uint8Array(integers.length * 4);
  const view = new DataView(data.buffer);
  integers.forEach((integer, i) => {
    view.setInt32(i * 4, integer, true);
  });
  return data;
}

/** The numbers in the data of a message; bytes that make no whole one are ignored. */
export function decodeIntegers(data: Uint8Array): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length >> 2 }, (_, i) => view.getInt32(i * 4, true));
}

function align(length: number): number {
  return (length + 3) & ~3;
}
