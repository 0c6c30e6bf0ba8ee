import { beforeAll, describe, expect, it } from "vitest";
import { type Guest, startGuest } from "./guest.js";
import { askC } from "./oracle.js";

const SOURCE = `
import { errno } from "sockyard/errno";
import { SockaddrIn, SockaddrIn6, SockaddrUn, SUN_LEN } from "sockyard/sockaddr";

const source = memory.data(4096);
export function buffer(): usize { return source; }
export function lastError(): i32 { return errno; }

function text(start: i32, length: i32): string { return String.UTF16.decodeUnsafe(source + (start << 1), length << 1); }
let kept: usize = 0;
function keep<T>(address: T): usize {
  if (kept != 0) __unpin(kept);
  kept = changetype<usize>(address);
  return kept == 0 ? 0 : __pin(kept);
}
let keptText = "";
function chars(value: string): usize {
  keptText = value;
  return changetype<usize>(value);
}

export function in4(host: i32, port: i32): usize { return keep(SockaddrIn.from(text(0, host), text(host, port))); }
export function in6(host: i32, port: i32): usize { return keep(SockaddrIn6.from(text(0, host), text(host, port))); }
export function un(length: i32): usize { return keep(SockaddrUn.from(text(0, length))); }
export function text4(): usize { return chars(changetype<SockaddrIn>(kept).toString()); }
export function text6(): usize { return chars(changetype<SockaddrIn6>(kept).toString()); }
export function textUn(length: u32): usize { return chars(changetype<SockaddrUn>(kept).toString(length)); }
export function textUnDefault(): usize { return chars(changetype<SockaddrUn>(kept).toString()); }
export function sunLen(): u32 { return SUN_LEN(changetype<SockaddrUn>(kept)); }

export function layouts(i: i32): i32 {
  const six = new SockaddrIn6();
  const unix = new SockaddrUn();
  switch (i) {
    case 0: return offsetof<SockaddrIn>("sin_family");
    case 1: return offsetof<SockaddrIn>("sin_port");
    case 2: return offsetof<SockaddrIn>("sin_addr");
    case 3: return offsetof<SockaddrIn>();
    case 4: return offsetof<SockaddrIn6>("sin6_family");
    case 5: return offsetof<SockaddrIn6>("sin6_port");
    case 6: return offsetof<SockaddrIn6>("sin6_flowinfo");
    case 7: return i32(six.sin6_addr - changetype<usize>(six));
    case 8: return offsetof<SockaddrIn6>("sin6_scope_id");
    case 9: return offsetof<SockaddrIn6>();
    case 10: return offsetof<SockaddrUn>("sun_family");
    case 11: return i32(unix.sun_path - changetype<usize>(unix));
    case 12: return load<u32>(changetype<usize>(unix) - 4);
  }
  return -1;
}
`;

const EINVAL = 22;
const ENAMETOOLONG = 36;

describe("socket addresses", () => {
  let guest: Guest;

  beforeAll(async () => {
    guest = await startGuest(SOURCE);
  });

  function make(kind: "in4" | "in6", host: string, port: string): number {
    guest.put(host + port);
    return guest.call(kind, host.length, port.length);
  }

  it("lie in memory as C's do", () => {
    const layouts = askC(["layouts"]).map((line) => Number(line.split(" ")[1]));
    expect(layouts.map((_, i) => guest.call("layouts", i))).toEqual(layouts);
  });

  it("IPv4: text to bytes and back", () => {
    const address = make("in4", "192.0.2.1", "443");
    expect(guest.bytes(address, 16).toString("hex")).toBe("020001bbc00002010000000000000000");
    expect(guest.string(guest.call("text4"))).toBe("192.0.2.1:443");
  });

  it("IPv6: text to bytes and back, with a zone", () => {
    const address = make("in6", "fe80::1%7", "443");
    expect(guest.bytes(address, 28).toString("hex")).toBe("0a0001bb00000000fe80000000000000000000000000000107000000");
    expect(guest.string(guest.call("text6"))).toBe("[fe80::1%7]:443");
    make("in6", "::1", "0");
    expect(guest.string(guest.call("text6"))).toBe("[::1]:0");
  });

  it.each([
    ["in4", "127.1", "80"],
    ["in4", "::1", "80"],
    ["in4", "127.0.0.1", "65536"],
    ["in4", "127.0.0.1", ""],
    ["in4", "127.0.0.1", "-1"],
    ["in4", "127.0.0.1", "80 "],
    ["in4", "127.0.0.1", "99999999999999999999999"],
    ["in6", "127.0.0.1", "80"],
    ["in6", "::1%", "80"],
    ["in6", "::1%eth0", "80"],
    ["in6", "::1%4294967296", "80"],
    ["in6", "::1%1%1", "80"],
    ["in6", "::1", "x"],
  ] as const)("%s: %s and port '%s' are no address", (kind, host, port) => {
    guest.put("\0");
    guest.call("un", 1);
    expect([make(kind, host, port), guest.call("lastError")]).toEqual([0, EINVAL]);
  });

  it("Unix: a path ends with a NUL", () => {
    const address = guest.call("un", guest.put("./sö"));
    expect(guest.bytes(address, 8).toString("latin1")).toBe("\x01\0./s\xc3\xb6\0");
    expect(guest.call("sunLen")).toBe(7);
    expect(guest.string(guest.call("textUn", 110))).toBe("./sö");
    expect(guest.string(guest.call("textUnDefault"))).toBe("./sö");
  });

  it("Unix: an abstract name begins with a NUL and is as long as the length says", () => {
    guest.call("un", guest.put("\0name"));
    expect(guest.call("sunLen")).toBe(7);
    expect(guest.string(guest.call("textUn", 7))).toBe("@name");
    expect(guest.string(guest.call("textUn", 5))).toBe("@na");
  });

  it("Unix: a socket without a name has an empty one", () => {
    guest.call("un", guest.put(""));
    expect(guest.call("sunLen")).toBe(2);
    expect([0, 2].map((length) => guest.string(guest.call("textUn", length)))).toEqual(["", ""]);
    expect(guest.string(guest.call("textUnDefault"))).toBe("");
  });

  it("Unix: a path may have 107 bytes, an abstract name 107 after its NUL", () => {
    expect(guest.call("un", guest.put("p".repeat(107)))).not.toBe(0);
    expect(guest.string(guest.call("textUn", 111))).toBe("p".repeat(107));
    expect([guest.call("un", guest.put("p".repeat(108))), guest.call("lastError")]).toEqual([0, ENAMETOOLONG]);
    expect(guest.call("un", guest.put(`\0${"p".repeat(107)}`))).not.toBe(0);
    expect(guest.call("sunLen")).toBe(110);
    expect([guest.call("un", guest.put(`\0${"p".repeat(108)}`)), guest.call("lastError")]).toEqual([0, ENAMETOOLONG]);
  });

  it("Unix: a path holds no NUL", () => {
    expect([guest.call("un", guest.put("a\0b")), guest.call("lastError")]).toEqual([0, EINVAL]);
  });
});
