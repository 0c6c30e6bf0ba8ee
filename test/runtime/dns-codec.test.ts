import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NXDOMAIN, T_A, T_CNAME, T_PTR } from "../../host/core/linux.generated.js";
import { loadDnsCodec } from "../../host/runtime/dns-codec.js";
import { queryFor } from "../dns/asker.js";
import { a, cname, decode, TYPE, textOf } from "../dns/message.js";
import { respond } from "../dns/scripted.js";

const codec = loadDnsCodec();
const V4 = Uint8Array.of(192, 0, 2, 1);
const V6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 1);

describe("the codec that the host has from its guests", () => {
  it("reads a question", () => {
    expect(codec.readQuestion(queryFor("Www.Example.TEST", TYPE.PTR))).toEqual({
      name: "www.example.test",
      type: T_PTR,
      id: 0x1234,
    });
    expect(codec.readQuestion(queryFor(""))?.name).toBe("");
  });

  it("makes an answer that it reads itself", () => {
    const query = queryFor("alias.test");
    const answer = codec.compose(query, 0, [
      { owner: "alias.test", type: T_CNAME, target: "host.test" },
      { owner: "host.test", address: V4 },
      { owner: "host.test", address: V6 },
    ]);
    expect(codec.accepts(query, answer)).toBe(true);
    expect(codec.addresses(answer)).toEqual([V4, V6]);
    const { id, answers } = decode(Buffer.from(codec.withId(answer, 7)));
    expect([id, answers.map(({ owner }) => textOf(owner))]).toEqual([7, ["alias.test", "host.test", "host.test"]]);
    const none = codec.compose(query, NXDOMAIN, []);
    expect([none.length, codec.rcode(none)]).toEqual([query.length, NXDOMAIN]);
  });

  it("keeps nothing of one message for the next", () => {
    const [one, other] = [queryFor("one.test"), queryFor("other.test", TYPE.AAAA)];
    const first = codec.compose(one, 0, [{ owner: "one.test", address: V4 }]);
    const second = codec.compose(other, 0, [{ owner: "other.test", address: V6 }]);
    expect([codec.accepts(one, first), codec.accepts(one, second), codec.accepts(other, second)]).toEqual([
      true,
      false,
      true,
    ]);
    expect([codec.addresses(first), codec.addresses(second)]).toEqual([[V4], [V6]]);
    expect([...codec.withId(one, 0x1234)]).toEqual([...one]);
  });

  it("leaves out what no longer fits", () => {
    const query = queryFor("host.test");
    const records = Array.from({ length: 5000 }, () => ({ owner: "host.test", address: V4 }));
    const answer = codec.compose(query, 0, records);
    expect(answer.length).toBeGreaterThan(65_500);
    expect(codec.addresses(answer).length).toBeGreaterThan(4000);
  });

  it("has the addresses at the end of the question's aliases, and no others", () => {
    const answer = respond(queryFor("a.test"), [
      a("other.test", "192.0.2.9"),
      cname("a.test", "b.test"),
      cname("b.test", "c.test"),
      a("c.test", "192.0.2.1"),
      a("a.test.evil.test", "192.0.2.8"),
    ]);
    expect(codec.addresses(answer)).toEqual([V4]);
  });

  it("reads whatever comes without a fault", () => {
    const sound = respond(queryFor("a.test"), [cname("a.test", "b.test"), a("b.test", "192.0.2.1")]);
    const damaged = fc
      .array(fc.tuple(fc.nat(sound.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
      .map((changes) => changes.reduce((bytes, [at, octet]) => bytes.fill(octet, at, at + 1), Buffer.from(sound)));
    const property = fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      expect(codec.readQuestion(bytes)?.type ?? T_A).toEqual(expect.any(Number));
      for (const address of codec.addresses(bytes)) expect([4, 16]).toContain(address.length);
      expect(typeof codec.accepts(bytes, bytes)).toBe("boolean");
    });
    fc.assert(property, { numRuns: 5000 });
  });
});
