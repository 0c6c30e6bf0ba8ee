import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { a, cname, labels, type Name, ptr, RCODE, type ResourceRecord, TYPE } from "../dns/message.js";
import { type NetdbGuest, startNetdbGuest, text, type World } from "./netdb-guest.js";

const EACCES = 13;
const ETIMEDOUT = 110;
const ECONNREFUSED = 111;

type Zone = Record<string, readonly ResourceRecord[] | number>;

let netdb: NetdbGuest;
let zone: Zone;

/** Names that the zone does not have do not exist; those of the zone have no records of other types. */
const answerFromZone: World["answer"] = (name, type) => {
  const found = zone[`${name}/${type}`];
  if (found !== undefined) return found;
  return Object.keys(zone).some((key) => key.startsWith(`${name}/`)) ? [] : RCODE.NXDOMAIN;
};
const world: World = { answer: answerFromZone };

async function startIn(resolver?: string): Promise<void> {
  world.resolver = resolver;
  netdb = await startNetdbGuest(world);
}

beforeEach(() => {
  zone = {};
  netdb?.asked.splice(0);
});

const host = (name: string, family = 2) => netdb.ask("host", text(name), family);
const aaaa = (owner: string, last: number): ResourceRecord => ({
  ...a(owner, ""),
  type: TYPE.AAAA,
  data: [Uint8Array.of(0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), last)],
});

describe("the resolver with one search domain", () => {
  beforeAll(() => startIn("nameserver 192.0.2.53\nsearch corp.test\noptions timeout:1"));

  it("tries a name without dots in the search list first", () => {
    zone["host.corp.test/1"] = [a("host.corp.test", "192.0.2.1")];
    expect(host("host")).toBe("host.corp.test 2/4 [] c0000201");
    expect(netdb.asked).toEqual(["host.corp.test/1"]);
  });

  it("tries a name without dots as it is last", () => {
    zone["host/1"] = [a("host", "192.0.2.1")];
    expect(host("host")).toBe("host 2/4 [] c0000201");
    expect(netdb.asked).toEqual(["host.corp.test/1", "host/1"]);
  });

  it("tries a name with dots as it is first", () => {
    zone["www.sub.corp.test/1"] = [a("www.sub.corp.test", "192.0.2.1")];
    expect(host("www.sub")).toBe("www.sub.corp.test 2/4 [] c0000201");
    expect(netdb.asked).toEqual(["www.sub/1", "www.sub.corp.test/1"]);
  });

  it("tries a name with a final dot as it is only", () => {
    expect(host("host.")).toMatch(/^h_errno 1 /);
    expect(netdb.asked).toEqual(["host/1"]);
  });

  it("tries localhost as it is only", () => {
    zone["localhost/1"] = [a("localhost", "127.0.0.1")];
    expect(host("localhost")).toBe("localhost 2/4 [] 7f000001");
    expect(netdb.asked).toEqual(["localhost/1"]);
  });

  it("stops where no server answers", () => {
    zone["host.corp.test/1"] = -ETIMEDOUT;
    expect(host("host")).toMatch(/^h_errno 2 /);
  });

  it("goes on after SERVFAIL, and says so in the end", () => {
    zone["host.corp.test/1"] = RCODE.SERVFAIL;
    expect(host("host")).toMatch(/^h_errno 2 /);
    expect(netdb.asked).toEqual(["host.corp.test/1", "host/1"]);
  });

  it("says that a name has no data when one of those tried has none", () => {
    zone["host.corp.test/28"] = [];
    expect(host("host")).toMatch(/^h_errno 4 /);
  });

  it("says that it was not permitted when one of those tried was not", () => {
    zone["host.corp.test/1"] = -EACCES;
    expect(host("host")).toBe("h_errno 3 errno 13");
    expect(netdb.asked).toEqual(["host.corp.test/1", "host/1"]);
  });

  it("cuts the domain from a name with NI_NOFQDN", () => {
    zone["1.2.0.192.in-addr.arpa/12"] = [ptr("1.2.0.192.in-addr.arpa", "www.Corp.Test")];
    const address = `x02000050c0000201${"00".repeat(8)}`;
    expect(netdb.ask("gni", 2, address)).toBe("0 www.Corp.Test 80");
    expect(netdb.ask("gni", 2 | 4, address)).toBe("0 www 80");
  });
});

