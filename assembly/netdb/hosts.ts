// <netdb.h>: the old calls for hosts. New programs use getaddrinfo().

import { inet_pton } from "../inet";
import {
  AF_INET,
  AF_INET6,
  EAFNOSUPPORT,
  EFAULT,
  EINVAL,
  HOST_NOT_FOUND,
  NETDB_INTERNAL,
  NO_RECOVERY,
  T_A,
  T_AAAA,
} from "../linux.generated";
import { overruns, pointer } from "../pointer";
import { asciiName } from "./ascii-name";
import { setHostError } from "./errors";
import { parseIPv4 } from "./numeric";
import { AddressRecord } from "./records";
import { systemResolver } from "./resolver";
import { hostNames, isHostName, lookUpAddress } from "./reverse";
import { StringBlock, stringAt, stringsAt } from "./strings";

const binary: usize = memory.data(16, 8);

// struct hostent
//    0  char*   h_name
//    4  char**  h_aliases    the last one is a null pointer
//    8  i32     h_addrtype   host order
//   12  i32     h_length     bytes of an address
//   16  char**  h_addr_list  network order; the last one is a null pointer
/**
 * A host: its names and its addresses.
 *
 * In memory it is C's struct; here its strings are the library's. Valid until
 * the next call of gethostbyname() or gethostbyaddr(), as in C.
 */
@final
export class Hostent {
  private name: usize;
  private aliases: usize;
  /** AF_INET or AF_INET6. */
  h_addrtype: i32;
  /** Bytes of an address: 4 or 16. */
  h_length: i32;
  private list: usize;
  private block: StringBlock = new StringBlock(0);

  /** The canonical name. */
  get h_name(): string {
    return stringAt(this.name);
  }

  /** Other names of it. */
  get h_aliases(): string[] {
    return stringsAt(this.aliases);
  }

  /** Where its addresses are, in network order: `inet_ntop(host.h_addrtype, host.h_addr_list[0])`. */
  get h_addr_list(): usize[] {
    const result: usize[] = [];
    for (let entry = this.list; load<usize>(entry) != 0; entry += sizeof<usize>()) result.push(load<usize>(entry));
    return result;
  }

  /** Makes this a host without addresses yet; where the `count` addresses go. */
  set(name: string, aliases: string[], family: i32, count: i32): usize {
    const length = family == AF_INET ? 4 : 16;
    const table = sizeof<usize>() * (count + 1);
    const names = StringBlock.sizeOf(name) + StringBlock.sizeOfAll(aliases);
    const block = new StringBlock(table + length * count + names);
    this.block = block;
    this.h_addrtype = family;
    this.h_length = length;
    this.list = block.take(table);
    this.aliases = block.take(sizeof<usize>() * (aliases.length + 1));
    const addresses = block.take(length * count);
    for (let i = 0; i < count; i++) store<usize>(this.list + sizeof<usize>() * i, addresses + length * i);
    block.putAll(aliases, this.aliases);
    this.name = block.put(name);
    return addresses;
  }
}

// @ts-ignore: decorator
@lazy const found: Hostent = new Hostent();

/**
 * `struct hostent *gethostbyname(const char *name)`: the IPv4 addresses of a host.
 *
 * Null with `h_errno` if there are none. A dotted quad stands for itself, and
 * nobody is asked. gethostbyname(3)
 */
export function gethostbyname(name: string): Hostent | null {
  return gethostbyname2(name, AF_INET);
}

/** `struct hostent *gethostbyname2(const char *name, int af)`: the addresses of a host in one family. gethostbyname(3) */
export function gethostbyname2(name: string, af: i32): Hostent | null {
  if (af != AF_INET && af != AF_INET6) {
    setHostError(NETDB_INTERNAL, EAFNOSUPPORT);
    return null;
  }
  if (isNumeric(name)) return numericHost(name, af);
  if (name.length > 0 && asciiName(name) === null) {
    setHostError(HOST_NOT_FOUND);
    return null;
  }
  const answer = systemResolver().search(name, af == AF_INET ? T_A : T_AAAA);
  if (answer.error != 0 || !isHostName(answer.name)) {
    setHostError(answer.error != 0 ? answer.error : NO_RECOVERY, answer.errno);
    return null;
  }
  const records = answer.records;
  const addresses = found.set(answer.name, answer.aliases, af, records.length);
  for (let i = 0; i < records.length; i++) {
    const address = (<AddressRecord>records[i]).address;
    memory.copy(addresses + found.h_length * i, changetype<usize>(address), found.h_length);
  }
  return found;
}

/** Tells whether a name is digits and dots alone, or has a colon: no question to anybody. */
function isNumeric(name: string): bool {
  if (name.includes(":")) return true;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code - 0x30 > 9 && code != 0x2e) return false;
  }
  return name.length > 0 && !name.endsWith(".");
}

function numericHost(name: string, af: i32): Hostent | null {
  let valid = false;
  if (af == AF_INET) {
    const address = parseIPv4(name);
    valid = address >= 0;
    store<u32>(binary, <u32>address);
  } else {
    valid = inet_pton(AF_INET6, name, binary) == 1;
  }
  if (!valid) {
    setHostError(HOST_NOT_FOUND);
    return null;
  }
  const addresses = found.set(name, [], af, 1);
  memory.copy(addresses, binary, found.h_length);
  return found;
}

/**
 * `struct hostent *gethostbyaddr(const void *addr, socklen_t len, int type)`: the
 * names of a host with this address, 4 (AF_INET) or 16 (AF_INET6) bytes in
 * network order.
 *
 * Null with `h_errno` if nobody knows one. gethostbyaddr(3)
 */
export function gethostbyaddr<A>(addr: A, len: u32, type: i32): Hostent | null {
  if (overruns(addr, len)) return failure(EFAULT);
  if (type != AF_INET && type != AF_INET6) return failure(EAFNOSUPPORT);
  if (len != (type == AF_INET ? 4 : 16)) return failure(EINVAL);
  return hostByAddress(pointer(addr), type);
}

function failure(errno: i32): Hostent | null {
  setHostError(NETDB_INTERNAL, errno);
  return null;
}

function hostByAddress(address: usize, family: i32): Hostent | null {
  const answer = lookUpAddress(family, address);
  const names = hostNames(answer);
  if (names.length == 0) {
    setHostError(answer.error != 0 ? answer.error : NO_RECOVERY, answer.errno);
    return null;
  }
  memory.copy(binary, address, family == AF_INET ? 4 : 16);
  const addresses = found.set(names[0], names.slice(1), family, 1);
  memory.copy(addresses, binary, found.h_length);
  return found;
}
