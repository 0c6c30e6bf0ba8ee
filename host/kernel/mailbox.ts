import type { AddressSlot, ControlSlot, Room } from "../core/kernel.js";
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
//   1700 u32[2]   name_room
//   1708 u32[2]   control_room
//   1716 u32      tcp_count
const SIZE = 1720;
const ADDRESS_SIZE = 128;
const MESSAGE_FLAGS = 132;
const ARGUMENTS = 136;
const DESCRIPTOR_COUNT = 168;
const CONTROL_LENGTH = 1184;
const CONTROL_SIZE = 512;
const NAME_ROOM = 1700;
const CONTROL_ROOM = 1708;
const TCP_COUNT = 1716;

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
  readonly nameRoom: Room;
  readonly controlRoom: Room;
  /** Arguments and result of a transfer. */
  readonly numbers: Int32Array;
  readonly #messageFlags: Int32Array;

  constructor() {
    const buffer = new ArrayBuffer(SIZE);
    this.bytes = new Uint8Array(buffer);
    this.address = new Address(buffer);
    this.control = new Control(buffer);
    this.nameRoom = new RoomSlot(buffer, NAME_ROOM);
    this.controlRoom = new RoomSlot(buffer, CONTROL_ROOM);
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

class RoomSlot implements Room {
  readonly #words: Uint32Array;

  constructor(buffer: ArrayBuffer, offset: number) {
    this.#words = new Uint32Array(buffer, offset, 2);
  }

  get pointer(): number {
    return this.#words[0] as number;
  }

  get size(): number {
    return this.#words[1] as number;
  }
}

class Control implements ControlSlot {
  readonly descriptors: Int32Array;
  readonly bytes: Uint8Array;
  readonly #count: Uint32Array;
  readonly #length: Uint32Array;
  readonly #tcpCount: Uint32Array;

  constructor(buffer: ArrayBuffer) {
    this.descriptors = new Int32Array(buffer, DESCRIPTOR_COUNT + 4, SCM_MAX_FD);
    this.bytes = new Uint8Array(buffer, CONTROL_LENGTH + 4, CONTROL_SIZE);
    this.#count = new Uint32Array(buffer, DESCRIPTOR_COUNT, 1);
    this.#length = new Uint32Array(buffer, CONTROL_LENGTH, 1);
    this.#tcpCount = new Uint32Array(buffer, TCP_COUNT, 1);
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

  get tcpCount(): number {
    return this.#tcpCount[0] as number;
  }
}
