import { type ControlMessage, decodeControl, decodeIntegers } from "../../core/control.js";
import {
  IP_RECVERR,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_UDP,
  IPV6_HOPLIMIT,
  IPV6_RECVERR,
  IPV6_TCLASS,
  SCM_CREDENTIALS,
  SCM_RIGHTS,
  SCM_TIMESTAMP,
  SCM_TIMESTAMPNS,
  SIZEOF_SOCKADDR_STORAGE,
  SOL_SOCKET,
  UDP_GRO,
  UDP_SEGMENT,
} from "../../core/linux.generated.js";
import type { AddressText } from "../../core/permissions/address-text.js";
import * as notation from "../../core/trace/notation.js";
import type { GuestMemory } from "../memory.js";

/** Prints `count` iovecs at `pointer`. */
type PrintVector = (pointer: number, count: number) => string;
type PrintData = (data: Uint8Array, addresses: AddressText) => string;

/** No more of a message's control data is shown. */
const CONTROL_LIMIT = 4096;

/** A `struct msghdr` and all that it points at, as strace prints it. */
export function printMessage(
  memory: GuestMemory,
  msg: number,
  addresses: AddressText,
  printVector: PrintVector,
): string {
  const name = memory.getUint32(msg);
  const nameLength = memory.getInt32(msg + 4);
  const count = memory.getUint32(msg + 12);
  const control = memory.getUint32(msg + 16);
  const controlLength = control === 0 ? 0 : memory.getUint32(msg + 20);
  const fields = [
    `msg_name=${name === 0 ? "NULL" : printName(memory, name, nameLength, addresses)}`,
    `msg_namelen=${name === 0 ? 0 : nameLength}`,
    `msg_iov=${printVector(memory.getUint32(msg + 8), count)}`,
    `msg_iovlen=${count}`,
    ...(controlLength === 0 ? [] : [`msg_control=${printControl(memory, control, controlLength, addresses)}`]),
    `msg_controllen=${controlLength}`,
    `msg_flags=${notation.flagsOf(notation.MESSAGE_FLAGS, memory.getInt32(msg + 24))}`,
  ];
  return `{${fields.join(", ")}}`;
}

function printName(memory: GuestMemory, name: number, length: number, addresses: AddressText): string {
  if (length < 0) return "{...}";
  const shown = Math.min(length, SIZEOF_SOCKADDR_STORAGE);
  return notation.sockaddr(memory.bytes(name, shown), shown, addresses);
}

function printControl(memory: GuestMemory, control: number, length: number, addresses: AddressText): string {
  const messages = decodeControl(memory.bytes(control, Math.min(length, CONTROL_LIMIT)));
  if (messages === null) return `0x${control.toString(16)}`;
  return `[${messages.map((message) => printControlMessage(message, addresses)).join(", ")}]`;
}

function printControlMessage({ level, type, data }: ControlMessage, addresses: AddressText): string {
  const [name, print] = KINDS.get(level)?.get(type) ?? [String(type), printBytes];
  const shown = data.length === 0 ? "" : `, cmsg_data=${print(data, addresses)}`;
  const levelName = notation.symbol(notation.LEVELS, level);
  return `{cmsg_len=${data.length + 12}, cmsg_level=${levelName}, cmsg_type=${name}${shown}}`;
}

const printBytes: PrintData = (data) => notation.quote(data);
const printIntegers: PrintData = (data) => `[${decodeIntegers(data).join(", ")}]`;
const printOctet: PrintData = (data) => `[0x${(data[0] ?? 0).toString(16)}]`;
const printShort: PrintData = (data) => `[${(data[0] ?? 0) | ((data[1] ?? 0) << 8)}]`;
const printCredentials: PrintData = (data) => {
  const [pid, uid, gid] = decodeIntegers(data);
  return `{pid=${pid}, uid=${uid}, gid=${gid}}`;
};
const printTime =
  (fraction: string): PrintData =>
  (data) => {
    if (data.length < 16) return notation.quote(data);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return `{tv_sec=${view.getBigInt64(0, true)}, ${fraction}=${view.getBigInt64(8, true)}}`;
  };

/**
 * ```text
 * struct sock_extended_err, and then the offender's address
 *  0 u32 ee_errno   4 u8 ee_origin   5 u8 ee_type   6 u8 ee_code   8 u32 ee_info   12 u32 ee_data
 * ```
 */
const printExtendedError: PrintData = (data, addresses) => {
  if (data.length < 16) return notation.quote(data);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const origin = notation.symbol(notation.ERROR_ORIGINS, view.getUint8(4));
  const code = `ee_type=${view.getUint8(5)}, ee_code=${view.getUint8(6)}`;
  const rest = `ee_info=${view.getUint32(8, true)}, ee_data=${view.getUint32(12, true)}`;
  const offender = notation.sockaddr(data.subarray(16), data.length - 16, addresses);
  return `{ee_errno=${view.getUint32(0, true)}, ee_origin=${origin}, ${code}, ${rest}, offender=${offender}}`;
};

const KINDS: ReadonlyMap<number, ReadonlyMap<number, readonly [name: string, print: PrintData]>> = new Map([
  [
    SOL_SOCKET,
    new Map([
      [SCM_RIGHTS, ["SCM_RIGHTS", printIntegers]],
      [SCM_CREDENTIALS, ["SCM_CREDENTIALS", printCredentials]],
      [SCM_TIMESTAMP, ["SO_TIMESTAMP", printTime("tv_usec")]],
      [SCM_TIMESTAMPNS, ["SO_TIMESTAMPNS", printTime("tv_nsec")]],
    ]),
  ],
  [
    IPPROTO_IP,
    new Map([
      [IP_RECVERR, ["IP_RECVERR", printExtendedError]],
      [IP_TTL, ["IP_TTL", printIntegers]],
      [IP_TOS, ["IP_TOS", printOctet]],
    ]),
  ],
  [
    IPPROTO_IPV6,
    new Map([
      [IPV6_RECVERR, ["IPV6_RECVERR", printExtendedError]],
      [IPV6_HOPLIMIT, ["IPV6_HOPLIMIT", printIntegers]],
      [IPV6_TCLASS, ["IPV6_TCLASS", printIntegers]],
    ]),
  ],
  [
    IPPROTO_UDP,
    new Map([
      [UDP_SEGMENT, ["UDP_SEGMENT", printShort]],
      [UDP_GRO, ["UDP_GRO", printIntegers]],
    ]),
  ],
]);
