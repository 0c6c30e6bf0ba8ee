import type { AddressText } from "./address-text.js";
import { canonicalAddress, canonicalDestination } from "./ip.js";
import type { Endpoint, Question } from "./question.js";

/** The flag that grants just what was asked, or null where only `--allow-all` would. */
export function smallestGrant(question: Question, addresses: AddressText): string | null {
  if (question.verb === "raw") return null;
  const isOutgoing = question.verb === "connect" || question.verb === "send";
  const flag = isOutgoing ? "--allow-net-connect" : "--allow-net-listen";
  return `${flag}=${ruleFor(question.endpoint, isOutgoing, addresses)}`;
}

function ruleFor(endpoint: Endpoint, isDestination: boolean, addresses: AddressText): string {
  if (endpoint.kind === "ip") return formatEndpoint(endpoint, isDestination, addresses);
  if (endpoint.kind === "unix-path") return `unix:${utf8(endpoint.name)}`;
  // An autobound name is the kernel's choice, which only a prefix can cover.
  return `unix:@${endpoint.name === "" ? "*" : utf8(endpoint.name)}`;
}

/** `address:port` in the canonical form that policy judged; IPv6 in brackets. */
export function formatEndpoint(
  { address, port }: Extract<Endpoint, { readonly kind: "ip" }>,
  isDestination: boolean,
  addresses: AddressText,
): string {
  const canonical = isDestination ? canonicalDestination(address) : canonicalAddress(address);
  const text = addresses.format(canonical);
  return canonical.length === 16 ? `[${text}]:${port}` : `${text}:${port}`;
}

/** Names hold one character per byte; what is shown is their UTF-8 reading. */
export function utf8(name: string): string {
  return new TextDecoder().decode(Uint8Array.from(name, (character) => character.charCodeAt(0)));
}
