// DNS messages in another way than assembly/dns does it: trees of objects and
// arrays of labels. For servers that tests script, and as the model that the
// codec is compared with. RFC 1035 section 4.

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
} as const;
export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** A name: labels of latin1 characters, one for each octet, the root's left out. */
export type Name = readonly string[];

/** Data is a sequence of octets, names (which may be compressed) and 16-bit numbers. */
export type Data = readonly (Uint8Array | Name | number)[];

export interface Question {
  readonly name: Name;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord {
  readonly owner: Name;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly data: Data;
}

export interface Message {
  readonly id: number;
  /** The header's second 16 bits. */
  readonly flags: number;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
}

/** The labels of a text without escapes. */
export function labels(text: string): Name {
  return text.split(".").filter((label) => label !== "");
}

/** The text of a name: what is no letter, digit, `-` or `_` as `\DDD`. */
export function textOf(name: Name): string {
  const decimal = (char: string) => `\\${String(char.charCodeAt(0)).padStart(3, "0")}`;
  return name.map((label) => label.replace(/[^A-Za-z0-9_-]/gs, decimal)).join(".");
}

/** Octets that a message is made of, with the places of the names in it. */
class Writer {
  readonly bytes: number[] = [];
  readonly #places = new Map<string, number>();

  constructor(readonly compress: boolean) {}

  u16(value: number): void {
    this.bytes.push((value >> 8) & 255, value & 255);
  }

  name(name: Name): void {
    for (let i = 0; i < name.length; i++) {
      const rest = name.slice(i).join("\n");
      const place = this.#places.get(rest);
      if (this.compress && place !== undefined) {
        this.u16(0xc000 | place);
        return;
      }
      if (this.bytes.length < 0x4000) this.#places.set(rest, this.bytes.length);
      const label = Buffer.from(name[i] as string, "latin1");
      this.bytes.push(label.length, ...label);
    }
    this.bytes.push(0);
  }

  record({ owner, type, class: klass, ttl, data }: ResourceRecord): void {
    this.name(owner);
    this.u16(type);
    this.u16(klass);
    this.u16(ttl >>> 16);
    this.u16(ttl & 0xffff);
    const place = this.bytes.length;
    this.u16(0);
    for (const part of data) {
      if (typeof part === "number") this.u16(part);
      else if (part instanceof Uint8Array) this.bytes.push(...part);
      else this.name(part);
    }
    const size = this.bytes.length - place - 2;
    this.bytes[place] = size >> 8;
    this.bytes[place + 1] = size & 255;
  }
}

/** The message's octets. */
export function encode(message: Message, compress = true): Buffer {
  const { questions, answers, authorities, additional } = message;
  const writer = new Writer(compress);
  writer.u16(message.id);
  writer.u16(message.flags);
  for (const section of [questions, answers, authorities, additional]) writer.u16(section.length);
  for (const { name, type, class: klass } of questions) {
    writer.name(name);
    writer.u16(type);
    writer.u16(klass);
  }
  for (const record of [...answers, ...authorities, ...additional]) writer.record(record);
  return Buffer.from(writer.bytes);
}

/** Reads octets from front to back. */
class Reader {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  u16(): number {
    this.at += 2;
    return this.bytes.readUInt16BE(this.at - 2);
  }

  name(): Name {
    const size = this.bytes.readUInt8(this.at++);
    if (size === 0) return [];
    if (size < 64) {
      const label = this.bytes.toString("latin1", this.at, this.at + size);
      this.at += size;
      return [label, ...this.name()];
    }
    const target = new Reader(this.bytes);
    target.at = ((size & 63) << 8) | this.bytes.readUInt8(this.at++);
    return target.name();
  }

  question(): Question {
    return { name: this.name(), type: this.u16(), class: this.u16() };
  }

  record(): ResourceRecord {
    const question = this.question();
    const ttl = this.u16() * 0x10000 + this.u16();
    const end = this.u16() + this.at;
    const data: (Uint8Array | Name | number)[] = [];
    const { type, name: owner } = question;
    if (type === TYPE.MX) data.push(this.u16());
    if (type === TYPE.SRV) data.push(this.u16(), this.u16(), this.u16());
    if ([TYPE.CNAME, TYPE.NS, TYPE.PTR, TYPE.MX, TYPE.SRV].includes(type as never)) data.push(this.name());
    if (type === TYPE.SOA) data.push(this.name(), this.name());
    if (this.at < end) data.push(this.bytes.subarray(this.at, end));
    this.at = end;
    return { owner, type, class: question.class, ttl, data };
  }
}

/** Reads a message that is taken to be sound; throws at its end if it is cut. */
export function decode(bytes: Buffer): Message {
  const reader = new Reader(bytes);
  const [id, flags, ...counts] = Array.from({ length: 6 }, () => reader.u16()) as [number, number, ...number[]];
  const section = <T>(read: () => T) => Array.from({ length: counts.shift() ?? 0 }, read);
  return {
    id,
    flags,
    questions: section(() => reader.question()),
    answers: section(() => reader.record()),
    authorities: section(() => reader.record()),
    additional: section(() => reader.record()),
  };
}

/** Identifier and question of a query. */
export function readQuery(bytes: Buffer): { id: number; question: Question } {
  const { id, questions } = decode(bytes);
  return { id, question: questions[0] as Question };
}

function record(owner: string, type: number, ttl: number, data: Data): ResourceRecord {
  return { owner: labels(owner), type, class: 1, ttl, data };
}

/** An A record: `a("host.test", "192.0.2.1")`. */
export function a(owner: string, address: string, ttl = 300): ResourceRecord {
  return record(owner, TYPE.A, ttl, [Uint8Array.from(address.split(".").map(Number))]);
}

/** An AAAA record of the loopback address. */
export function loopback6(owner: string, ttl = 300): ResourceRecord {
  return record(owner, TYPE.AAAA, ttl, [new Uint8Array(16).fill(1, 15)]);
}

/** A CNAME record. */
export function cname(owner: string, target: string, ttl = 300): ResourceRecord {
  return record(owner, TYPE.CNAME, ttl, [labels(target)]);
}

/** A PTR record. */
export function ptr(owner: string, target: string, ttl = 300): ResourceRecord {
  return record(owner, TYPE.PTR, ttl, [labels(target)]);
}