describe("the resolver with ndots:2 and two domains", () => {
  beforeAll(() => startIn("domain x.test\nsearch a.test b.test\noptions ndots:2 rotate\n"));

  it("searches for a name with one dot first", () => {
    zone["www.sub/1"] = [a("www.sub", "192.0.2.1")];
    expect(host("www.sub")).toBe("www.sub 2/4 [] c0000201");
    expect(netdb.asked).toEqual(["www.sub.a.test/1", "www.sub.b.test/1", "www.sub/1"]);
  });

  it("tries a name with two dots as it is first", () => {
    zone["a.b.c/1"] = [a("a.b.c", "192.0.2.1")];
    expect(host("a.b.c")).toBe("a.b.c 2/4 [] c0000201");
    expect(netdb.asked).toEqual(["a.b.c/1"]);
  });
});

describe("the resolver without a right to resolve anything", () => {
  beforeAll(() => startIn(undefined));

  it("has no search list, and is refused", () => {
    zone["host/1"] = -EACCES;
    zone["host/28"] = -EACCES;
    expect(host("host")).toBe("h_errno 3 errno 13");
    expect(netdb.ask("gai", 0, 0, 1, 0, text("host"), "-")).toBe("-11 errno 13");
    expect(netdb.asked).toEqual(["host/1", "host/1"]);
  });
});

describe("resolv.conf(5)", () => {
  beforeAll(() => startIn(""));

  it.each([
    ["", "1 "],
    ["search a b c", "1 a b c"],
    ["search a\nsearch b", "1 b"],
    ["search a\ndomain b", "1 b"],
    ["domain a b\r\noptions ndots:3\r", "3 a"],
    ["\tsearch\ta\t b ", "1 a b"],
    ["#search a\n; domain b\noptions rotate ndots:0", "0 "],
    ["options ndots:99", "15 "],
    ["options ndots:x ndots: ndots:-1 ndots:99999999999", "1 "],
    ["search", "1 "],
    ["searching a", "1 "],
  ])("%j means %j", (file, meaning) => {
    expect(netdb.ask("settings", text(file))).toBe(meaning);
  });
});

