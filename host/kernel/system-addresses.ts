import type { SysResult } from "../core/errno.js";
import { AF_INET } from "../core/linux.generated.js";
import type { NativeContext } from "./addon.js";

// struct host_address (host/native/kernel_resolve.c)
//   0  u16     family   host order
//   2  u16     0
//   4  u8[16]  address  network order; IPv4 in the first 4
const ENTRY_SIZE = 20;
const ENTRIES = 256;

/** What a look-up of the system's has found: each address in network order, or `-errno`. */
export function systemAddresses(native: NativeContext, hostFd: number): Uint8Array[] | SysResult {
  const entries = new Uint8Array(ENTRY_SIZE * ENTRIES);
  const count = native.finishGetaddrinfo(hostFd, entries);
  if (count < 0) return count;
  const view = new DataView(entries.buffer);
  return Array.from({ length: Math.min(count, ENTRIES) }, (_, index) => {
    const start = index * ENTRY_SIZE + 4;
    return entries.slice(start, start + (view.getUint16(index * ENTRY_SIZE, true) === AF_INET ? 4 : 16));
  });
}
