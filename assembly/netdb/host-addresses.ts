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
  HOST_NOT_FOUND,
  NO_DATA,
  SOCK_DGRAM,
  T_A,
  T_AAAA,
} from "../linux.generated";
import { SockaddrIn6 } from "../sockaddr";
import { Answer } from "./answer";
import { asciiName } from "./ascii-name";
import { eaiError } from "./errors";
import { parseIPv4, socketAddress } from "./numeric";
import { AddressRecord } from "./records";
import { Resolver, systemResolver } from "./resolver";
import { isHostName, isMapped } from "./reverse";
import { Inquiry } from "./search";

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
  // What is no host name has no addresses, and nobody is asked.
  if (asciiName(node) === null) return new HostAddresses(EAI_NONAME);
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
  const result = new HostAddresses();
  const asks4 = family != AF_INET6 && isUsable(AF_INET, flags);
  const asks6 = family != AF_INET && isUsable(AF_INET6, flags);
  let failure = asks4 || asks6 ? collect(result, node, new Families(resolver, asks4, asks6), false) : EAI_NODATA;
  const mapped = family == AF_INET6 && (flags & AI_V4MAPPED) != 0;
  if (mapped && (result.count == 0 || (flags & AI_ALL) != 0)) {
    failure = collect(result, node, new Families(resolver, true, false), true);
  }
  return result.count > 0 ? result : new HostAddresses(failure);
}

/**
 * The addresses of a name in the families that are wanted.
 *
 * As in glibc both are asked for before another name of the search is tried: the addresses of a host are all of one name.
 */
@final
class Families extends Inquiry {
  /** The answers for the last name. */
  v4: Answer | null = null;
  v6: Answer | null = null;

  constructor(
    readonly resolver: Resolver,
    private asks4: bool,
    private asks6: bool,
  ) {
    super();
  }

  ask(name: string): Answer {
    const v4 = this.asks4 ? this.resolver.query(name, T_A) : null;
    const v6 = this.asks6 && (v4 === null || !isAboutName(v4)) ? this.resolver.query(name, T_AAAA) : null;
    this.v4 = v4;
    this.v6 = v6;
    if (v4 === null) return v6!;
    if (v6 === null || v4.error == 0) return v4;
    return v6.error == 0 || v4.error == NO_DATA ? v6 : v4;
  }
}

/** Whether a failure is one of the name, or of asking, and not of its IPv4 addresses alone: that needs no second question. */
function isAboutName(answer: Answer): bool {
  return answer.errno != 0 || answer.error == HOST_NOT_FOUND;
}

/** Adds the addresses of a name; 0 or EAI_…. */
function collect(result: HostAddresses, node: string, families: Families, mapped: bool): i32 {
  const answer = families.resolver.inquire(node, families);
  if (answer.error != 0) return eaiError(answer);
  add(result, families.v4, AF_INET, mapped);
  add(result, families.v6, AF_INET6, false);
  return result.count > 0 ? 0 : EAI_FAIL;
}

/** Adds the addresses in an answer, if it has any, and they are a host's. */
function add(result: HostAddresses, answer: Answer | null, family: i32, mapped: bool): void {
  if (answer === null || answer.error != 0 || !isHostName(answer.name)) return;
  for (let i = 0; i < answer.records.length; i++) {
    const address = (<AddressRecord>answer.records[i]).address;
    if (mapped) result.addMapped(load<u32>(changetype<usize>(address)));
    else result.add(family, changetype<usize>(address));
  }
  result.name = answer.name;
}

/** With AI_ADDRCONFIG, tells whether this machine has sockets of the family at all. */
function isUsable(family: i32, flags: i32): bool {
  if ((flags & AI_ADDRCONFIG) == 0) return true;
  const fd = sys.socket(family, SOCK_DGRAM, 0);
  if (fd < 0) return false;
  sys.close(fd);
  return true;
}
