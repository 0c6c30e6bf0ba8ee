import type { AddressText } from "../permissions/address-text.js";
import { canonicalName } from "../permissions/name.js";

/** A name of hosts(5): what it is an alias of (itself, if of nothing), its addresses, and all names of its lines. */
export interface HostEntry {
  readonly canonical: string;
  readonly addresses: Uint8Array[];
  readonly lines: (readonly string[])[];
}

/** hosts(5), read: entries by name, and the names of the first line of each address by its text. */
export interface Hosts {
  readonly names: ReadonlyMap<string, HostEntry>;
  readonly reverse: ReadonlyMap<string, readonly string[]>;
}

/**
 * Parses hosts(5): an address, its name, its aliases; `#` begins a comment.
 *
 * A name on several lines has the addresses of all of them. What is no address
 * or no name is passed over, as is an address with a zone, which no record holds.
 */
export function parseHosts(text: string, addresses: AddressText): Hosts {
  const names = new Map<string, HostEntry>();
  const reverse = new Map<string, readonly string[]>();
  for (const line of text.split("\n")) {
    const [first = "", ...words] = line.replace(/#.*/, "").trim().split(/\s+/);
    const address = addresses.parse4(first) ?? addresses.parse6(first);
    const lineNames = words.map((word) => canonicalName(word, addresses)).filter((name) => name !== null);
    if (address === null || lineNames.length === 0) continue;
    const key = addresses.format(address);
    if (!reverse.has(key)) reverse.set(key, lineNames);
    for (const name of lineNames) enter(names, name, lineNames, address);
  }
  return { names, reverse };
}

function enter(names: Map<string, HostEntry>, name: string, line: readonly string[], address: Uint8Array): void {
  const entry = names.get(name) ?? { canonical: line[0] ?? name, addresses: [], lines: [] };
  names.set(name, entry);
  if (entry.lines.at(-1) !== line) entry.lines.push(line);
  if (!entry.addresses.some((known) => `${known}` === `${address}`)) entry.addresses.push(address);
}
