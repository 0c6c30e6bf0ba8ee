import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { has } from "../installed.js";
import { type NetGuest, startNetGuest } from "./net-guest.js";
import { askGo, hex } from "./oracle.js";
import { almostIPv4, almostIPv6, binaryIPv6 } from "./texts.js";

const hasGo = has("go");

let net: NetGuest;

beforeAll(async () => {
  net = await startNetGuest();
});

/** A text or bytes as the oracle takes them. */
function word(bytes: string | Uint8Array): string {
  return `x${hex(bytes)}`;
}

/** Compares with Go, line by line, and returns Go's answers. */
function compare(lines: readonly string[]): string[] {
  const answers = askGo(lines, "net-oracle.go").map((answer) => Buffer.from(answer, "hex").toString());
  const ours = lines.map((line) => net.ask(line));
  expect(ours.flatMap((our, i) => (our === answers[i] ? [] : [[lines[i], our, answers[i]]]))).toEqual([]);
  expect(answers.length).toBe(lines.length);
  return answers;
}

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const mapped = bytes(4).map((four) => Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...four]));
const ip = fc.oneof(bytes(4), mapped, binaryIPv6, bytes(16));
const mask = fc.oneof(
  ip,
  fc
    .tuple(fc.integer({ min: 0, max: 128 }), fc.constantFrom(4, 16))
    .map(([ones, size]) =>
      Uint8Array.from({ length: size }, (_, i) => 0xff00 >> Math.min(Math.max(ones - 8 * i, 0), 8)),
    ),
  bytes(4).map((four) => Uint8Array.from([...Array<number>(12).fill(255), ...four])),
);
const anyText = fc.string({ unit: "grapheme", maxLength: 30 });
const hostport = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom("[", "]", ":", "::1", "%", "host", "80", "") }, anyText), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

