import type { AddressText } from "../permissions/address-text.js";

/** The address whose name `name` asks for: of `in-addr.arpa` (RFC 1035 3.5) or `ip6.arpa` (RFC 3596); or null. */
export function addressOfReverseName(name: string, addresses: AddressText): Uint8Array | null {
  const [, reversed = "", zone] = /^([0-9a-f.]+)\.(in-addr|ip6)\.arpa$/.exec(name) ?? [];
  const labels = reversed.split(".").reverse();
  if (zone === "in-addr") return labels.length === 4 ? addresses.parse4(labels.join(".")) : null;
  if (zone !== "ip6" || labels.length !== 32 || labels.some((label) => label.length !== 1)) return null;
  return addresses.parse6((labels.join("").match(/.{4}/g) ?? []).join(":"));
}
