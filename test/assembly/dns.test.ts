import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode, labels, type Message, type Name, RCODE, TYPE, textOf } from "../dns/message.js";
import { name, response, sizeOf } from "./dns-arbitrary.js";
import {
  addressesOf,
  answerOut,
  compiled,
  putAddress,
  putAnswer,
  putQuery,
  putTexts,
  textOut,
  wasm,
} from "./dns-codec.js";

const RUNS = { numRuns: 2000 };

function queryFor(message: Message): Message {
  return { ...message, flags: 0x0100, answers: [], authorities: [], additional: [] };
}

function ask(question: string, type: number = TYPE.A): Message {
  const questions = [{ name: labels(question), type, class: 1 }];
  return { id: 0x1234, flags: 0x0100, questions, answers: [], authorities: [], additional: [] };
}

const key = (of: Name) => of.join("\n").toLowerCase();

/** The chain of aliases, followed in the model. */
function chainOf({ questions, answers }: Message): { address: string; ttl: number }[] {
  const lifetime = (ttl: number) => (ttl > 0x7fffffff ? 0 : ttl);
  let current = key(questions[0]?.name as Name);
  let least = 0xffffffff;
  for (let links = 0; links <= 16; links++) {
    const link = answers.find(({ type, owner }) => type === TYPE.CNAME && key(owner) === current);
    if (link === undefined) {
      return answers
        .filter(({ type, owner }) => (type === TYPE.A || type === TYPE.AAAA) && key(owner) === current)
        .map(({ data, ttl }) => ({
          address: Buffer.from(data[0] as Uint8Array).toString("hex"),
          ttl: Math.min(least, lifetime(ttl)),
        }));
    }
    least = Math.min(least, lifetime(link.ttl));
    current = key(link.data[0] as Name);
  }
  return [];
}

const cname = (owner: string, target: string, ttl = 60) => ({
  owner: labels(owner),
  type: TYPE.CNAME,
  class: 1,
  ttl,
  data: [labels(target)],
});
const a = (owner: string, ...octets: number[]) => ({
  owner: labels(owner),
  type: TYPE.A,
  class: 1,
  ttl: 300,
  data: [Uint8Array.from(octets)],
});

/** Responses whose records are aliases and addresses of few names, so that chains, forks and loops come about. */
const tangle: fc.Arbitrary<Message> = fc
  .array(
    fc.tuple(fc.constantFrom("a", "B.x", "c.b.x", "d"), fc.constantFrom("A", "b.x", "C.b.x", "d", ""), fc.nat(999)),
    { maxLength: 10 },
  )
  .map((links) => ({
    ...ask("a"),
    flags: 0x8180,
    answers: links.map(([owner, target, ttl]) =>
      target === "" ? a(owner, 192, 0, 2, ttl & 255) : cname(owner, target, ttl),
    ),
  }));