describe("gethostbyname(3)", () => {
  beforeAll(() => startIn(""));

  it("has the canonical name, every alias and every address", () => {
    zone["www.test/1"] = [
      cname("www.test", "web.test"),
      cname("web.test", "host.test"),
      a("host.test", "192.0.2.2"),
      a("other.test", "192.0.2.9"),
      a("HOST.test", "192.0.2.1"),
    ];
    expect(host("www.test")).toBe("host.test 2/4 [www.test,web.test] c0000202 c0000201");
  });

  it("has a hundred addresses", () => {
    zone["many.test/1"] = Array.from({ length: 100 }, (_, i) => a("many.test", `10.0.0.${i}`));
    expect(host("many.test").split(" ").length).toBe(103);
  });

  it("has IPv6 addresses for gethostbyname2", () => {
    zone["six.test/28"] = [aaaa("six.test", 1)];
    expect(host("six.test", 10)).toBe("six.test 10/16 [] 20010db8000000000000000000000001");
    expect(host("six.test", 1)).toBe("h_errno -1 errno 97");
  });

  it("asks nobody about numbers", () => {
    expect(host("127.0.0.1")).toBe("127.0.0.1 2/4 [] 7f000001");
    expect(host("127.1")).toBe("127.1 2/4 [] 7f000001");
    expect(host("256.1.1.1")).toMatch(/^h_errno 1 /);
    expect(host("::1")).toMatch(/^h_errno 1 /);
    expect(host("::1", 10)).toBe(`::1 10/16 [] ${"00".repeat(15)}01`);
    expect(netdb.asked).toEqual([]);
  });

  it("asks for the A-labels of other scripts", () => {
    zone["xn--bcher-kva.test/1"] = [a("xn--bcher-kva.test", "192.0.2.1")];
    expect(host("Bücher.test")).toMatch(/^xn--bcher-kva\.test /);
    expect(host("bücher。test")).toMatch(/^xn--bcher-kva\.test /);
    expect(host("\u{1f4a9}\u0000.test")).toMatch(/^h_errno 1 /);
  });

  it.each(["a..b", ".", ".a", "a b", "a\0b", `${"x".repeat(64)}.test`, `${"abcdefg.".repeat(32)}test`])(
    "asks nobody about %j",
    (name) => {
      expect(host(name)).toMatch(name === "." ? /^h_errno [13] / : /^h_errno 1 /);
      expect(netdb.asked.filter((asked) => asked !== "/1")).toEqual([]);
    },
  );

  it.each([
    [RCODE.NXDOMAIN, 1, 0],
    [RCODE.SERVFAIL, 2, 0],
    [RCODE.FORMERR, 3, 0],
    [RCODE.NOTIMP, 3, 0],
    [RCODE.REFUSED, 3, 0],
    [-ETIMEDOUT, 2, ETIMEDOUT],
    [-ECONNREFUSED, 2, ECONNREFUSED],
    [-EACCES, 3, EACCES],
    [-4, -1, 4],
  ])("turns %i into h_errno %i", (result, error, errno) => {
    zone["x.test/1"] = result;
    netdb.ask("host", text("::"), 2);
    const [, reported, , number] = host("x.test").split(" ").map(Number);
    expect(reported).toBe(error);
    if (errno !== 0) expect(number).toBe(errno);
  });

  it("asks again without EDNS where a server does not know it", () => {
    zone["old.test/1"] = RCODE.FORMERR;
    host("old.test");
    expect(netdb.asked).toEqual(["old.test/1", "old.test/1"]);
  });

  it("has no data for a chain that loops, nor for one without an end", () => {
    zone["loop.test/1"] = [cname("loop.test", "pool.test"), cname("pool.test", "loop.test")];
    zone["dead.test/1"] = [cname("dead.test", "end.test")];
    expect(host("loop.test")).toMatch(/^h_errno 3 /);
    expect(host("dead.test")).toMatch(/^h_errno 4 /);
  });

  it("has the other aliases of a name, as hosts(5) tells them, and those of no other name", () => {
    const others = [cname("second.test", "x.test"), cname("stray.test", "other.test"), cname("third.test", "X.TEST")];
    zone["x.test/1"] = [a("x.test", "192.0.2.1"), ...others];
    zone["first.test/1"] = [cname("first.test", "x.test"), a("x.test", "192.0.2.1"), ...others];
    zone["far.test/1"] = [cname("far.test", "first.test"), ...(zone["first.test/1"] as [])];
    expect(host("x.test")).toBe("x.test 2/4 [second.test,third.test] c0000201");
    expect(host("first.test")).toBe("x.test 2/4 [first.test,second.test,third.test] c0000201");
    expect(host("far.test")).toBe("x.test 2/4 [far.test,first.test,second.test,third.test] c0000201");
  });

  it("takes no name of unusual bytes for a host's", () => {
    zone["evil.test/1"] = [cname("evil.test", "$(reboot).test"), a("$(reboot).test", "192.0.2.1")];
    expect(host("evil.test")).toMatch(/^h_errno 3 /);
  });

  it("does not believe an answer to another question", () => {
    world.answer = () => ({
      id: 0,
      flags: 0x8180,
      questions: [{ name: labels("other.test"), type: 1, class: 1 }],
      answers: [a("x.test", "192.0.2.1")],
      authorities: [],
      additional: [],
    });
    expect(host("x.test")).toBe("h_errno -1 errno 74");
    world.answer = answerFromZone;
  });
});

