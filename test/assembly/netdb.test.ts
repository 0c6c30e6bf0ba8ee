import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { compileGuest } from "./guest.js";
import { type NetdbGuest, startNetdbGuest, text } from "./netdb-guest.js";
import { askC } from "./oracle.js";
import { almostIPv4, almostIPv6 } from "./texts.js";

const services = readFileSync("/etc/services", "utf8");
const protocols = readFileSync("/etc/protocols", "utf8");

const AI = { PASSIVE: 1, CANONNAME: 2, NUMERICHOST: 4, V4MAPPED: 8, ALL: 16, ADDRCONFIG: 32, NUMERICSERV: 0x400 };
const NI = { NUMERICHOST: 1, NUMERICSERV: 2, NOFQDN: 4, NAMEREQD: 8, DGRAM: 16 };

let netdb: NetdbGuest;

beforeAll(async () => {
  netdb = await startNetdbGuest({ services, protocols, answer: () => -13 });
});

/** Compares with C, line by line, and returns C's lines. */
function compare(lines: readonly string[]): string[] {
  const answers = askC(lines, "netdb-oracle.c");
  const ours = lines.map((line) => netdb.ask(line).trimEnd());
  const theirs = answers.map((answer) => answer.trimEnd());
  expect(ours.flatMap((our, i) => (our === theirs[i] ? [] : [[lines[i], our, theirs[i]]]))).toEqual([]);
  expect(theirs.length).toBe(lines.length);
  return theirs;
}

/** The words of a database's lines. */
function entries(file: string): string[][] {
  return file
    .split("\n")
    .map((line) => line.replace(/#.*/, "").split(/\s+/).filter(Boolean))
    .filter((words) => words.length > 1);
}

describe("services and protocols", () => {
  it("are those that C finds, by every name, alias, port and number", () => {
    const lines = entries(services).flatMap(([name = "", port = "", ...aliases]) => {
      const [number, proto = ""] = port.split("/");
      const network = ((Number(number) & 255) << 8) | (Number(number) >> 8);
      return [name, ...aliases]
        .flatMap((known) => [`servname ${text(known)} ${text(proto)}`, `servname ${text(known)} -`])
        .concat(`servport ${network} ${text(proto)}`, `servport ${network} -`, `servname ${text(name)} ${text("x")}`);
    });
    const numbers = Array.from({ length: 256 }, (_, i) => `protonumber ${i}`);
    const names = entries(protocols).flatMap(([name = "", , ...aliases]) => [name, ...aliases]);
    const answers = compare([...lines, ...numbers, ...names.map((name) => `protoname ${text(name)}`)]);
    expect(answers.filter((answer) => answer !== "none").length).toBeGreaterThan(1000);
  });

  it("are not found by what is no name", () => {
    compare(
      [
        ...["", "HTTP", "http ", "80", "nosuch", "#", "http\0"].map((name) => `servname ${text(name)} ${text("tcp")}`),
        ...["", "TC", "tcp "].map((proto) => `servname ${text("http")} ${text(proto)}`),
        ...["", "6", "nosuch"].map((name) => `protoname ${text(name)}`),
        "servport 0 -",
        "servport 65535 -",
        "protonumber -1",
      ].filter((line) => !line.includes("00")),
    );
  });

  it("are read from lines of all kinds", () => {
    netdb.world.services = [
      "first 1/tcp",
      "\ttabs\t\t2/tcp\tt1\tt2 # t3",
      "crlf 3/tcp c1\r",
      "#comment 4/tcp",
      "inner#comment 5/tcp",
      "noport",
      "noslash 6",
      "noproto 7/",
      "/tcp 8/tcp",
      "large 65536/tcp",
      "negative -1/tcp",
      "hex 0x10/tcp",
      "empty /tcp",
      `many 9/tcp ${"a ".repeat(5000)}`,
      "twice 10/udp u1",
      "twice 11/tcp u1",
      `long${"g".repeat(70000)} 12/tcp`,
      "\0 13/tcp",
      "last 14/sctp l1",
    ].join("\n");
    const find = (name: string, proto: string | null = null) => netdb.ask("servname", text(name), text(proto));
    expect(find("first")).toBe("first 256 tcp");
    expect([find("tabs"), find("t2")]).toEqual(["tabs 512 tcp t1 t2", "tabs 512 tcp t1 t2"]);
    expect([find("t3"), find("c1"), find("comment"), find("inner")]).toEqual([
      "none",
      "crlf 768 tcp c1",
      "none",
      "none",
    ]);
    for (const name of ["noport", "noslash", "noproto", "large", "negative", "hex", "empty"]) {
      expect([name, find(name)]).toEqual([name, "none"]);
    }
    expect(find("/tcp")).toBe("/tcp 2048 tcp");
    expect(find("many").split(" ").length).toBe(3 + 5000);
    expect([find("u1"), find("u1", "tcp")]).toEqual(["twice 2560 udp u1", "twice 2816 tcp u1"]);
    expect(find("l1")).toBe("last 3584 sctp l1");
    netdb.world.services = services;
  });

  it("cannot be made to fail by any text", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, name) => {
        netdb.world.services = Buffer.from(bytes).toString("latin1").replace(/ÿ/g, "\n");
        netdb.world.protocols = netdb.world.services;
        netdb.ask("servname", text(name), "-");
        expect(netdb.ask("protoname", text(`${name}\u00ff`))).toBe("none");
      }),
      { numRuns: 2000 },
    );
    netdb.world.services = services;
    netdb.world.protocols = protocols;
  });
});