describe("dns.wasm", () => {
  it("imports nothing", () => {
    expect(WebAssembly.Module.imports(compiled)).toEqual([]);
  });

  it("reads the question of every query", () => {
    fc.assert(
      fc.property(name, fc.nat(0xffff), fc.constantFrom(...Object.values(TYPE)), (question, id, type) => {
        const query = { ...ask("", type), id, questions: [{ name: question, type, class: 1 }] };
        expect(textOut(wasm.readQuestion(putQuery(encode(query))))).toBe(textOf(question).toLowerCase());
        expect([wasm.questionType(), wasm.questionId()]).toEqual([type, id]);
      }),
      RUNS,
    );
  });

  it("accepts every sound response to its query, compressed or not", () => {
    fc.assert(
      fc.property(response, fc.boolean(), (message, compress) => {
        const bytes = encode(message, compress);
        expect(wasm.accepts(putQuery(encode(queryFor(message))), putAnswer(bytes))).toBe(1);
        expect(wasm.rcode()).toBe(message.flags & 15);
        expect(addressesOf(bytes)).toEqual(chainOf(message));
      }),
      RUNS,
    );
  });

  it("follows aliases to their end", () => {
    fc.assert(
      fc.property(tangle, fc.boolean(), (message, compress) => {
        expect(addressesOf(encode(message, compress))).toEqual(chainOf(message));
      }),
      RUNS,
    );
  });

  it("follows sixteen aliases, and not seventeen", () => {
    const chain = (links: number) => ({
      ...ask("n0"),
      answers: [...Array.from({ length: links }, (_, i) => cname(`n${i}`, `n${i + 1}`)), a(`n${links}`, 1, 2, 3, 4)],
    });
    expect(addressesOf(encode(chain(16)))).toEqual([{ address: "01020304", ttl: 60 }]);
    expect(addressesOf(encode(chain(17)))).toEqual([]);
  });

  it("reads all addresses of the largest message", () => {
    const answers = Array.from({ length: 4000 }, (_, i) => a("a", 10, 0, i >> 8, i & 255));
    const found = addressesOf(encode({ ...ask("a"), answers })) ?? [];
    expect(found.length).toBe(4000);
    expect(found.at(-1)?.address).toBe("0a000f9f");
  });

  it.each<[string, (answer: Message) => Message]>([
    ["another identifier", (answer) => ({ ...answer, id: 1 })],
    ["a query's flags", (answer) => ({ ...answer, flags: 0x0100 })],
    ["another opcode", (answer) => ({ ...answer, flags: 0xa180 })],
    ["no question", (answer) => ({ ...answer, questions: [] })],
    ["two questions", (answer) => ({ ...answer, questions: [...answer.questions, ...answer.questions] })],
    ["another name", (answer) => ({ ...answer, questions: ask("example.test.invalid").questions })],
    ["another type", (answer) => ({ ...answer, questions: ask("example.test", TYPE.AAAA).questions })],
    ["another class", (answer) => ({ ...answer, questions: [{ name: labels("example.test"), type: 1, class: 3 }] })],
    ["an address of 3 bytes", (answer) => ({ ...answer, answers: [a("example.test", 1, 2, 3)] })],
    ["an address of 5 bytes", (answer) => ({ ...answer, additional: [a("example.test", 1, 2, 3, 4, 5)] })],
    [
      "bytes after an alias",
      (answer) => ({ ...answer, answers: [{ ...cname("a", "b"), data: [labels("b"), Uint8Array.of(0)] }] }),
    ],
    ["an empty TXT", (answer) => ({ ...answer, answers: [{ ...a("a"), type: TYPE.TXT }] })],
    ["a TXT cut short", (answer) => ({ ...answer, answers: [{ ...a("a", 5, 65), type: TYPE.TXT }] })],
  ])("accepts no response with %s", (_name, change) => {
    const query = putQuery(encode(ask("example.test")));
    const sound = { ...ask("Example.TEST"), flags: 0x8180, answers: [a("example.test", 192, 0, 2, 1)] };
    expect(wasm.accepts(query, putAnswer(encode(sound)))).toBe(1);
    expect(wasm.accepts(query, putAnswer(encode(change(sound))))).toBe(0);
  });

  it("accepts a truncated response that ends within a record", () => {
    const query = putQuery(encode(ask("a")));
    const whole = encode({ ...ask("a"), flags: 0x8380, answers: [a("a", 1, 2, 3, 4)] });
    expect(wasm.accepts(query, putAnswer(whole.subarray(0, -3)))).toBe(1);
    expect(wasm.isTruncated()).toBe(1);
    expect(addressesOf(whole.subarray(0, -3))).toBeUndefined();
  });

  it.each<[string, Buffer]>([
    ["nothing", Buffer.alloc(0)],
    ["a header alone", encode({ ...ask("a"), questions: [] })],
    ["two questions", encode({ ...ask("a"), questions: [...ask("a").questions, ...ask("b").questions] })],
    ["a response", encode({ ...ask("a"), flags: 0x8180 })],
    ["a status request", encode({ ...ask("a"), flags: 0x1000 })],
    ["an update", encode({ ...ask("a"), flags: 0x2800 })],
    ["an answer in it", encode({ ...ask("a"), answers: [a("a", 1, 2, 3, 4)] })],
    ["an authority in it", encode({ ...ask("a"), authorities: [a("a", 1, 2, 3, 4)] })],
    ["an address beside it", encode({ ...ask("a"), additional: [a("a", 1, 2, 3, 4)] })],
    ["class CHAOS", encode({ ...ask("a"), questions: [{ name: ["a"], type: 1, class: 3 }] })],
    ["bytes after it", Buffer.concat([encode(ask("a")), Buffer.of(0)])],
    ["a byte too few", encode(ask("a")).subarray(0, -1)],
    ["a pointer to itself", Buffer.from("123401000001000000000000c00c00010001", "hex")],
    ["a pointer into the header", Buffer.from("123401000001000000000000c00000010001", "hex")],
    ["a pointer forwards", Buffer.from("123401000001000000000000c00e0000010001", "hex")],
    ["a pointer to its own label", Buffer.from("1234010000010000000000000161c00c00010001", "hex")],
    ["a label of kind 01", Buffer.from("12340100000100000000000041610000010001", "hex")],
  ])("sees no plain query in %s", (_name, bytes) => {
    expect(wasm.readQuestion(putQuery(bytes))).toBe(-1);
  });

  it("lets an OPT record accompany a query, one", () => {
    const opt = { owner: [], type: TYPE.OPT, class: 1232, ttl: 0, data: [] };
    expect(wasm.readQuestion(putQuery(encode({ ...ask("a.b"), additional: [opt] })))).toBe(3);
    expect(wasm.readQuestion(putQuery(encode({ ...ask("a.b"), additional: [opt, opt] })))).toBe(-1);
    expect(wasm.readQuestion(putQuery(encode({ ...ask("a.b"), additional: [{ ...opt, owner: ["x"] }] })))).toBe(-1);
  });

  it("knows labels of 63 octets and names of 255", () => {
    const read = (question: Name) =>
      wasm.readQuestion(putQuery(encode({ ...ask(""), questions: [{ name: question, type: 1, class: 1 }] })));
    const longest = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)];
    expect(sizeOf(longest)).toBe(255);
    expect(read(longest)).toBe(253);
    expect(read([...longest.slice(0, 3), "d".repeat(62)])).toBe(-1);
    expect(read(["\0".repeat(63), "\0".repeat(63), "\0".repeat(63), "\0".repeat(61)])).toBe(1003);
    expect(read(["a".repeat(64)])).toBe(-1);
    expect(read([])).toBe(0);
  });

  it("refuses lengths and sizes that its buffers do not have", () => {
    for (const length of [-1, 65536, 0x7fffffff, -0x80000000]) {
      expect(wasm.readQuestion(length)).toBe(-1);
      expect(wasm.readAddresses(length)).toBe(-1);
      expect([wasm.accepts(12, length), wasm.accepts(length, 12)]).toEqual([0, 0]);
      expect(wasm.beginAnswer(length, 0)).toBe(-1);
      expect([wasm.addAddress(length, 1, 0, 4), wasm.addAddress(12, length, 0, 4)]).toEqual([-1, -1]);
      expect(wasm.addName(12, TYPE.CNAME, 1, length, 0)).toBe(-1);
      expect(wasm.readAddress(length)).toBe(0);
    }
    expect(wasm.addAddress(12, 1, 0, 5)).toBe(-1);
    expect(wasm.addName(12, TYPE.MX, 1, 1, 0)).toBe(-1);
    expect(wasm.addName(12, TYPE.PTR, 1000, 25, 0)).toBe(-1);
  });
});

