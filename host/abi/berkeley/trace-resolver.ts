import { AF_INET } from "../../core/linux.generated.js";
import type { Resolver } from "../../core/resolver/resolver.js";
import * as notation from "../../core/trace/notation.js";
import type { GuestMemory } from "../memory.js";

const SHOWN = 8;
const SIZEOF_HOST_ADDRESS = 20;

/** A DNS query: `{example.com, T_A}`, or its bytes where it is none. */
export function dnsQuery({ codec }: Resolver, message: Uint8Array): string {
  const question = message.length > 65535 ? null : codec.readQuestion(message);
  if (question === null) return notation.quote(message);
  return `{${question.name || "."}, ${notation.symbol(notation.DNS_TYPES, question.type)}}`;
}

/** A DNS answer: `{NOERROR, 93.184.216.34}`. */
export function dnsAnswer({ codec, addresses }: Resolver, message: Uint8Array): string {
  const rcode = notation.symbol(notation.DNS_RCODES, codec.rcode(message));
  const found = codec.addresses(message).map((address) => addresses.format(address));
  return `{${[rcode, ...limited(found)].join(", ")}}`;
}

/** What getaddrinfo has written of its `count` entries into `room` bytes. */
export function hostAddresses(
  { addresses }: Resolver,
  memory: GuestMemory,
  pointer: number,
  room: number,
  count: number,
): string {
  const written = Math.min(count, Math.floor(room / SIZEOF_HOST_ADDRESS), SHOWN + 1);
  const texts = Array.from({ length: written }, (_, index) => {
    const entry = pointer + index * SIZEOF_HOST_ADDRESS;
    const size = memory.getUint16(entry) === AF_INET ? 4 : 16;
    return addresses.format(memory.copy(entry + 4, size));
  });
  return `[${limited(texts).join(", ")}]`;
}

function limited(texts: readonly string[]): string[] {
  return texts.length > SHOWN ? [...texts.slice(0, SHOWN), "..."] : [...texts];
}
