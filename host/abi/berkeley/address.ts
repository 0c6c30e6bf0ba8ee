import type { SysResult } from "../../core/errno.js";
import { EINVAL } from "../../core/linux.generated.js";
import type { AbiContext } from "../imports.js";
import { copyToSlot, GuestFault } from "../memory.js";

/** Copies an address argument into the kernel's slot; 0, or `-EINVAL` for a length that is no address's. */
export function readAddress({ core, memory }: AbiContext, addr: number, addrlen: number): SysResult {
  return copyToSlot(memory, addr, addrlen, core.kernel.address) ? 0 : -EINVAL;
}

/** Where a call is to put an address, claimed before the call has an effect. */
export interface AddressOut {
  readonly addr: number;
  readonly addrlen: number;
  /** `socklen_t`: the room that the guest said it has. */
  readonly room: number;
}

/** Claims `addr` and `*addrlen`; `-EINVAL` for a negative length. */
export function claimAddress({ core, memory }: AbiContext, addr: number, addrlen: number): AddressOut | SysResult {
  if (addrlen === 0) throw new GuestFault();
  const room = memory.getInt32(addrlen);
  if (room < 0) return -EINVAL;
  if (addr === 0 && room > 0) throw new GuestFault();
  memory.reserve(addr, Math.min(room, core.kernel.address.bytes.length));
  return { addr, addrlen, room };
}

/** Writes the slot's address, cut to the guest's room, and its full length, as the kernel does. */
export function writeAddress({ core, memory }: AbiContext, out: AddressOut): void {
  const { bytes, length } = core.kernel.address;
  memory.write(out.addr, bytes, Math.min(out.room, length, bytes.length));
  memory.setUint32(out.addrlen, length);
}