describe("getaddrinfo(3) with addresses", () => {
  const nodes = ["127.0.0.1", "127.1", "0x7f.1", "017700000001", "1.2.3.4.5", "256.1.1.1", "::1", "::ffff:1.2.3.4"];
  const strange = [
    "fe80::1%1",
    "::1%5",
    "2001:db8::1%4294967295",
    "::1%",
    "::1%4294967296",
    "::g",
    "a:b",
    ":",
    "127.0.0.1 ",
  ];

  it("answers as C does, whatever is wanted of it", () => {
    const lines: string[] = [];
    for (const node of [...nodes, null]) {
      for (const service of ["80", "http", "domain", "nosuchservice", "", null]) {
        for (const family of [0, 2, 10]) {
          for (const type of [0, 1, 2]) {
            const flags = [
              0,
              AI.CANONNAME,
              AI.V4MAPPED,
              AI.V4MAPPED | AI.ALL,
              AI.NUMERICSERV,
              AI.PASSIVE,
              AI.ADDRCONFIG,
            ];
            // What is no address is a name, which nobody is to be asked about here.
            for (const flag of flags) {
              lines.push(`gai ${flag | AI.NUMERICHOST} ${family} ${type} 0 ${text(node)} ${text(service)}`);
            }
          }
        }
      }
    }
    compare(lines);
  });

  it("offers the kinds of socket that C does", () => {
    const lines: string[] = [];
    for (const type of [0, 1, 2, 3, 4, 5, 6, 99]) {
      for (const protocol of [0, 1, 6, 17, 33, 132, 136, 255]) {
        for (const service of ["80", "http", "domain", "", null]) {
          lines.push(`gai 0 2 ${type} ${protocol} ${text("127.0.0.1")} ${text(service)}`);
        }
      }
    }
    compare(lines);
  });

  it("refuses what C refuses", () => {
    compare([
      ...[1, 3, 99, -1].map((family) => `gai 0 ${family} 0 0 ${text("127.0.0.1")} -`),
      ...[0x10000, 0x800, 1 << 30].map((flags) => `gai ${flags} 0 0 0 ${text("127.0.0.1")} -`),
      `gai ${AI.CANONNAME} 0 0 0 - ${text("80")}`,
      "gai 0 0 0 0 - -",
      ...["", "localhost", "x"].map((node) => `gai ${AI.NUMERICHOST} 0 0 0 ${text(node)} -`),
      ...["80x", "http", ""].map((port) => `gai ${AI.NUMERICSERV} 0 1 0 ${text("127.0.0.1")} ${text(port)}`),
    ]);
  });

  it("reads addresses as C does", () => {
    const texts = [...nodes, ...strange, ...fc.sample(almostIPv4, 1000), ...fc.sample(almostIPv6, 1000)];
    // C also takes the name of an interface for a zone, and asks about what has blanks.
    const lines = texts.filter((node) => !node.includes("%") || /%\d+$/.test(node));
    const answers = compare(lines.map((node) => `gai ${AI.NUMERICHOST} 0 1 0 ${text(node)} -`));
    expect(answers.filter((answer) => answer.startsWith("0 ")).length).toBeGreaterThan(200);
  });

  it("takes no port above 65535 for another one, as C does", () => {
    expect(netdb.ask("gai", 0, 0, 1, 0, text("127.0.0.1"), text("65616"))).toBe("-8");
  });

  it("never asks anybody", () => {
    expect(netdb.asked).toEqual([]);
  });
});