describe("gethostbyaddr(3)", () => {
  beforeAll(() => startIn(""));

  it("has all names of an address", () => {
    zone["1.2.0.192.in-addr.arpa/12"] = [
      ptr("1.2.0.192.in-addr.arpa", "first.test"),
      ptr("1.2.0.192.in-addr.arpa", "second.test"),
    ];
    expect(netdb.ask("address", "xc0000201", 4, 2)).toBe("first.test 2/4 [second.test] c0000201");
  });

  it("asks for IPv6 addresses by nibbles, and for mapped ones as for IPv4", () => {
    const nibbles = `${"1.0.0.0.".repeat(1)}${"0.".repeat(20)}8.b.d.0.1.0.0.2.ip6.arpa`;
    zone[`${nibbles}/12`] = [ptr(nibbles, "six.test")];
    zone["1.2.0.192.in-addr.arpa/12"] = [ptr("1.2.0.192.in-addr.arpa", "four.test")];
    const six = `20010db8${"00".repeat(11)}01`;
    const mapped = `${"00".repeat(10)}ffffc0000201`;
    expect(netdb.ask("reverse", 10, `x${six}`)).toBe(nibbles);
    expect(netdb.ask("address", `x${six}`, 16, 10)).toBe(`six.test 10/16 [] ${six}`);
    expect(netdb.ask("address", `x${mapped}`, 16, 10)).toBe(`four.test 10/16 [] ${mapped}`);
  });

  it("follows the aliases of classless delegation", () => {
    const address = "1.2.0.192.in-addr.arpa";
    const target: Name = ["1", "0/25", "2", "0", "192", "in-addr", "arpa"];
    zone[`${address}/12`] = [
      { ...cname(address, ""), data: [target] },
      { ...ptr("", "host.test"), owner: target },
    ];
    expect(netdb.ask("address", "xc0000201", 4, 2)).toBe("host.test 2/4 [] c0000201");
  });

  it("drops names that are no hosts'", () => {
    zone["1.2.0.192.in-addr.arpa/12"] = ["-rf", "a b.test", "\u001b[31m.test", "good.test"].map((name) =>
      ptr("1.2.0.192.in-addr.arpa", name),
    );
    expect(netdb.ask("address", "xc0000201", 4, 2)).toBe("good.test 2/4 [] c0000201");
  });

  it("refuses what is no address", () => {
    expect(netdb.ask("address", "xc0000201", 5, 2)).toBe("h_errno -1 errno 14");
    expect(netdb.ask("address", "xc0000201", 3, 2)).toBe("h_errno -1 errno 22");
    expect(netdb.ask("address", "xc0000201", 4, 10)).toBe("h_errno -1 errno 22");
    expect(netdb.ask("address", "xc0000201", 4, 1)).toBe("h_errno -1 errno 97");
  });
});

describe("getaddrinfo(3) with names", () => {
  beforeAll(() => startIn(""));

  const gai = (flags: number, family: number) => netdb.ask("gai", flags, family, 1, 0, text("www.test"), text("80"));

  beforeEach(() => {
    zone["www.test/1"] = [cname("www.test", "host.test"), a("host.test", "192.0.2.1"), a("host.test", "192.0.2.2")];
    zone["www.test/28"] = [cname("www.test", "host.test"), aaaa("host.test", 1)];
  });

  it("has the addresses of both families, IPv4 first, in the server's order", () => {
    const addresses = gai(2, 0).split(" ").slice(1);
    expect(addresses).toEqual([
      "2/2/1/6/02000050c00002010000000000000000/host.test",
      "2/2/1/6/02000050c00002020000000000000000/-",
      "2/10/1/6/0a0000500000000020010db800000000000000000000000100000000/-",
    ]);
  });

  it.each(["a b", "a..b", ".a"])("is EAI_NONAME for %j, and asks nobody", (node) => {
    expect(netdb.ask("gai", 0, 0, 1, 0, text(node), text("80"))).toBe("-2");
    expect(netdb.asked).toEqual([]);
  });

  it("has those of one family", () => {
    expect(gai(0, 2).split(" ").length).toBe(3);
    expect(gai(0, 10).split(" ").length).toBe(2);
    expect(netdb.asked).toEqual(["www.test/1", "www.test/28"]);
  });

  it("maps IPv4 addresses if there are no others, or with AI_ALL", () => {
    expect(gai(8, 10).split(" ").length).toBe(2);
    expect(gai(8 | 16, 10).split(" ").length).toBe(4);
    zone["www.test/28"] = [];
    expect(gai(8, 10)).toMatch(/^0 8\/10\/1\/6\/0a0000500000000000000000000000000000ffffc000020100000000\/- /);
    expect(gai(0, 10)).toBe("-5");
  });

  it.each<[string, Zone, string]>([
    ["nothing of that name", { "www.test/1": RCODE.NXDOMAIN, "www.test/28": RCODE.NXDOMAIN }, "-2"],
    ["no address", { "www.test/1": [], "www.test/28": [] }, "-5"],
    ["a server that fails", { "www.test/1": RCODE.SERVFAIL, "www.test/28": RCODE.SERVFAIL }, "-3"],
    ["a server that is silent", { "www.test/1": -ETIMEDOUT, "www.test/28": -ETIMEDOUT }, "-3"],
    ["a server that refuses", { "www.test/1": RCODE.REFUSED, "www.test/28": RCODE.REFUSED }, "-4"],
    ["a policy that refuses", { "www.test/1": -EACCES, "www.test/28": -EACCES }, "-11 errno 13"],
  ])("tells of %s", (_name, records, error) => {
    Object.assign(zone, records);
    expect(gai(0, 0)).toBe(error);
  });

  it("has what one family has when the other fails", () => {
    zone["www.test/28"] = RCODE.SERVFAIL;
    expect(gai(0, 0).split(" ").length).toBe(3);
  });
});

