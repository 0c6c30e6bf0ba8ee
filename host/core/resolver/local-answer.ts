import { NOERROR, T_A, T_AAAA, T_CNAME, T_PTR } from "../linux.generated.js";
import type { AddressText } from "../permissions/address-text.js";
import { canonicalAddress, LOOPBACK_4, LOOPBACK_6 } from "../permissions/ip.js";
import type { DnsQuestion, DnsRecord } from "./dns-codec.js";
import type { HostEntry, Hosts } from "./hosts.js";
import { addressOfReverseName } from "./reverse-name.js";

/** What this machine answers without asking anybody. */
export interface LocalAnswer {
  readonly rcode: number;
  readonly records: readonly DnsRecord[];
}

const LOOPBACKS: HostEntry = { canonical: "localhost", addresses: [LOOPBACK_4, LOOPBACK_6], lines: [] };

/**
 * The entry of a name that this machine knows itself, or null.
 *
 * `localhost` and all below it are the two loopback addresses, whatever
 * hosts(5) says, and no server is ever asked about them (RFC 6761 6.3).
 */
export function localEntry(name: string, hosts: Hosts): HostEntry | null {
  if (name === "localhost" || name.endsWith(".localhost")) return { ...LOOPBACKS, canonical: name };
  return hosts.names.get(name) ?? null;
}

/**
 * Answers from hosts(5), or null for what has to be asked.
 *
 * A name that has addresses of one family there has none of the other: who
 * writes it into the file means to say all. Of the names beside the first on
 * its lines the answer has those that the asker `mayLookUp` itself.
 */
export function localAnswer(
  { name, type }: Pick<DnsQuestion, "name" | "type">,
  hosts: Hosts,
  addresses: AddressText,
  mayLookUp: (name: string) => boolean,
): LocalAnswer | null {
  if (type === T_PTR) return reverseAnswer(name, hosts, addresses, mayLookUp);
  const entry = localEntry(name, hosts);
  if (entry === null) return null;
  const isLocalhost = entry.addresses === LOOPBACKS.addresses;
  if (type !== T_A && type !== T_AAAA) return isLocalhost ? { rcode: NOERROR, records: [] } : null;

  const { canonical } = entry;
  const asked = canonical === name ? [] : [name];
  const others = aliasesOf(entry).filter((other) => other !== name && mayLookUp(other));
  const alias = (owner: string): DnsRecord => ({ owner, type: T_CNAME, target: canonical });
  const wanted = entry.addresses.filter(({ length }) => length === (type === T_A ? 4 : 16));
  const found = wanted.map((address): DnsRecord => ({ owner: canonical, address }));
  return { rcode: NOERROR, records: [...asked.map(alias), ...found, ...others.map(alias)] };
}

/** No name server would tell all of them: gethostbyname(3) does. */
function aliasesOf({ canonical, lines }: HostEntry): string[] {
  return [...new Set(lines.flat())].filter((name) => name !== canonical);
}

function reverseAnswer(
  name: string,
  hosts: Hosts,
  addresses: AddressText,
  mayLookUp: (name: string) => boolean,
): LocalAnswer | null {
  const address = addressOfReverseName(name, addresses);
  if (address === null) return null;
  const text = addresses.format(canonicalAddress(address));
  const names = hosts.reverse.get(text) ?? (text === "127.0.0.1" || text === "::1" ? ["localhost"] : null);
  if (names === null) return null;
  const told = names.filter((target, i) => i === 0 || mayLookUp(target));
  return { rcode: NOERROR, records: told.map((target) => ({ owner: name, type: T_PTR, target })) };
}