describe("dns.wasm's answers", () => {
  it("say what was put into them", () => {
    const address = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.ipV6().map(() => Buffer.alloc(16, 7)),
    );
    fc.assert(
      fc.property(name, name, fc.array(address, { maxLength: 8 }), fc.nat(15), (question, alias, addresses, rcode) => {
        const query = { ...ask(""), questions: [{ name: question, type: TYPE.A, class: 1 }] };
        let length = wasm.beginAnswer(putQuery(encode(query)), rcode);
        const [owner, target] = putTexts(textOf(question), `${textOf(alias)}.`) as [number, number];
        if (owner + target > 1024) return;
        length = wasm.addName(length, TYPE.CNAME, owner, target, 5);
        for (const bytes of addresses) {
          putTexts(textOf(alias));
          length = wasm.addAddress(length, target - 1, 7, putAddress(bytes));
        }
        const answer = decode(answerOut(length));
        expect(answer).toEqual({
          ...query,
          flags: 0x8180 | rcode,
          answers: [
            { owner: question, type: TYPE.CNAME, class: 1, ttl: 5, data: [alias] },
            ...addresses.map((bytes) => ({
              owner: alias,
              type: bytes.length === 4 ? TYPE.A : TYPE.AAAA,
              class: 1,
              ttl: 7,
              data: [Buffer.from(bytes)],
            })),
          ],
        });
        expect(wasm.accepts(encode(query).length, length)).toBe(1);
      }),
      RUNS,
    );
  });

  it("point to the question's name instead of repeating it", () => {
    const length = wasm.beginAnswer(putQuery(encode(ask("host.example"))), RCODE.NOERROR);
    const [owner] = putTexts("HOST.example.") as [number];
    expect(wasm.addAddress(length, owner, 0, putAddress(Uint8Array.of(1, 2, 3, 4)))).toBe(length + 2 + 10 + 4);
  });

  it("end where the buffer does", () => {
    let length = wasm.beginAnswer(putQuery(encode(ask("a"))), RCODE.NOERROR);
    const [owner] = putTexts("b".repeat(63)) as [number];
    let count = 0;
    for (let next = length; next > 0; next = wasm.addAddress(length, owner, 0, 16)) {
      length = next;
      count++;
    }
    expect(count - 1).toBe(Math.floor((65535 - 19) / (65 + 10 + 16)));
    expect(decode(answerOut(length)).answers.length).toBe(count - 1);
  });

  it("take no owner that is no name", () => {
    const length = wasm.beginAnswer(putQuery(encode(ask("a"))), RCODE.NOERROR);
    for (const text of ["a..b", ".a", "..", "a b", "a\0", "\u00e9", "\\", "\\25", "\\256", "\\ ", "x".repeat(64)]) {
      const [owner] = putTexts(text) as [number];
      expect([text, wasm.addAddress(length, owner, 0, 4)]).toEqual([text, -1]);
    }
    for (const [text, octets] of [
      ["a\\.b.c", ["a.b", "c"]],
      ["\\065\\\\.", ["A\\"]],
      [".", []],
    ] as const) {
      const [owner] = putTexts(text) as [number];
      expect(decode(answerOut(wasm.addAddress(length, owner, 0, 4))).answers[0]?.owner).toEqual(octets);
      wasm.beginAnswer(putQuery(encode(ask("a"))), RCODE.NOERROR);
    }
  });
});

