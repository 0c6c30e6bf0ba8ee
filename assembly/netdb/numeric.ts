// Hosts that are written as addresses: no one has to be asked about them.

import { parseLax } from "../inet/parse";
import { AF_INET, AF_INET6, SIZEOF_SOCKADDR_IN, SIZEOF_SOCKADDR_IN6 } from "../linux.generated";
import { SockaddrIn, SockaddrIn6 } from "../sockaddr";

// glibc calls an address with anything behind it no address where it looks up names.
const binary: usize = memory.data(16, 4);

/** Parses an IPv4 address in any of C's forms and nothing after it, in network order; -1 if it is none. */
export function parseIPv4(text: string): i64 {
  const bytes = String.UTF8.encode(text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20) return -1;
  }
  return parseLax(changetype<usize>(bytes), bytes.byteLength, binary) == 1 ? <i64>load<u32>(binary) : -1;
}

/** The socket address of a dotted quad or an IPv6 address (with a zone's number after `%`); null if it is neither. */
export function numericAddress(host: string, port: u16): ArrayBuffer | null {
  const ipv6 = host.includes(":");
  const address = new ArrayBuffer(ipv6 ? SIZEOF_SOCKADDR_IN6 : SIZEOF_SOCKADDR_IN);
  const start = changetype<usize>(address);
  if (ipv6) {
    const parsed = SockaddrIn6.from(host, `${port}`);
    if (parsed === null) return null;
    memory.copy(start, changetype<usize>(parsed), SIZEOF_SOCKADDR_IN6);
    return address;
  }
  const parsed = SockaddrIn.from(host, `${port}`);
  if (parsed === null) return null;
  memory.copy(start, changetype<usize>(parsed), SIZEOF_SOCKADDR_IN);
  return address;
}

/** The socket address of the 4 or 16 bytes at `address`. */
export function socketAddress(family: i32, address: usize, port: u16, scope: u32 = 0): ArrayBuffer {
  if (family == AF_INET) {
    const result = new ArrayBuffer(SIZEOF_SOCKADDR_IN);
    store<u16>(changetype<usize>(result), AF_INET);
    store<u16>(changetype<usize>(result), bswap<u16>(port), 2);
    memory.copy(changetype<usize>(result) + 4, address, 4);
    return result;
  }
  const result = new ArrayBuffer(SIZEOF_SOCKADDR_IN6);
  store<u16>(changetype<usize>(result), AF_INET6);
  store<u16>(changetype<usize>(result), bswap<u16>(port), 2);
  memory.copy(changetype<usize>(result) + 8, address, 16);
  store<u32>(changetype<usize>(result), scope, 24);
  return result;
}