const TEXTS = [
  ...["", ".", ":", "::", ":::", "0", "1.2.3", "1.2.3.4", "1.2.3.4.", ".1.2.3.4", "1.2.3.4.5", "1..2.3", "01.2.3.4"],
  ...[
    "1.2.3.04",
    "0.0.0.0",
    "00.0.0.0",
    "255.255.255.255",
    "256.1.1.1",
    "1.1.1.256",
    "-1.2.3.4",
    "+1.2.3.4",
    "1.2.3.4 ",
  ],
  ...[" 1.2.3.4", "0x1.2.3.4", "127.1", "2130706433", "1.2.3.4%eth0", "a.b.c.d", "localhost", "1.2.3.4:80", "1,2,3,4"],
  ...["::1", "::0", "0::", "1::", "1::2", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7::"],
  ...["::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1::2::3", ":1:2:3:4:5:6:7:8"],
  ...["1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:", "::g", "::ffff", "::FFFF", "::10000", "::00001", "::ffff:1.2.3.4"],
  ...["::FFFF:1.2.3.4", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3"],
  ...["::1.2.3.4:5", "::01.2.3.4", "::ffff:256.2.3.4", "1.2.3.4::", "fe80::1%eth0", "fe80::1%", "[::1]", "::1/64"],
  ...["::ffff:0:0", "::ffff:0:1.2.3.4", "64:ff9b::1.2.3.4", "::ffff:ffff:1.2.3.4", "2001:DB8::A", "::1\0", "１.2.3.4"],
];

const ADDRESSES = [
  ...["0.0.0.0", "127.0.0.1", "127.255.255.255", "128.0.0.0", "10.0.0.1", "172.15.0.1", "172.16.0.1", "172.31.255.255"],
  ...[
    "172.32.0.0",
    "192.167.1.1",
    "192.168.0.1",
    "169.253.0.1",
    "169.254.0.1",
    "191.255.0.1",
    "192.0.0.1",
    "223.255.1.1",
  ],
  ...["224.0.0.0", "224.0.0.255", "224.0.1.0", "224.1.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255"],
  ...["::", "::1", "::2", "::1.2.3.4", "::ffff:0:0", "fbff::", "fc00::", "fdff::1", "fe00::", "fe7f::", "fe80::"],
  ...[
    "fe80::1",
    "febf::1",
    "fec0::",
    "feff::",
    "ff00::",
    "ff01::1",
    "ff11::1",
    "ff02::1",
    "ff12::2",
    "ff05::1",
    "ffff::",
  ],
  ...[
    "1:0:0:2::",
    "1:0:0:2:0:0:0:3",
    "0:1:0:1:0:1:0:1",
    "1:0:1:0:1:0:1:0",
    "0:0:1::",
    "1::",
    "0:0:0:0:1::",
    "::1:0:0:0:0",
  ],
  ...["2001:db8::a:b:c:d", "::fffe:1.2.3.4", "0:0:0:0:1:ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
];

const CIDRS = [
  ...["1.2.3.4/0", "1.2.3.4/8", "1.2.3.4/31", "1.2.3.4/32", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "1.2.3.4", "/24"],
  ...["1.2.3.4/024", "1.2.3.4/000000000000000000000024", "1.2.3.4/99999999999999999999", "1.2.3.4/+8", "1.2.3.4/8 "],
  ...[
    "1.2.3/24",
    "1.2.3.4/255.255.0.0",
    "1.2.3.4/8/8",
    "::/0",
    "2001:db8::1/32",
    "2001:db8::1/33",
    "::1/128",
    "::1/129",
  ],
  ...[
    "::ffff:1.2.3.4/96",
    "::ffff:1.2.3.4/100",
    "::1.2.3.4/24",
    "fe80::1%2/64",
    "",
    "/",
    "x/1",
    "::/x",
    "192.168.100.200/28",
  ],
];

const HOSTPORTS = [
  ...[
    "",
    ":",
    "::",
    ":80",
    "host",
    "host:",
    "host:80",
    "host:http",
    "1.2.3.4:80",
    "[::1]:80",
    "[::1%lo0]:80",
    "::1:80",
  ],
  ...[
    "[::1]",
    "[::1]80",
    "[::1]::80",
    "[::1]:80:",
    "[::1:80",
    "::1]:80",
    "[",
    "]",
    "[]",
    "[]:",
    "[]:80",
    "[:80",
    "]:80",
  ],
  ...["[[::1]]:80", "[a]b]:80", "[a[b]:80", "a[b:80", "a]b:80", "host:8[0", "host:8]0", "[host]:8[0", "[host]:8]0"],
  ...["a:b:c", "[a:b]:c", "[a]b:c", "[a]:b:c", "[a]b", ":]", ":[", "[:]:", "ho st:80", "hôte:80", "host:80\n", "\0:\0"],
];

describe.skipIf(!hasGo)("Go's address types", () => {
  it("parse and format texts as Go", () => {
    const lines = TEXTS.map((text) => `parse ${word(text)}`);
    const random = fc.sample(fc.oneof(fc.ipV4(), fc.ipV6(), almostIPv4, almostIPv6, anyText), 5000);
    const answers = compare([...lines, ...random.map((text) => `parse ${word(text)}`)]);
    expect(answers.filter((answer) => answer !== "nil").length).toBeGreaterThan(1000);
    expect(answers.filter((answer) => answer === "nil").length).toBeGreaterThan(1000);
  });

  it("tell what kind of address it is as Go", () => {
    const lines = ADDRESSES.map((text) => `parse ${word(text)}`);
    expect(compare([...lines, ...fc.sample(ip, 3000).map((address) => `describe ${word(address)}`)])).not.toContain(
      "nil",
    );
    const flags = (text: string) =>
      net
        .ask(`parse ${word(text)}`)
        .split(" ")
        .slice(5)
        .join(" ");
    expect(flags("127.0.0.1")).toBe("false true false false false false false false");
  });

  it("compare in either form of IPv4 as Go", () => {
    const pairs = fc.sample(fc.tuple(ip, ip), 2000);
    const same = fc.sample(bytes(4), 200).flatMap((four): [Uint8Array, Uint8Array][] => {
      const long = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...four]);
      return [
        [four, long],
        [long, four],
        [four, four],
        [long, long],
        [four, Uint8Array.from([1, ...long.subarray(1)])],
      ];
    });
    const answers = compare([...pairs, ...same].map(([one, other]) => `equal ${word(one)} ${word(other)}`));
    expect(answers.filter((answer) => answer === "true").length).toBeGreaterThan(799);
  });

  it("have masks and networks as Go", () => {
    const numbers = [-1, 0, 1, 7, 8, 9, 31, 32, 33, 64, 127, 128, 129, 2147483647, -2147483648];
    compare([
      ...numbers.flatMap((ones) => [0, 31, 32, 64, 128, 129].map((bits) => `cidrmask ${ones} ${bits}`)),
      ...fc.sample(mask, 1000).map((each) => `size ${word(each)}`),
      ...fc.sample(fc.tuple(ip, mask), 2000).map(([address, each]) => `mask ${word(address)} ${word(each)}`),
      ...fc
        .sample(fc.tuple(ip, mask, ip), 2000)
        .map(([address, each, other]) => `network ${word(address)} ${word(each)} ${word(other)}`),
      ...fc
        .sample(fc.tuple(ip, mask), 500)
        .map(([address, each]) => `network ${word(address)} ${word(each)} ${word(address)}`),
    ]);
  });

  it("parse CIDR as Go, errors among it", () => {
    const prefix = fc.oneof(fc.integer({ min: -1, max: 130 }).map(String), anyText);
    const random = fc.sample(
      fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6(), almostIPv6), prefix).map((parts) => parts.join("/")),
      2000,
    );
    const answers = compare([...CIDRS, ...random].map((text) => `cidr ${word(text)}`));
    expect(answers.filter((answer) => answer.startsWith("invalid CIDR address: ")).length).toBeGreaterThan(100);
    expect(answers.filter((answer) => answer.endsWith(" ip+net")).length).toBeGreaterThan(500);
  });

  it("split and join hosts and ports as Go, with its errors", () => {
    const splits = [...HOSTPORTS, ...fc.sample(hostport, 3000)].map((text) => `split ${word(text)}`);
    const joins = fc.sample(fc.tuple(hostport, anyText), 300).map(([host, port]) => `join ${word(host)} ${word(port)}`);
    const answers = compare([...splits, ...joins]).join("\n");
    for (const text of ["missing port", "too many colons", "missing ']'", "unexpected '['", "unexpected ']'"]) {
      expect(answers).toContain(`: ${text} in address`);
    }
  });

  it("write end points as Go", () => {
    const kinds = fc.constantFrom("tcp", "udp", "ip");
    const zone = fc.oneof(fc.constantFrom("", "", "1", "eth0", "%", ":"), anyText).map(word);
    const host = fc.oneof(fc.constant("-"), ip.map(word));
    const port = fc.oneof(fc.integer({ min: 0, max: 65535 }), fc.constantFrom(-1, 65536, 2147483647, -2147483648));
    const inet = fc.tuple(kinds, host, port, zone);
    const unix = fc.tuple(fc.constant("unix"), anyText.map(word), fc.constant(0), zone);
    compare(fc.sample(fc.oneof(inet, unix), 2000).map((words) => `address ${words.join(" ")}`));
  });

  it("tell of errors in Go's words, and what kind they are", () => {
    const errnos = [1, 2, 4, 11, 13, 17, 23, 24, 39, 103, 104, 110, 111, 113];
    const plain = ["closed", "deadline", "connected", "network", "invalid", "parse", "missing"];
    const failures = [
      ...errnos.flatMap((errno) => ["errno", "syscall", "config"].map((kind) => `${kind} ${errno}`)),
      ...plain.map((kind) => `${kind} 0`),
      ...Array.from({ length: 16 }, (_, flags) => `dns ${flags}`),
    ];
    const none = "none - 0 x";
    const tcp = (port: number) => `tcp ${word(Uint8Array.of(127, 0, 0, 1))} ${port} x`;
    const unix = (name: string) => `unix ${word(name)} 0 ${word("unix")}`;
    const places = [
      [none, none],
      [none, tcp(80)],
      [tcp(1), tcp(2)],
      [tcp(1), none],
      [unix(""), unix("./socket")],
    ];
    const answers = compare([
      ...failures.map((failure) => `fail ${failure}`),
      ...["dial", "accept", "read", ""].flatMap((op) =>
        ["tcp", "unix", ""].flatMap((network) =>
          places.flatMap(([from, to]) =>
            failures.map((failure) => `operation ${word(op)} ${word(network)} ${failure} ${from} ${to}`),
          ),
        ),
      ),
    ]);
    const refused = "connect: connection refused false false false false false false false true";
    expect(answers).toContain(`dial tcp 127.0.0.1:80: ${refused}`);
    expect(answers).toContain(
      "read tcp 127.0.0.1:1->127.0.0.1:2: i/o timeout true true false true false false false false",
    );
  });
});

