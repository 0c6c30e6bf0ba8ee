// Resource records as objects. RFC 1035 section 3.3, RFC 2782, RFC 3596.

import { expandName, formatName, nameEnd } from "../dns/name";
import { owner, recordData, recordSize, recordTtl, recordType } from "../dns/record";
import { inet_ntop } from "../inet";
import {
  AF_INET,
  AF_INET6,
  T_A,
  T_AAAA,
  T_CNAME,
  T_MX,
  T_NS,
  T_PTR,
  T_SOA,
  T_SRV,
  T_TXT,
} from "../linux.generated";

const expanded: usize = memory.data(255);
const text: usize = memory.data(1003);

/** An expanded name as text: no final dot, `\DDD` for what is no letter, digit, `-` or `_`. */
export function nameText(name: usize): string {
  return String.UTF8.decodeUnsafe(text, formatName(name, text));
}

/** What a name server says of a name. Its class by its type: AddressRecord for T_A and T_AAAA, …. */
export class ResourceRecord {
  constructor(
    /** The name that the record belongs to. */
    readonly owner: string,
    /** What it is: T_A, …. */
    readonly type: i32,
    /** For how many seconds it may be kept. */
    readonly ttl: u32,
  ) {}
}

/** An address: T_A and T_AAAA. */
@final
export class AddressRecord extends ResourceRecord {
  /** 4 or 16 bytes in network order. */
  address: StaticArray<u8> = new StaticArray<u8>(0);

  /** AF_INET or AF_INET6. */
  get family(): i32 {
    return this.type == T_A ? AF_INET : AF_INET6;
  }

  /** The address as text. */
  toString(): string {
    return inet_ntop(this.family, this.address)!;
  }
}

/** Another name: T_CNAME, T_NS and T_PTR. */
@final
export class NameRecord extends ResourceRecord {
  target: string = "";
}

/** Where mail goes. */
@final
export class MxRecord extends ResourceRecord {
  /** The lowest is tried first. */
  preference: u16;
  exchange: string = "";
}

/** Where a service is. */
@final
export class SrvRecord extends ResourceRecord {
  /** The lowest is tried first. */
  priority: u16;
  /** How often it is chosen among those of its priority. */
  weight: u16;
  /** In host order. */
  port: u16;
  target: string = "";
}

/** Any text. */
@final
export class TxtRecord extends ResourceRecord {
  /** The strings, each of up to 255 bytes. */
  strings: ArrayBuffer[] = [];

  /** The strings in a row, read as UTF-8. */
  toString(): string {
    let result = "";
    for (let i = 0; i < this.strings.length; i++) result += String.UTF8.decode(this.strings[i]);
    return result;
  }
}

/** Who is in charge of a zone. */
@final
export class SoaRecord extends ResourceRecord {
  /** The zone's first name server. */
  mname: string = "";
  /** The mailbox of the person in charge, a dot for the `@`. */
  rname: string = "";
  serial: u32;
  refresh: u32;
  retry: u32;
  expire: u32;
  /** For how many seconds it may be kept that a name does not exist. RFC 2308 */
  minimum: u32;
}

/** The record that readRecord() has read. */
export function makeRecord(message: usize, length: i32): ResourceRecord {
  const name = nameText(owner);
  const data = message + recordData;
  switch (recordType) {
    case T_A:
    case T_AAAA: {
      const record = new AddressRecord(name, recordType, recordTtl);
      record.address = new StaticArray<u8>(recordSize);
      memory.copy(changetype<usize>(record.address), data, recordSize);
      return record;
    }
    case T_CNAME:
    case T_NS:
    case T_PTR: {
      const record = new NameRecord(name, recordType, recordTtl);
      record.target = nameAt(message, length, recordData);
      return record;
    }
    case T_MX: {
      const record = new MxRecord(name, recordType, recordTtl);
      record.preference = bswap<u16>(load<u16>(data));
      record.exchange = nameAt(message, length, recordData + 2);
      return record;
    }
    case T_SRV: {
      const record = new SrvRecord(name, recordType, recordTtl);
      record.priority = bswap<u16>(load<u16>(data));
      record.weight = bswap<u16>(load<u16>(data, 2));
      record.port = bswap<u16>(load<u16>(data, 4));
      record.target = nameAt(message, length, recordData + 6);
      return record;
    }
    case T_TXT:
      return makeText(name, data);
    case T_SOA:
      return makeAuthority(name, message, length);
    default:
      return new ResourceRecord(name, recordType, recordTtl);
  }
}

function nameAt(message: usize, length: i32, offset: i32): string {
  expandName(message, length, offset, expanded);
  return nameText(expanded);
}

function makeText(name: string, data: usize): TxtRecord {
  const record = new TxtRecord(name, recordType, recordTtl);
  for (const end = data + recordSize; data < end; ) {
    const size = <i32>load<u8>(data);
    const bytes = new ArrayBuffer(size);
    memory.copy(changetype<usize>(bytes), data + 1, size);
    record.strings.push(bytes);
    data += 1 + size;
  }
  return record;
}

function makeAuthority(name: string, message: usize, length: i32): SoaRecord {
  const record = new SoaRecord(name, recordType, recordTtl);
  record.mname = nameAt(message, length, recordData);
  record.rname = nameAt(message, length, nameEnd);
  const numbers = message + nameEnd;
  record.serial = bswap<u32>(load<u32>(numbers));
  record.refresh = bswap<u32>(load<u32>(numbers, 4));
  record.retry = bswap<u32>(load<u32>(numbers, 8));
  record.expire = bswap<u32>(load<u32>(numbers, 12));
  record.minimum = bswap<u32>(load<u32>(numbers, 16));
  return record;
}
