// From addresses to names: in-addr.arpa and ip6.arpa. RFC 1035 section 3.5, RFC 3596 section 2.5.

import { AF_INET, T_PTR } from "../linux.generated";
import { Answer } from "./answer";
import { NameRecord } from "./records";
import { Resolver, systemResolver } from "./resolver";

const DIGITS: string = "0123456789abcdef";

/** The name that stands for the 4 (AF_INET) or 16 bytes at `address`. */
export function reverseName(family: i32, address: usize): string {
  let name = "";
  if (family == AF_INET) {
    for (let i = 3; i >= 0; i--) name += `${load<u8>(address + i)}.`;
    return `${name}in-addr.arpa`;
  }
  for (let i = 15; i >= 0; i--) {
    const byte = <u32>load<u8>(address + i);
    name += `${DIGITS.charAt(byte & 15)}.${DIGITS.charAt(byte >> 4)}.`;
  }
  return `${name}ip6.arpa`;
}

/** Asks which names an address has. An IPv4-mapped address has those of the IPv4 address. */
export function lookUpAddress(family: i32, address: usize, resolver: Resolver = systemResolver()): Answer {
  if (family != AF_INET && isMapped(address)) return lookUpAddress(AF_INET, address + 12, resolver);
  return resolver.query(reverseName(family, address), T_PTR);
}

/** The host names that an answer to such a question has. */
export function hostNames(answer: Answer): string[] {
  const names: string[] = [];
  for (let i = 0; i < answer.records.length; i++) {
    const target = (<NameRecord>answer.records[i]).target;
    if (isHostName(target)) names.push(target);
  }
  return names;
}

/**
 * Tells whether a name from the network may pass for a host's: letters, digits,
 * `-`, `_` and dots, no `-` in front. glibc discards others, too: what is printed
 * or given to a shell is not for an owner of an address to choose.
 */
export function isHostName(name: string): bool {
  return name.length > 0 && !name.startsWith("-") && !name.includes("\\");
}

/** Tells whether the 16 bytes at `address` are `::ffff:a.b.c.d`. */
export function isMapped(address: usize): bool {
  return load<u64>(address) == 0 && load<u32>(address, 8) == 0xffff0000;
}