describe("getaddrinfo(3) with two domains to search", () => {
  beforeAll(() => startIn("search a.test b.test"));

  const gai = (flags: number, family: number) => netdb.ask("gai", flags, family, 1, 0, text("www"), text("80"));
  const families = (answer: string) =>
    answer
      .split(" ")
      .slice(1)
      .map((info) => info.split("/")[1]);

  beforeEach(() => {
    zone["www.a.test/28"] = [aaaa("www.a.test", 1)];
    zone["www.b.test/1"] = [a("www.b.test", "192.0.2.1")];
    zone["www.b.test/28"] = [aaaa("www.b.test", 2)];
  });

  it("has all addresses of one name", () => {
    expect(gai(2, 0)).toMatch(/^0 2\/10\/\S+0001\d{8}\/www\.a\.test$/);
    expect(netdb.asked).toEqual(["www.a.test/1", "www.a.test/28"]);
  });

  it("has the first name with an address of the family, if only that is wanted", () => {
    expect(families(gai(0, 2))).toEqual(["2"]);
    expect(netdb.asked).toEqual(["www.a.test/1", "www.b.test/1"]);
    expect(families(gai(0, 10))).toEqual(["10"]);
  });

  it("asks for the other family where a server fails for one of them", () => {
    zone["www.a.test/1"] = RCODE.SERVFAIL;
    expect(families(gai(0, 0))).toEqual(["10"]);
    zone["www.a.test/28"] = RCODE.SERVFAIL;
    expect(families(gai(0, 0))).toEqual(["2", "10"]);
  });

  it("maps the IPv4 addresses of another name if there are none of IPv6", () => {
    zone = { "www.b.test/1": [a("www.b.test", "192.0.2.1")] };
    expect(gai(8, 10)).toMatch(/^0 8\/10\/\S+ffffc0000201\d{8}\//);
    expect(netdb.asked.slice(-2)).toEqual(["www.a.test/1", "www.b.test/1"]);
  });

  it("tells of the name itself, of a name without data and of a refusal rather than of none", () => {
    zone = {};
    expect(gai(0, 0)).toBe("-2");
    zone = { "www.a.test/5": [] };
    expect(gai(0, 0)).toBe("-5");
    zone = { "www.a.test/1": -EACCES };
    expect(gai(0, 0)).toBe("-11 errno 13");
    zone = { "www.a.test/1": -ECONNREFUSED };
    netdb.asked.splice(0);
    expect(gai(0, 0)).toBe("-3");
    expect(netdb.asked).toEqual(["www.a.test/1", "www/1"]);
  });
});

describe("getnameinfo(3) with names", () => {
  beforeAll(() => startIn(""));
  const address = `x02000050c0000201${"00".repeat(8)}`;

  it("writes the address of a host without a name, unless one is required", () => {
    expect(netdb.ask("gni", 2, address)).toBe("0 192.0.2.1 80");
    expect(netdb.ask("gni", 2 | 8, address)).toBe("-2  ");
    zone["1.2.0.192.in-addr.arpa/12"] = -EACCES;
    expect(netdb.ask("gni", 2, address)).toBe("0 192.0.2.1 80");
    zone["1.2.0.192.in-addr.arpa/12"] = -ETIMEDOUT;
    expect(netdb.ask("gni", 2 | 8, address)).toBe("-3  ");
  });
});

describe("records of other types", () => {
  beforeAll(() => startIn(""));

  const record = (type: number, ...data: ResourceRecord["data"]): ResourceRecord => ({
    ...a("x.test", ""),
    type,
    data,
  });

  it.each<[string, number, ResourceRecord, string]>([
    ["MX", TYPE.MX, record(TYPE.MX, 10, labels("mail.test")), "x.test/15/300=10,mail.test"],
    ["NS", TYPE.NS, record(TYPE.NS, labels("ns.test")), "x.test/2/300=ns.test"],
    ["PTR", TYPE.PTR, record(TYPE.PTR, labels("p.test")), "x.test/12/300=p.test"],
    ["CNAME", TYPE.CNAME, record(TYPE.CNAME, labels("c.test")), "x.test/5/300=c.test"],
    ["TXT", TYPE.TXT, record(TYPE.TXT, Buffer.from("\x03abc\x00\x02\xc3\xa9", "latin1")), "x.test/16/300=3,abcé"],
    ["SRV", TYPE.SRV, record(TYPE.SRV, 1, 2, 8080, labels("s.test")), "x.test/33/300=1,2,8080,s.test"],
    [
      "SOA",
      TYPE.SOA,
      record(
        TYPE.SOA,
        labels("m.test"),
        labels("a.b.test"),
        Buffer.from("0000000100000002000000030000000480000000", "hex"),
      ),
      "x.test/6/300=m.test,a.b.test,1,2,3,4,2147483648",
    ],
    ["AAAA", TYPE.AAAA, aaaa("x.test", 1), "x.test/28/300=2001:db8::1"],
  ])("%s", (_name, type, found, expected) => {
    zone[`x.test/${type}`] = [found];
    expect(netdb.ask("query", text("x.test"), type)).toBe(`x.test [] ${expected}`);
  });
});

describe("services of a domain (RFC 2782)", () => {
  beforeAll(() => startIn(""));

  const srv = (owner: string, target: string): ResourceRecord => ({
    ...a(owner, ""),
    type: TYPE.SRV,
    data: [0, 0, 80, labels(target)],
  });

  it("are asked for by service and protocol, or by a name as it is", () => {
    zone["_http._tcp.x.test/33"] = [srv("_http._tcp.x.test", "one.test")];
    zone["plain.test/33"] = [srv("plain.test", "two.test")];
    expect(netdb.ask("srv", text("http"), text("tcp"), text("x.test"))).toContain("one.test");
    expect(netdb.ask("srv", text(""), text(""), text("plain.test"))).toContain("two.test");
    expect(netdb.asked).toEqual(["_http._tcp.x.test/33", "plain.test/33"]);
  });

  it("are sorted by priority, and at random by weight", () => {
    const first = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const order = netdb.ask("order", "20/0/z", "10/60/a", "10/30/b", "10/10/c", "10/0/d", "5/0/y").split(" ");
      expect(order[0]).toBe("y");
      expect(order[5]).toBe("z");
      expect([...order].sort()).toEqual(["a", "b", "c", "d", "y", "z"]);
      first.set(order[1] as string, (first.get(order[1] as string) ?? 0) + 1);
    }
    const share = (name: string) => (first.get(name) ?? 0) / 4000;
    expect(share("a")).toBeGreaterThan(0.53);
    expect(share("a")).toBeLessThan(0.67);
    expect(share("b")).toBeGreaterThan(0.24);
    expect(share("c")).toBeGreaterThan(0.06);
    expect(share("d")).toBeGreaterThan(0);
    expect(share("d")).toBeLessThan(0.04);
  });
});
