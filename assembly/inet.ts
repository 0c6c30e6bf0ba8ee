// <arpa/inet.h>: addresses as text. The parser and the formatter are in inet/.

import { fail, setErrno } from "./errno";
import { format4, format6 } from "./inet/format";
import { parse4, parse6, parseLax } from "./inet/parse";
import { AF_INET, AF_INET6, EAFNOSUPPORT, EFAULT, INADDR_NONE } from "./linux.generated";
import { overruns, pointer } from "./pointer";

/** An IPv4 address in network order, as in `sin_addr`. */
export type in_addr_t = u32;

const binary: usize = memory.data(16, 8);
const text: usize = memory.data(48);

/**
 * `int inet_aton(const char *cp, struct in_addr *inp)`: parses an IPv4 address
 * in any of C's forms.
 *
 * Stores 4 bytes in network order at `inp` and returns 1; returns 0 for a text
 * that is no address. `127.1`, `0x7f000001` and `0177.0.0.1` are all
 * 127.0.0.1: use inet_pton() where only the plain form should pass. inet(3)
 */
export function inet_aton<T>(cp: string, inp: T): i32 {
  const bytes = String.UTF8.encode(cp);
  if (parseLax(changetype<usize>(bytes), bytes.byteLength, binary) == 0) return 0;
  if (overruns(inp, 4)) {
    setErrno(EFAULT);
    return 0;
  }
  store<u32>(pointer(inp), load<u32>(binary));
  return 1;
}

/**
 * `in_addr_t inet_addr(const char *cp)`: the address that inet_aton() would
 * store, or INADDR_NONE.
 *
 * The flaw is C's: INADDR_NONE is also the address 255.255.255.255, so the
 * limited broadcast address cannot be told from an error. Use inet_aton() or
 * inet_pton(). inet(3)
 */
export function inet_addr(cp: string): in_addr_t {
  const bytes = String.UTF8.encode(cp);
  return parseLax(changetype<usize>(bytes), bytes.byteLength, binary) == 1 ? load<u32>(binary) : INADDR_NONE;
}

// The one string that inet_ntoa returns, with room for "255.255.255.255" in UTF-16.
// @ts-ignore: decorator, runtime function
@lazy const dotted: string = changetype<string>(__new(15 << 1, idof<string>()));

/**
 * `char *inet_ntoa(struct in_addr in)`: an IPv4 address as `a.b.c.d`.
 *
 * As in C the result is one static buffer, overwritten by the next call: a
 * string that changes while you hold it. Copy it (`"" + inet_ntoa(a)`), or use
 * inet_ntop(), which makes a new string. inet(3)
 */
export function inet_ntoa(address: in_addr_t): string {
  store<u32>(binary, address);
  const length = format4(binary, text);
  const units = changetype<usize>(dotted);
  for (let i = 0; i < length; i++) store<u16>(units + (i << 1), load<u8>(text + i));
  // A string's length is the size in its object header, rtSize in ~lib/rt/common.
  store<u32>(units - 4, length << 1);
  return dotted;
}

/**
 * `int inet_pton(int af, const char *src, void *dst)`: parses an address in its
 * standard form.
 *
 * Stores 4 (AF_INET) or 16 (AF_INET6) bytes in network order at `dst`. Returns
 * 1, or 0 for a text that is no address of that family, or -1 with EAFNOSUPPORT
 * for any other family. `dst` changes only on success. inet_pton(3)
 */
export function inet_pton<T>(af: i32, src: string, dst: T): i32 {
  if (af != AF_INET && af != AF_INET6) return fail(EAFNOSUPPORT);
  const size = af == AF_INET ? 4 : 16;
  if (overruns(dst, size)) return fail(EFAULT);
  const bytes = String.UTF8.encode(src);
  const start = changetype<usize>(bytes);
  const length = bytes.byteLength;
  const valid = af == AF_INET ? parse4(start, length, binary) : parse6(start, length, binary);
  if (valid) memory.copy(pointer(dst), binary, size);
  return valid;
}

/**
 * `const char *inet_ntop(int af, const void *src, char *dst, socklen_t size)`:
 * an address in its standard form.
 *
 * Reads 4 (AF_INET) or 16 (AF_INET6) bytes in network order at `src`. Returns a
 * new string, so there is no `dst` to be too small; null with EAFNOSUPPORT for
 * any other family. IPv6 as RFC 5952 says. inet_ntop(3)
 */
export function inet_ntop<T>(af: i32, src: T): string | null {
  if (af != AF_INET && af != AF_INET6) {
    setErrno(EAFNOSUPPORT);
    return null;
  }
  if (overruns(src, af == AF_INET ? 4 : 16)) {
    setErrno(EFAULT);
    return null;
  }
  const length = af == AF_INET ? format4(pointer(src), text) : format6(pointer(src), text);
  return String.UTF8.decodeUnsafe(text, length);
}
