import type { AddressSlot, ControlSlot } from "../core/kernel.js";
import { SCM_MAX_FD } from "../core/linux.generated.js";

// struct mailbox (host/native/kernel.h)
//   0    u8[128]  address
//   128  u32      address_length
//   132  i32      message_flags
//   136  i32[7]   arguments
//   164  i32      result
//   168  u32      descriptor_count
//   172  i32[253] descriptors
//   1184 u32      control_length
//   1188 u8[512]  control
//   1700 u32      room
//   1704 u32      room_size
//   1708 u32      tcp_count
const SIZE = 1712;
const ADDRESS_SIZE = 128;
const MESSAGE_FLAGS = 132;
const ARGUMENTS = 136;
const DESCRIPTOR_COUNT = 168;
const CONTROL_LENGTH = 1184;
const CONTROL_SIZE = 512;
const ROOM = 1700;

/** Of `Mailbox.numbers`: the seven arguments come first. */
export const RESULT = 7;

/**
 * What JavaScript and the addon exchange beside arguments and results.
 *
 * Classes throughout: V8 keeps an object literal with accessors as a
 * dictionary, which costs half a microsecond a call.
 */
export class Mailbox {
  readonly bytes: Uint8Array;
  readonly address: AddressSlot;
  readonly control: ControlSlot;
  /** Arguments and result of a transfer. */
  readonly numbers: Int32Array;
  readonly #messageFlags: Int32Array;

  constructor() {
    const buffer = new ArrayBuffer(SIZE);
    this.bytes = new Uint8Array(buffer);
    this.address = new Address(buffer);
    this.control = new Control(buffer);
    this.numbers = new Int32Array(buffer, ARGUMENTS, RESULT + 1);
    this.#messageFlags = new Int32Array(buffer, MESSAGE_FLAGS, 1);
  }

  get messageFlags(): number {
    return this.#messageFlags[0] as number;
  }
}

class Address implements AddressSlot {
  readonly bytes: Uint8Array;
  readonly #length: Uint32Array;

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer, 0, ADDRESS_SIZE);
    this.#length = new Uint32Array(buffer, ADDRESS_SIZE, 1);
  }

  get length(): number {
    return this.#length[0] as number;
  }

  set length(value: number) {
    this.#length[0] = value;
  }
}

class Control implements ControlSlot {
  readonly descriptors: Int32Array;
  readonly bytes: Uint8Array;
  readonly #count: Uint32Array;
  readonly #length: Uint32Array;
  /** room, room_size, tcp_count */
  readonly #received: Uint32Array;

  constructor(buffer: ArrayBuffer) {
    this.descriptors = new Int32Array(buffer, DESCRIPTOR_COUNT + 4, SCM_MAX_FD);
    this.bytes = new Uint8Array(buffer, CONTROL_LENGTH + 4, CONTROL_SIZE);
    this.#count = new Uint32Array(buffer, DESCRIPTOR_COUNT, 1);
    this.#length = new Uint32Array(buffer, CONTROL_LENGTH, 1);
    this.#received = new Uint32Array(buffer, ROOM, 3);
  }

  get descriptorCount(): number {
    return this.#count[0] as number;
  }

  set descriptorCount(value: number) {
    this.#count[0] = value;
  }

  get length(): number {
    return this.#length[0] as number;
  }

  set length(value: number) {
    this.#length[0] = value;
  }

  get room(): number {
    return this.#received[0] as number;
  }

  get roomSize(): number {
    return this.#received[1] as number;
  }

  get tcpCount(): number {
    return this.#received[2] as number;
  }
}