describe("getnameinfo(3) with numbers", () => {
  const ipv4 = `x0200005001020304${"00".repeat(8)}`;
  const ipv6 = (address: string, scope = "00000000") => `x0a00003500000000${address}${scope}`;

  it("writes addresses and services as C does", () => {
    const addresses = [
      ipv4,
      `x020000357f000001${"00".repeat(8)}`,
      `x0200ffff00000000${"00".repeat(8)}`,
      ipv6(`${"00".repeat(15)}01`),
      ipv6(`${"00".repeat(10)}ffff01020304`),
      ipv6(`20010db8${"00".repeat(11)}01`, "09000000"),
    ];
    const flags = [0, NI.NUMERICSERV, NI.DGRAM, NI.NAMEREQD, NI.NOFQDN].map((flag) => flag | NI.NUMERICHOST);
    compare(addresses.flatMap((address) => flags.map((flag) => `gni ${flag} ${address}`)));
  });

  it("refuses what C refuses", () => {
    compare([
      `gni 1 ${ipv4.slice(0, -2)}`,
      `gni 1 ${ipv4}00`,
      `gni 1 ${ipv6("00".repeat(16)).slice(0, -16)}`,
      "gni 1 x0200",
      "gni 1 x02",
      "gni 1 x",
      `gni 1 x6300${"00".repeat(14)}`,
      `gni 1024 ${ipv4}`,
    ]);
  });
});

describe("errors of look-ups", () => {
  it("have glibc's texts", () => {
    compare([
      ...[-2, -1, 0, 1, 2, 3, 4, 5].map((number) => `hstrerror ${number}`),
      ...[-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13, 0, 1, -99].map((number) => `gai_strerror ${number}`),
    ]);
  });

  it("are printed by herror(3)", () => {
    netdb.ask("host", text("nowhere"), 2);
    netdb.ask("herror", text("nowhere"));
    netdb.ask("herror", text(""));
    expect(netdb.written).toEqual(["nowhere: Unknown server error\n", "Unknown server error\n"]);
  });
});

describe("structs of <netdb.h>", () => {
  const word = (address: number) => netdb.guest.view().getUint32(address, true);
  const string = (address: number) => {
    const bytes = netdb.guest.bytes(address, 64);
    return bytes.toString("utf8", 0, bytes.indexOf(0));
  };

  it("lie in memory as 32-bit C lays them out", () => {
    const service = Number(netdb.ask("service-at", text("http")));
    expect(string(word(service))).toBe("http");
    expect([string(word(word(service + 4))), word(word(service + 4) + 4)]).toEqual(["www", 0]);
    expect([word(service + 8), string(word(service + 12))]).toEqual([80 << 8, "tcp"]);

    const protocol = Number(netdb.ask("protocol-at", text("TCP")));
    expect([string(word(protocol)), string(word(word(protocol + 4))), word(protocol + 8)]).toEqual(["tcp", "TCP", 6]);

    const host = Number(netdb.ask("host-at", text("127.0.0.1")));
    expect([string(word(host)), word(word(host + 4)), word(host + 8), word(host + 12)]).toEqual(["127.0.0.1", 0, 2, 4]);
    expect([word(word(word(host + 16))), word(word(host + 16) + 4)]).toEqual([0x0100007f, 0]);

    const info = Number(netdb.ask("info-at"));
    expect([0, 4, 8, 12, 16].map((offset) => word(info + offset))).toEqual([2, 2, 1, 6, 16]);
    expect([word(word(info + 20) + 4), string(word(info + 24)), word(info + 28)]).toEqual([0x0100007f, "127.0.0.1", 0]);
  });
});

describe("the library without names", () => {
  const program = "exit(socket(2, 1, 0));";

  it.each([
    ["the parts", 'import { exit } from "sockyard/process";\nimport { socket } from "sockyard/socket";'],
    ["all of it", 'import { exit, socket } from "sockyard/index";'],
  ])("links nothing of it into a program that imports %s", async (_name, imports) => {
    const binary = await compileGuest(`${imports}\n${program}`, ["-O3"]);
    const names = WebAssembly.Module.imports(new WebAssembly.Module(binary)).map(({ name }) => name);
    expect(names.sort()).toEqual(["proc_exit", "socket"]);
    expect(binary.length).toBeLessThan(1000);
  });
});
