import { type ControlMessage, ControlWriter, decodeControl, encodeIntegers } from "../../host/core/control.js";
import { SCM_RIGHTS, SOL_SOCKET } from "../../host/core/linux.generated.js";
import type { Guest } from "./guest.js";

/** What a test puts into a msghdr. */
export interface MessageOptions {
  readonly name?: Uint8Array;
  /** Where the name goes, for recvmsg. */
  readonly nameRoom?: number;
  /** One buffer each. */
  readonly data?: readonly (string | Uint8Array)[];
  readonly control?: Uint8Array;
  readonly controlRoom?: number;
}

/** Puts a msghdr and all that it points at into the guest's memory; answers its place. */
export function putMessage(guest: Guest, options: MessageOptions): number {
  const { name, nameRoom = 0, data = [], control, controlRoom = 0 } = options;
  const pieces = data.map((piece) => [guest.put(piece as string), piece.length] as const);
  const nameAt = name ? guest.put(name) : nameRoom > 0 ? guest.allocate(nameRoom) : 0;
  const controlAt = control ? guest.put(control) : controlRoom > 0 ? guest.put(new Uint8Array(controlRoom)) : 0;
  const iovecs = guest.putIovecs(...pieces);
  const nameLength = name?.length ?? nameRoom;
  return guest.put32(nameAt, nameLength, iovecs, pieces.length, controlAt, control?.length ?? controlRoom, -1);
}

/** Control messages as the guest would pass them. */
export function controlOf(...messages: readonly ControlMessage[]): Uint8Array {
  const bytes = new Uint8Array(4096);
  const writer = new ControlWriter(bytes);
  for (const message of messages) writer.put(message);
  return bytes.slice(0, writer.length);
}

/** SCM_RIGHTS with these descriptors. */
export function rightsOf(...fds: readonly number[]): ControlMessage {
  return { level: SOL_SOCKET, type: SCM_RIGHTS, data: encodeIntegers(fds) };
}

/** What recvmsg has told in the msghdr at `msg`. */
export function readMessage(guest: Guest, msg: number) {
  const word = (offset: number): number => guest.view.getUint32(msg + offset, true);
  const control = guest.get(word(16), word(20));
  return {
    name: guest.get(word(0), word(4)),
    controlLength: word(20),
    control: decodeControl(control)?.map(({ level, type, data }) => ({ level, type, data: [...data] })),
    flags: guest.view.getInt32(msg + 24, true),
  };
}

/** Sends one byte and these descriptors; the call's result. */
export function sendRights(guest: Guest, fd: number, fds: readonly number[], flags = 0): number {
  return guest.call("sendmsg", fd, putMessage(guest, { data: ["x"], control: controlOf(rightsOf(...fds)) }), flags);
}

/** Receives a message with room for `room` descriptors: the result, the descriptors, and the flags. */
export function receiveRights(guest: Guest, fd: number, room = 253, flags = 0) {
  const msg = putMessage(guest, { data: [new Uint8Array(8)], controlRoom: room === 0 ? 0 : 12 + 4 * room });
  const result = guest.call("recvmsg", fd, msg, flags);
  if (result < 0) return { result, fds: [], flags: 0 };
  const { control = [], flags: messageFlags } = readMessage(guest, msg);
  const data = control.find(({ type }) => type === SCM_RIGHTS)?.data ?? [];
  return { result, fds: [...new Int32Array(Uint8Array.from(data).buffer)], flags: messageFlags };
}

/** A pair of the guest's own. */
export function pairOf(guest: Guest, domain: number, type: number): [number, number] {
  const sv = guest.allocate(8);
  const result = guest.call("socketpair", domain, type, 0, sv);
  if (result !== 0) throw new Error(`socketpair answers ${result}`);
  return [guest.view.getInt32(sv, true), guest.view.getInt32(sv + 4, true)];
}
