import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC } from "../../host/core/linux.generated.js";
import {
  decodeAsInet4,
  decodeSockaddr,
  encodeSockaddr,
  MALFORMED,
  type SocketAddress,
} from "../../host/core/sockaddr.js";

const port = fc.integer({ min: 0, max: 65535 });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

const inet4 = fc.record({ family: fc.constant(AF_INET), port, address: bytes(4, 4) });
const inet6 = fc.record({
  family: fc.constant(AF_INET6),
  port,
  flowinfo: uint32,
  address: bytes(16, 16),
  scopeId: uint32,
});
const pathname = fc.record({
  family: fc.constant(AF_UNIX),
  kind: fc.constant("pathname" as const),
  name: fc
    .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 108 })
    .map((list) => Uint8Array.from(list)),
});
const abstract = fc.record({
  family: fc.constant(AF_UNIX),
  kind: fc.constant("abstract" as const),
  name: bytes(0, 107),
});
const unnamed = fc.constant({ family: AF_UNIX, kind: "unnamed" as const, name: new Uint8Array(0) });
const unspecified = fc.constant({ family: AF_UNSPEC });
const anyAddress = fc.oneof(inet4, inet6, pathname, abstract, unnamed, unspecified) as fc.Arbitrary<SocketAddress>;

function roundTrip(address: SocketAddress): SocketAddress | typeof MALFORMED {
  // What is left of the last address must not show through.
  const storage = new Uint8Array(128).fill(0xaa);
  return decodeSockaddr(storage, encodeSockaddr(address, storage));
}

describe("a socket address", () => {
  it("is decoded as it was encoded, whatever its family", () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(roundTrip(address)).toEqual(address);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([1, 107, 108])("keeps a path of %i bytes", (length) => {
    const name = new Uint8Array(length).fill(0x61);
    expect(roundTrip({ family: AF_UNIX, kind: "pathname", name })).toEqual({ family: AF_UNIX, kind: "pathname", name });
  });

  it.each([0, 1, 107])("keeps an abstract name of %i bytes", (length) => {
    const name = new Uint8Array(length);
    expect(roundTrip({ family: AF_UNIX, kind: "abstract", name })).toEqual({ family: AF_UNIX, kind: "abstract", name });
  });

  it("keeps the NULs in an abstract name", () => {
    const name = Uint8Array.of(0, 0x61, 0, 0x62, 0);
    expect(roundTrip({ family: AF_UNIX, kind: "abstract", name })).toMatchObject({ name });
  });

  it("ends a path at its NUL, as the kernel does", () => {
    const storage = Uint8Array.of(AF_UNIX, 0, 0x2f, 0x61, 0, 0x62);
    expect(decodeSockaddr(storage, 6)).toEqual({ family: AF_UNIX, kind: "pathname", name: Uint8Array.of(0x2f, 0x61) });
  });

  it("has its port in network order and its scope in host order", () => {
    const storage = new Uint8Array(128);
    const address = Uint8Array.from({ length: 16 }, (_, i) => i);
    const length = encodeSockaddr(
      { family: AF_INET6, port: 0x1234, flowinfo: 0x01020304, address, scopeId: 5 },
      storage,
    );
    expect([...storage.subarray(0, length)]).toEqual([10, 0, 0x12, 0x34, 1, 2, 3, 4, ...address, 5, 0, 0, 0]);
  });
});

describe("bytes that a guest made up", () => {
  it("never throw, and what they decode to is stable", () => {
    const anyLength = fc.integer({ min: -1, max: 200 });
    const family = fc.constantFrom(AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6, 16, 17, 40, 255);
    const property = fc.property(bytes(128, 128), family, anyLength, (storage, head, length) => {
      storage[0] = head;
      storage[1] = 0;
      const decoded = decodeSockaddr(storage, length);
      decodeAsInet4(storage, Math.min(length, 128));
      if (decoded !== MALFORMED) expect(roundTrip(decoded)).toEqual(decoded);
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  it.each([
    ["sockaddr_in", AF_INET, 15],
    ["sockaddr_in6", AF_INET6, 23],
    ["a family field", AF_UNIX, 1],
  ])("are no %s when one byte is missing", (_, family, length) => {
    const storage = new Uint8Array(128);
    storage[0] = family;
    expect(decodeSockaddr(storage, length)).toBe(MALFORMED);
    expect(decodeSockaddr(storage, length + 1)).not.toBe(MALFORMED);
  });

  it("are no Unix address beyond 110 bytes", () => {
    const storage = new Uint8Array(128).fill(0x61);
    storage.set([AF_UNIX, 0]);
    expect(decodeSockaddr(storage, 110)).not.toBe(MALFORMED);
    expect(decodeSockaddr(storage, 111)).toBe(MALFORMED);
  });

  it("are read without a scope id when they end before it", () => {
    const storage = new Uint8Array(128).fill(0xff);
    storage.set([AF_INET6, 0]);
    expect(decodeSockaddr(storage, 27)).toMatchObject({ scopeId: 0 });
    expect(decodeSockaddr(storage, 28)).toMatchObject({ scopeId: 0xffffffff });
  });

  it("are read as IPv4 in spite of their family where the kernel does", () => {
    const storage = Uint8Array.of(0, 0, 0, 80, 127, 0, 0, 1, ...new Uint8Array(8));
    expect(decodeAsInet4(storage, 16)).toEqual({ family: AF_INET, port: 80, address: Uint8Array.of(127, 0, 0, 1) });
    expect(decodeAsInet4(storage, 15)).toBe(MALFORMED);
  });

  it("of families that have no sockets here are malformed", () => {
    const storage = new Uint8Array(128);
    storage[0] = 16;
    expect(decodeSockaddr(storage, 12)).toBe(MALFORMED);
  });
});
