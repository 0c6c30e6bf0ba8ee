// The addresses of one host, from its name or from what is no name.

import * as sys from "../bindings/berkeley";
import { inet_pton } from "../inet";
import {
  AF_INET,
  AF_INET6,
  AI_ADDRCONFIG,
  AI_ALL,
  AI_NUMERICHOST,
  AI_V4MAPPED,
  EAI_ADDRFAMILY,
  EAI_FAIL,
  EAI_NODATA,
  EAI_NONAME,
  SOCK_DGRAM,
  T_A,
  T_AAAA,
} from "../linux.generated";
import { SockaddrIn6 } from "../sockaddr";
import { eaiError } from "./errors";
import { parseIPv4, socketAddress } from "./numeric";
import { AddressRecord } from "./records";
import { Resolver, systemResolver } from "./resolver";
import { isHostName, isMapped } from "./reverse";

const binary: usize = memory.data(16, 8);

/** Addresses in the order in which they should be tried, or an error. */
@final
export class HostAddresses {
  /** The canonical name. */
  name: string = "";
  private families: i32[] = [];
  private bytes: StaticArray<u8>[] = [];
  private scope: u32 = 0;

  constructor(
    /** 0, or EAI_…. */
    readonly error: i32 = 0,
  ) {}

  get count(): i32 {
    return this.families.length;
  }

  familyOf(index: i32): i32 {
    return this.families[index];
  }

  /** The 4 or 16 bytes. */
  addressOf(index: i32): StaticArray<u8> {
    return this.bytes[index];
  }

  socketAddress(index: i32, port: u16): ArrayBuffer {
    return socketAddress(this.families[index], changetype<usize>(this.bytes[index]), port, this.scope);
  }

  /** Adds the 4 or 16 bytes at `address`. */
  add(family: i32, address: usize, scope: u32 = 0): void {
    const size = family == AF_INET ? 4 : 16;
    const copy = new StaticArray<u8>(size);
    memory.copy(changetype<usize>(copy), address, size);
    this.families.push(family);
    this.bytes.push(copy);
    this.scope = scope;
  }

  /** Adds an IPv4 address as the IPv6 address that is mapped to it. */
  addMapped(address: u32): void {
    store<u64>(binary, 0);
    store<u32>(binary, 0xffff0000, 8);
    store<u32>(binary, address, 12);
    this.add(AF_INET6, binary);
  }

  /** Adds the address that `text` is in its standard form. */
  addNumeric(family: i32, text: string): void {
    inet_pton(family, text, binary);
    this.add(family, binary);
  }
}

/** The addresses of a host. `family`: of this one only, or AF_UNSPEC. `flags`: AI_…. `resolver`: who is asked. */
export function lookUpHost(
  node: string,
  family: i32,
  flags: i32,
  resolver: Resolver = systemResolver(),
): HostAddresses {
  const ipv4 = parseIPv4(node);
  if (ipv4 >= 0) return fromIPv4(node, <u32>ipv4, family, flags);
  if (node.includes(":")) return fromIPv6(node, family);
  if ((flags & AI_NUMERICHOST) != 0 || node.length == 0) return new HostAddresses(EAI_NONAME);
  return fromName(resolver, node, family, flags);
}

function fromIPv4(node: string, address: u32, family: i32, flags: i32): HostAddresses {
  const result = new HostAddresses();
  result.name = node;
  if (family != AF_INET6) {
    store<u32>(binary, address);
    result.add(AF_INET, binary);
  } else if ((flags & AI_V4MAPPED) != 0) {
    result.addMapped(address);
  } else {
    return new HostAddresses(EAI_ADDRFAMILY);
  }
  return result;
}

function fromIPv6(node: string, family: i32): HostAddresses {
  const address = SockaddrIn6.from(node, "0");
  if (address === null) return new HostAddresses(EAI_NONAME);
  const result = new HostAddresses();
  result.name = node;
  if (family != AF_INET) {
    result.add(AF_INET6, address.sin6_addr, address.sin6_scope_id);
  } else if (isMapped(address.sin6_addr)) {
    result.add(AF_INET, address.sin6_addr + 12);
  } else {
    return new HostAddresses(EAI_ADDRFAMILY);
  }
  return result;
}

function fromName(resolver: Resolver, node: string, family: i32, flags: i32): HostAddresses {
  const mapped = family == AF_INET6 && (flags & AI_V4MAPPED) != 0;
  const result = new HostAddresses();
  let failure = EAI_NODATA;
  if (family != AF_INET6 && isUsable(AF_INET, flags)) failure = collect(resolver, result, node, AF_INET, false);
  // What is true of the name and not of its IPv4 addresses alone needs no second question.
  if (family != AF_INET && (failure == 0 || failure == EAI_NODATA) && isUsable(AF_INET6, flags)) {
    const second = collect(resolver, result, node, AF_INET6, false);
    if (failure != 0) failure = second;
  }
  if (mapped && (result.count == 0 || (flags & AI_ALL) != 0)) failure = collect(resolver, result, node, AF_INET, true);
  return result.count > 0 ? result : new HostAddresses(failure);
}

/** Adds the addresses of a name in one family; 0 or EAI_…. */
function collect(resolver: Resolver, result: HostAddresses, node: string, family: i32, mapped: bool): i32 {
  const answer = resolver.search(node, family == AF_INET ? T_A : T_AAAA);
  if (answer.error != 0) return eaiError(answer);
  if (!isHostName(answer.name)) return EAI_FAIL;
  for (let i = 0; i < answer.records.length; i++) {
    const address = (<AddressRecord>answer.records[i]).address;
    if (mapped) result.addMapped(load<u32>(changetype<usize>(address)));
    else result.add(family, changetype<usize>(address));
  }
  result.name = answer.name;
  return 0;
}

/** With AI_ADDRCONFIG, tells whether this machine has sockets of the family at all. */
function isUsable(family: i32, flags: i32): bool {
  if ((flags & AI_ADDRCONFIG) == 0) return true;
  const fd = sys.socket(family, SOCK_DGRAM, 0);
  if (fd < 0) return false;
  sys.close(fd);
  return true;
}
