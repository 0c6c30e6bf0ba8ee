import fc from "fast-check";

const number = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.integer({ min: 0, max: 300 }).map((value) => `0${value.toString(8)}`),
  fc.integer({ min: 0, max: 0x1ffffffff }).map((value) => `0x${value.toString(16)}`),
  fc.integer({ min: 0, max: 0x1ffffffff }).map(String),
  fc.constantFrom("", "0", "00", "0x", "0X1f", "08", "255", "256", "65535", "65536", "16777216", "4294967295"),
);
const tail = fc.constantFrom("", "", "", " ", "\t x", "\n", "\v", "x", ".", "\u00a0", "%1");

/** Texts that look like IPv4 addresses in any of C's forms, right and wrong. */
export const almostIPv4: fc.Arbitrary<string> = fc
  .tuple(fc.array(number, { minLength: 1, maxLength: 5 }), tail)
  .map(([parts, end]) => parts.join(".") + end);

const group = fc.oneof(
  fc.integer({ min: 0, max: 0x1ffff }).map((value) => value.toString(16)),
  fc.constantFrom("0", "0000", "ffff", "FFFF", "g", "00001", "", "", ""),
);
const suffix = fc.oneof(fc.constantFrom("", "", "", ":", "::", "%1"), fc.ipV4(), almostIPv4);

/** Texts that look like IPv6 addresses, right and wrong. */
export const almostIPv6: fc.Arbitrary<string> = fc.oneof(
  fc.ipV6(),
  fc.tuple(fc.array(group, { maxLength: 9 }), suffix).map(([groups, end]) => groups.join(":") + end),
  fc.tuple(fc.array(group, { maxLength: 7 }), suffix).map(([groups, end]) => [...groups, end].join(":")),
);

/** 16 bytes with the runs of zeros that `::` is about. */
export const binaryIPv6: fc.Arbitrary<Uint8Array> = fc
  .array(fc.oneof(fc.constantFrom(0, 0, 0, 0xffff, 1), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => Uint8Array.from(groups.flatMap((value) => [value >> 8, value & 255])));
