import type { AddressText } from "../permissions/address-text.js";
import { canonicalName } from "../permissions/name.js";

/** A name of hosts(5): what it is an alias of (itself, if of nothing), and its addresses. */
export interface HostEntry {
  readonly canonical: string;
  readonly addresses: Uint8Array[];
}

/** hosts(5), read: entries by name, and the first name of each address by its text. */
export interface Hosts {
  readonly names: ReadonlyMap<string, HostEntry>;
  readonly reverse: ReadonlyMap<string, string>;
}

/**
 * Parses hosts(5): an address, its name, its aliases; `#` begins a comment.
 *
 * A name on several lines has the addresses of all of them. What is no address
 * or no name is passed over, as is an address with a zone, which no record holds.
 */
export function parseHosts(text: string, addresses: AddressText): Hosts {
  const names = new Map<string, HostEntry>();
  const reverse = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [first = "", ...words] = line.replace(/#.*/, "").trim().split(/\s+/);
    const address = addresses.parse4(first) ?? addresses.parse6(first);
    const lineNames = words.map((word) => canonicalName(word, addresses)).filter((name) => name !== null);
    const [canonical] = lineNames;
    if (address === null || canonical === undefined) continue;
    const key = addresses.format(address);
    if (!reverse.has(key)) reverse.set(key, canonical);
    for (const name of lineNames) enter(names, name, canonical, address);
  }
  return { names, reverse };
}

function enter(names: Map<string, HostEntry>, name: string, canonical: string, address: Uint8Array): void {
  const entry = names.get(name) ?? { canonical, addresses: [] };
  names.set(name, entry);
  if (!entry.addresses.some((known) => `${known}` === `${address}`)) entry.addresses.push(address);
}