describe("Go's address types, whatever they are given", () => {
  it("take any text without a trap", () => {
    const any = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."[]:%./0f1\ud800\udc00") }),
    );
    fc.assert(
      fc.property(any, (text) => net.endure(text)),
      { numRuns: 3000 },
    );
    for (const text of ["1", ":", "[", "/", "\ud800", "."]) net.endure(text.repeat(4000));
  });

  it("read back the address that they wrote", () => {
    const port = fc.integer({ min: 0, max: 65535 });
    const zone = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0xffffffff }));
    fc.assert(
      fc.property(fc.constantFrom(2, 10), ip, port, zone, (family, address, number, scope) => {
        const name = scope === 0 ? "" : String(scope);
        const isV4 = net.ask(`describe ${word(address)}`).split(" ")[2] !== "nil";
        const sockaddr = net.ask(`write ${family} ${word(address)} ${number} ${word(name)}`);
        if (family === 2 && !isV4) return sockaddr === "-97";
        const isZero = isV4 && address.subarray(-4).every((byte) => byte === 0);
        const host = family === 10 && isZero ? "x00000000000000000000000000000000" : word(address);
        const wanted = `${host} ${number} ${word(family === 10 ? name : "")}`;
        const texts = ["tcp", "udp", "ip"].map((kind) => net.ask(`address ${kind} ${wanted}`));
        expect(net.ask(`read x${sockaddr}`)).toBe([...texts, "null"].join("|"));
        return true;
      }),
      { numRuns: 2000 },
    );
  });

  it("lie in memory as the kernel has them", () => {
    const write = (family: number, host: string, zone = "") => net.ask(`write ${family} ${host} 8080 ${word(zone)}`);
    const any = "00".repeat(16);
    expect(write(2, word(Uint8Array.of(192, 0, 2, 1)))).toBe("02001f90c00002010000000000000000");
    expect(write(2, "-")).toBe("02001f90000000000000000000000000");
    expect(write(10, "-")).toBe(`0a001f9000000000${any}00000000`);
    expect(write(10, word(Uint8Array.of(0, 0, 0, 0)))).toBe(`0a001f9000000000${any}00000000`);
    const loopback = word(Uint8Array.of(127, 0, 0, 1));
    expect(write(10, loopback)).toBe("0a001f900000000000000000000000000000ffff7f00000100000000");
    expect(write(10, "xfe800000000000000000000000000001", "2")).toBe(
      "0a001f9000000000fe80000000000000000000000000000102000000",
    );
    expect(write(10, "-", "no such interface")).toBe(`0a001f9000000000${any}00000000`);
    for (const port of [-1, 65536]) expect(net.ask(`write 2 - ${port} x`)).toBe("-22");
  });

  it("have Unix names of every length: paths, abstract names and none", () => {
    const write = (name: string) => net.ask(`writeunix ${word(name)}`);
    const path = "p".repeat(107);
    expect(write("")).toBe("0100");
    expect(write("./a")).toBe("01002e2f6100");
    expect(write("é")).toBe("0100c3a900");
    expect(write("@name")).toBe("0100006e616d65");
    expect(write("\0name")).toBe("0100006e616d65");
    expect(write("@")).toBe("010000");
    expect(write(path)).toBe(`0100${hex(path)}00`);
    expect(write(`@${path}`)).toBe(`010000${hex(path)}`);
    expect([write(`${path}p`), write(`@${path}p`), write("a\0b"), write("é".repeat(54))]).toEqual(Array(4).fill("-22"));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (name) => {
        const written = write(name);
        if (written === "-22") return name.slice(1).includes("\0");
        const expected = /^(?:\0|$)/.test(name) ? `@${name.slice(1)}` : name;
        return net.ask(`read x${written}`) === `null|null|null|unix ${expected}`;
      }),
    );
    expect(net.ask(`read x0100${hex(`${path}p`)}`)).toBe(`null|null|null|unix ${path}p`);
  });

  it("read an address that is none, or cut, as null", () => {
    for (const cut of ["x", "x02", "x0200", "x02001f90", "x0a001f90", "x1000", "xffffffffffffffffffffffffffffffff"]) {
      expect(net.ask(`read ${cut}`)).toBe("null|null|null|null");
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 128 }), (any) => {
        net.ask(`read ${word(any)}`);
      }),
    );
  });
});
