import fc from "fast-check";
import { type Data, type Message, type Name, type ResourceRecord, TYPE } from "../dns/message.js";

const octet = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyzABCXYZ0189-_") },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) },
);
const label = fc.oneof(
  { weight: 8, arbitrary: fc.array(octet, { minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.array(octet, { minLength: 60, maxLength: 63 }) },
);

/** Octets that a name takes when it is not compressed. */
export function sizeOf(name: Name): number {
  return name.reduce((sum, part) => sum + 1 + part.length, 1);
}

/** Names of up to 255 octets. */
export const name: fc.Arbitrary<Name> = fc
  .array(
    label.map((chars) => chars.join("")),
    { maxLength: 8 },
  )
  .filter((parts) => sizeOf(parts) <= 255);

const u16 = fc.integer({ min: 0, max: 0xffff });
const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const strings = fc
  .array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 })
  .map((parts) => [Buffer.concat(parts.flatMap((part) => [Buffer.of(part.length), part]))]);

const DATA: Readonly<Record<number, fc.Arbitrary<Data>>> = {
  [TYPE.A]: fc.tuple(bytes(4)),
  [TYPE.AAAA]: fc.tuple(bytes(16)),
  [TYPE.CNAME]: fc.tuple(name),
  [TYPE.NS]: fc.tuple(name),
  [TYPE.PTR]: fc.tuple(name),
  [TYPE.MX]: fc.tuple(u16, name),
  [TYPE.SRV]: fc.tuple(u16, u16, u16, name),
  [TYPE.SOA]: fc.tuple(name, name, bytes(20)),
  [TYPE.TXT]: strings,
  99: fc.tuple(fc.uint8Array({ maxLength: 30 })),
};

/** Sound records of the types that the codec knows and of one that it does not. */
export const record: fc.Arbitrary<ResourceRecord> = fc
  .tuple(fc.constantFrom(...Object.keys(DATA)), name, fc.integer({ min: 0, max: 0xffffffff }))
  .chain(([type, owner, ttl]) =>
    (DATA[Number(type)] as fc.Arbitrary<Data>).map((data) => ({ owner, type: Number(type), class: 1, ttl, data })),
  );

/** Responses to a question, with records of all kinds. */
export const response: fc.Arbitrary<Message> = fc
  .record({
    id: u16,
    rcode: fc.integer({ min: 0, max: 5 }),
    question: name,
    type: fc.constantFrom(TYPE.A, TYPE.AAAA, TYPE.MX, TYPE.SRV),
    answers: fc.array(record, { maxLength: 6 }),
    authorities: fc.array(record, { maxLength: 3 }),
    additional: fc.array(record, { maxLength: 3 }),
  })
  .map(({ question, type, rcode, ...rest }) => ({
    ...rest,
    flags: 0x8180 | rcode,
    questions: [{ name: question, type, class: 1 }],
  }));
