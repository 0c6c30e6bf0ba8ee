import type { AddressText } from "./address-text.js";
import { canonicalAddress, canonicalDestination, isInClass } from "./ip.js";
import { canonicalName } from "./name.js";
import { PASS_FD_FLAG } from "./policy.js";
import type { Endpoint, EndpointQuestion, Question } from "./question.js";

/** The flag that grants just what was asked. */
export function smallestGrant(question: Question, addresses: AddressText): string {
  if (question.verb === "raw") return `--allow-raw=${question.what}`;
  if (question.verb === "env") return `--allow-env=${question.name}`;
  if (question.verb === "pass-fd") return `--${PASS_FD_FLAG}`;
  if (question.verb === "resolve") return `--allow-net-resolve=${question.name}`;
  if (question.verb === "move") {
    return `--allow-net-connect=unix:${utf8(question.path)}${question.isDirectory ? "/**" : ""}`;
  }
  if ("path" in question) return `--allow-${question.verb}=${utf8(question.path)}`;
  // What is no socket, or is not there, is a file's business; who looks for its own socket may listen there anyway.
  if (question.verb === "stat" && question.endpoint.kind === "unix-path") {
    return `--allow-read=${utf8(question.endpoint.name)}`;
  }
  const isOutgoing = question.verb === "connect" || question.verb === "send";
  const flag = isOutgoing ? "--allow-net-connect" : "--allow-net-listen";
  if (question.verb === "join") return `${flag}=${formatGroup(question.endpoint, addresses)}`;
  const name = leasedName(question, addresses);
  if (name !== null) return `${flag}=${name}`;
  return `${flag}=${ruleFor(question.endpoint, isOutgoing, addresses)}`;
}

/** `name:port` of a destination that was looked up by this one name, and that a rule for the name would open. */
function leasedName({ endpoint, names = [] }: EndpointQuestion, addresses: AddressText): string | null {
  const [name = "", ...others] = names;
  if (endpoint.kind !== "ip" || others.length > 0 || canonicalName(name, addresses) !== name) return null;
  if (!isInClass("public", canonicalDestination(endpoint.address))) return null;
  return `${transportOf(endpoint)}${name}:${endpoint.port}`;
}

function ruleFor(endpoint: Endpoint, isDestination: boolean, addresses: AddressText): string {
  if (endpoint.kind === "ip") return transportOf(endpoint) + formatEndpoint(endpoint, isDestination, addresses);
  if (endpoint.kind === "unix-path") return `unix:${utf8(endpoint.name)}`;
  // An autobound name is the kernel's choice, which only a prefix can cover.
  return `unix:@${endpoint.name === "" ? "*" : utf8(endpoint.name)}`;
}

/** `udp:` or nothing: what most rules mean goes without saying. */
function transportOf({ transport }: Extract<Endpoint, { readonly kind: "ip" }>): string {
  return transport === "udp" ? "udp:" : "";
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

/** The address of a multicast group, which has no port. */
export function formatGroup(endpoint: Endpoint, addresses: AddressText): string {
  return endpoint.kind === "ip" ? formatEndpoint(endpoint, true, addresses).replace(/:\d+$/, "") : "";
}

/** Names hold one character per byte; what is shown is their UTF-8 reading. */
export function utf8(name: string): string {
  return new TextDecoder().decode(Uint8Array.from(name, (character) => character.charCodeAt(0)));
}