describe("dns.wasm with hostile messages", () => {
  const mutated = fc
    .tuple(
      response,
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(20),
    )
    .map(([message, compress, changes, cut]) => {
      const bytes = encode(message, compress);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, Math.max(0, bytes.length - (cut > 15 ? cut : 0)));
    });
  const pointers = fc
    .array(fc.oneof(fc.nat(0x3fff), fc.nat(64)), { minLength: 1, maxLength: 200 })
    .map((targets) =>
      Buffer.concat([
        Buffer.from("123481800001000100000000", "hex"),
        ...targets.map((target) => Buffer.of(0xc0 | (target >> 8), target & 255)),
      ]),
    );
  const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => {
    const message = Buffer.alloc(12 + bytes.length);
    message.set([0x12, 0x34, 0x81, 0x80, 0, 1, 0, bytes.length & 3, 0, 0, 0, bytes.length & 4]);
    message.set(bytes, 12);
    return message;
  });

  /** All that the codec says of a message, with `filler` after its end. */
  function judge(bytes: Uint8Array, filler: number): unknown {
    for (const put of [putQuery, putAnswer]) put(Buffer.concat([bytes, Buffer.alloc(600, filler)]));
    const question = wasm.readQuestion(bytes.length);
    const text = question < 0 ? undefined : textOut(question);
    const accepted = wasm.accepts(bytes.length, bytes.length);
    const count = wasm.readAddresses(bytes.length);
    const found = Array.from({ length: Math.max(0, count) }, (_, i) => [wasm.readAddress(i), wasm.ttl(i)]);
    return [question, text, accepted, count, found, wasm.beginAnswer(bytes.length, 0)];
  }

  it("survives 100,000 of them, and reads nothing past their end", () => {
    fc.assert(
      fc.property(fc.oneof(mutated, pointers, random), (bytes) => {
        expect(judge(bytes, 0xc0)).toEqual(judge(bytes, 0x01));
      }),
      { numRuns: 100_000 },
    );
  }, 120_000);

  it("gives up names of pointers alone", () => {
    const hops = Array.from({ length: 8000 }, (_, i) => Buffer.of(0xc0 | ((12 + 2 * i) >> 8), (12 + 2 * i) & 255));
    const header = Buffer.from("123481800001ffff00000000", "hex");
    const bytes = Buffer.concat([header, Buffer.of(0, 0), ...hops]);
    expect(wasm.readAddresses(putAnswer(bytes))).toBe(-1);
  });
});
