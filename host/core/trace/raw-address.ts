import {
  AF_NETLINK,
  AF_PACKET,
  PACKET_BROADCAST,
  PACKET_HOST,
  PACKET_MULTICAST,
  PACKET_OTHERHOST,
  PACKET_OUTGOING,
  SIZEOF_SOCKADDR_LL,
  SIZEOF_SOCKADDR_NL,
} from "../linux.generated.js";

const PACKET_TYPES: ReadonlyMap<number, string> = new Map([
  [PACKET_HOST, "PACKET_HOST"],
  [PACKET_BROADCAST, "PACKET_BROADCAST"],
  [PACKET_MULTICAST, "PACKET_MULTICAST"],
  [PACKET_OTHERHOST, "PACKET_OTHERHOST"],
  [PACKET_OUTGOING, "PACKET_OUTGOING"],
]);
/** The hardware address is shown as far as the kernel told it: `sll_addr` begins there. */
const HARDWARE_ADDRESS = 12;

/** The address of a netlink or packet socket as strace prints it, or null for any other. */
export function rawAddress(bytes: Uint8Array, length: number): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length));
  if (view.byteLength < SIZEOF_SOCKADDR_NL) return null;
  const family = view.getUint16(0, true);
  if (family === AF_NETLINK) {
    const groups = view.getUint32(8, true).toString(16).padStart(8, "0");
    return `{sa_family=AF_NETLINK, nl_pid=${view.getUint32(4, true)}, nl_groups=${groups}}`;
  }
  return family === AF_PACKET && view.byteLength >= HARDWARE_ADDRESS ? linkAddress(view) : null;
}

/**
 * ```text
 * struct sockaddr_ll
 *  0 u16 sll_family   host      8 u16   sll_hatype   host
 *  2 u16 sll_protocol network  10 u8    sll_pkttype
 *  4 i32 sll_ifindex  host     11 u8    sll_halen
 *                              12 u8[8] sll_addr
 * ```
 */
function linkAddress(view: DataView): string {
  const type = view.getUint8(10);
  const length = view.getUint8(11);
  const shown = Math.min(length, SIZEOF_SOCKADDR_LL - HARDWARE_ADDRESS, view.byteLength - HARDWARE_ADDRESS);
  const octets = Array.from(
    { length: Math.max(0, shown) },
    (_, i) =>
      `0x${view
        .getUint8(HARDWARE_ADDRESS + i)
        .toString(16)
        .padStart(2, "0")}`,
  );
  const address = octets.length === 0 ? "" : `, sll_addr=[${octets.join(", ")}]`;
  return (
    `{sa_family=AF_PACKET, sll_protocol=htons(0x${view.getUint16(2).toString(16)}), ` +
    `sll_ifindex=${view.getInt32(4, true)}, sll_hatype=${view.getUint16(8, true)}, ` +
    `sll_pkttype=${PACKET_TYPES.get(type) ?? type}, sll_halen=${length}${address}}`
  );
}
