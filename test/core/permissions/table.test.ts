import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  AF_INET,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  AF_VSOCK,
  EACCES,
  EAFNOSUPPORT,
  EINVAL,
  ENAMETOOLONG,
  IPPROTO_IP,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
} from "../../../host/core/linux.generated.js";
import { parseRule } from "../../../host/core/permissions/rule.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { addressText, type Guest, guestOf, realGuest, sockaddrOf } from "../../fakes/guest.js";
import { controlOf, pairOf, putMessage, receiveRights, sendRights } from "../../fakes/message.js";
import { Rights } from "../../fakes/rights.js";

// One line for each case of the specification of permissions, in its order: what is granted, what is tried, what comes
// of it. Other tests go deeper; this one shows that none is forgotten.

watchDescriptors();

/** Denied, allowed, a rule that does not parse but has a hint, or an error that the kernel or the guest has anyway. */
type Verdict = "denied" | "allowed" | "no rule" | "invalid";
type Row = readonly [rules: string, attempt: string, act: () => Verdict, want: Verdict];

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "sockyard-test-"));
  for (const name of ["run", "run/app", "other"]) mkdirSync(join(root, name));
});
afterAll(() => rmSync(root, { recursive: true }));

/** What a call's result says; whatever else the kernel answers came after it was allowed. */
function verdict(result: number): Verdict {
  if (result === -EACCES) return "denied";
  return [-EINVAL, -EAFNOSUPPORT, -ENAMETOOLONG].includes(result) ? "invalid" : "allowed";
}

const isV6 = (address: string): boolean => address.startsWith("[");
const connect = (flags: string, address: string) => (): Verdict => {
  const guest = guestOf(flags);
  const fd = address.startsWith("unix:") ? guest.unix() : isV6(address) ? guest.tcp6() : guest.tcp();
  return verdict(guest.connect(fd, address));
};
const bind = (flags: string, address: string) => (): Verdict => {
  const guest = guestOf(flags);
  return verdict(guest.bind(isV6(address) ? guest.tcp6() : guest.tcp(), address));
};
const send = (flags: string, address: string) => (): Verdict => {
  const guest = guestOf(flags);
  return verdict(guest.sendTo(isV6(address) ? guest.udp6() : guest.udp(), address));
};
const resolve = (flags: string, name: string) => (): Verdict =>
  new Rights(flags).resolve(name) ? "allowed" : "denied";
/** A look-up with this answer, and a connection to an address of it or of another name. */
const lookUp =
  (flags: string, name: string, answer: string, to = answer, port = 443) =>
  (): Verdict => {
    const rights = new Rights(flags);
    rights.resolve(name, answer);
    return rights.connect(to, port) ? "allowed" : "denied";
  };
const literal = (flags: string, address: string) => (): Verdict =>
  new Rights(flags).connect(address) ? "allowed" : "denied";
const parse = (text: string) => (): Verdict => {
  const parsed = parseRule(text, addressText, (path) => path);
  return "error" in parsed ? "no rule" : "allowed";
};
const socket = (flags: string, domain: number, type: number) => (): Verdict =>
  verdict(guestOf(flags).call("socket", domain, type, 0));
const listen = (flags: string) => (): Verdict => {
  const guest = guestOf(flags);
  return verdict(guest.call("listen", guest.tcp(), 5));
};
const rawConnect = (flags: string, bytes: Uint8Array) => (): Verdict => {
  // The kernel's part: it refuses what is no address of the socket's family.
  const guest = guestOf(flags, { connect: bytes.length === 16 && bytes[0] === AF_INET ? 0 : -EINVAL });
  return verdict(guest.call("connect", guest.tcp(), guest.put(bytes), bytes.length));
};

/** A listener at a path that some host process opened, and a guest that connects to it. */
function connectUnix(flags: string, listener: string, path: string, meanwhile: () => void = () => {}): Verdict {
  const host = realGuest("--allow-all");
  const fd = host.unix();
  if (host.bind(fd, `unix:${listener}`) !== 0 || host.call("listen", fd, 5) !== 0) throw new Error("no listener");
  const guest = realGuest(flags);
  meanwhile();
  const result = guest.connect(guest.unix(), `unix:${path}`);
  host.call("unlink", host.put(`${listener}\0`));
  return verdict(result);
}

const padded = (text: string, length: number): Uint8Array => {
  const bytes = new Uint8Array(2 + length).fill(0x61);
  bytes.set([AF_UNIX, 0]);
  bytes.set(Buffer.from(text), 2);
  return bytes;
};
const bindLong = (length: number) => (): Verdict => {
  const guest = realGuest(`--allow-net-listen=unix:${root}/**`);
  const bytes = padded(`${root}/run/`, length);
  const result = guest.call("bind", guest.unix(), guest.put(bytes), bytes.length);
  // Linux itself has EINVAL for 109 bytes: sockaddr_un has no room for them.
  return verdict(result);
};

/** Two ends of one sandbox, or of two. */
function pass(flags: string, isOutside: boolean): Verdict {
  const guest = realGuest(flags);
  const [near, far] = pairOf(guest, AF_UNIX, SOCK_STREAM);
  // A pair that the guest did not make leads outside.
  const end = isOutside ? guest.adopt(guest.core.kernel.dup(guest.core.fds.hostFd(near)), AF_UNIX, SOCK_STREAM) : near;
  const sent = sendRights(guest, end, [guest.tcp()]);
  if (sent < 0) return verdict(sent);
  return receiveRights(guest, far).fds.length === 1 ? "allowed" : "denied";
}

function receiveFromOutside(flags: string): Verdict {
  const host = realGuest("--allow-all");
  const [near, far] = pairOf(host, AF_UNIX, SOCK_STREAM);
  const guest = realGuest(flags);
  const end = guest.adopt(host.core.kernel.dup(host.core.fds.hostFd(far)), AF_UNIX, SOCK_STREAM);
  sendRights(host, near, [host.tcp()]);
  return receiveRights(guest, end).fds.length === 1 ? "allowed" : "denied";
}

function sendPacketInfo(flags: string): Verdict {
  const guest = guestOf(flags);
  const IP_PKTINFO = 8;
  const control = controlOf({ level: IPPROTO_IP, type: IP_PKTINFO, data: new Uint8Array(12) });
  const name = sockaddrOf("1.1.1.1:53");
  return verdict(guest.call("sendmsg", guest.udp(), putMessage(guest, { name, data: ["x"], control }), 0));
}

const made = (guest: Guest): boolean => {
  const fds = guest.allocate(8);
  return guest.call("socketpair", AF_UNIX, SOCK_STREAM, 0, fds) === 0 && guest.call("pipe", fds) === 0;
};

const NO_LOOPBACK = "--allow-all --deny-net=127.0.0.0/8";
const NO_PASSING = "--allow-all --allow-fd-pass --deny-fd-pass";
const PUBLIC = "93.184.216.34";
const OTHER = "93.184.216.35";

const ROWS: readonly Row[] = [
  ["none", "connect 127.0.0.1:80", connect("", "127.0.0.1:80"), "denied"],
  ["none", "bind 127.0.0.1:0", bind("", "127.0.0.1:0"), "denied"],
  ["none", "resolve example.com", resolve("", "example.com"), "denied"],
  ["none", "socketpair, pipe", () => (made(guestOf("")) ? "allowed" : "denied"), "allowed"],
  ["connect=127.0.0.1:80", "connect :80", connect("--allow-net-connect=127.0.0.1:80", "127.0.0.1:80"), "allowed"],
  ["connect=127.0.0.1:80", "connect :81", connect("--allow-net-connect=127.0.0.1:80", "127.0.0.1:81"), "denied"],
  ["connect=127.0.0.1:80", "bind :80", bind("--allow-net-connect=127.0.0.1:80", "127.0.0.1:80"), "denied"],
  ["listen=127.0.0.1:80", "connect :80", connect("--allow-net-listen=127.0.0.1:80", "127.0.0.1:80"), "denied"],
  ["connect=127.0.0.1", "its mapped form", connect("--allow-net-connect=127.0.0.1", "[::ffff:127.0.0.1]:1"), "allowed"],
  ["deny=127.0.0.1", "::ffff:7f00:1", connect("--allow-all --deny-net=127.0.0.1", "[::ffff:7f00:1]:1"), "denied"],
  ["deny=127.0.0.0/8", "connect 0.0.0.0", connect(NO_LOOPBACK, "0.0.0.0:1"), "denied"],
  ["deny=127.0.0.0/8", 'the host "0"', resolve(NO_LOOPBACK, "0"), "denied"],
  ["deny=127.0.0.0/8", "AAAA ::ffff:127.0.0.1", lookUp(NO_LOOPBACK, "a.com", "::ffff:127.0.0.1"), "denied"],
  ["deny=127.0.0.0/8", "A 127.0.0.1", lookUp(NO_LOOPBACK, "a.com", "127.0.0.1"), "denied"],
  ["deny=127.0.0.0/8", "2130706433", resolve(NO_LOOPBACK, "2130706433"), "denied"],
  ["deny=127.0.0.0/8", "0x7f.1", resolve(NO_LOOPBACK, "0x7f.1"), "denied"],
  ["deny=127.0.0.0/8", "127.1", resolve(NO_LOOPBACK, "127.1"), "denied"],
  ["deny=127.0.0.0/8", "①②⑦.0.0.1", resolve(NO_LOOPBACK, "①②⑦.0.0.1"), "denied"],
  ["deny=127.0.0.0/8", "a NUL in a name", resolve(NO_LOOPBACK, "127.0.0.1\0.ok.com"), "denied"],
  ["deny=127.0.0.0/8", "::127.0.0.1", connect(NO_LOOPBACK, "[::127.0.0.1]:1"), "denied"],
  ["deny=127.0.0.0/8", "64:ff9b::7f00:1", connect(NO_LOOPBACK, "[64:ff9b::7f00:1]:1"), "denied"],
  ["deny=127.0.0.0/8", "126.255.255.255", connect(NO_LOOPBACK, "126.255.255.255:1"), "allowed"],
  ["deny=127.0.0.0/8", "128.0.0.0", connect(NO_LOOPBACK, "128.0.0.0:1"), "allowed"],
  ["allow=localhost", "after a look-up", lookUp("--allow-net=localhost", "localhost", "127.0.0.1"), "allowed"],
  ["allow=localhost", "127.0.0.1 without one", literal("--allow-net=localhost", "127.0.0.1"), "allowed"],
  ["allow=localhost", "::1 without one", literal("--allow-net=localhost", "::1"), "allowed"],
  ["allow=example.com", "without a look-up", literal("--allow-net=example.com", PUBLIC), "denied"],
  ["allow=example.com:443", "after it", lookUp("--allow-net=example.com:443", "example.com", PUBLIC), "allowed"],
  ["allow=evil.com", "169.254.169.254", lookUp("--allow-net=evil.com", "evil.com", "169.254.169.254"), "denied"],
  ["allow=evil.com", "10.0.0.5", lookUp("--allow-net=evil.com", "evil.com", "10.0.0.5"), "denied"],
  ["allow=evil.com,10.0.0.5", "10.0.0.5", lookUp("--allow-net=evil.com,10.0.0.5", "evil.com", "10.0.0.5"), "allowed"],
  ["allow=a.com", "what b.com has", lookUp("--allow-net=a.com", "a.com", PUBLIC, OTHER), "denied"],
  ["allow=EXAMPLE.com", "example.COM", resolve("--allow-net=EXAMPLE.com", "example.COM"), "allowed"],
  ["allow=EXAMPLE.com", "example.com.", resolve("--allow-net=EXAMPLE.com", "example.com."), "allowed"],
  ["allow=*.example.com", "example.com", resolve("--allow-net=*.example.com", "example.com"), "denied"],
  ["allow=*.example.com", "a.b.example.com", resolve("--allow-net=*.example.com", "a.b.example.com"), "allowed"],
  ["allow=bücher.de", "xn--bcher-kva.de", resolve("--allow-net=bücher.de", "xn--bcher-kva.de"), "allowed"],
  [
    "allow=[fe80::/10]",
    "fe80::1 in a zone",
    () => {
      const guest = guestOf("--allow-net-connect=[fe80::/10]");
      const bytes = sockaddrOf("[fe80::1]:80");
      bytes[24] = 2;
      return verdict(guest.call("connect", guest.tcp6(), guest.put(bytes), bytes.length));
    },
    "allowed",
  ],
  [
    "connect=10.0.0.0/8",
    "garbage in sin_zero",
    rawConnect("--allow-net-connect=10.0.0.0/8", sockaddrOf("10.1.2.3:80").fill(0xff, 8)),
    "allowed",
  ],
  ["any", "a short sockaddr", rawConnect("--allow-net", sockaddrOf("10.1.2.3:80").slice(0, 15)), "invalid"],
  ["any", "a long sockaddr", rawConnect("--allow-net", new Uint8Array(129).fill(2, 0, 1)), "invalid"],
  ["any", "another family's", rawConnect("--allow-net", Uint8Array.of(AF_VSOCK, ...new Uint8Array(15))), "invalid"],
  ["connect=:80", "80 in host order", connect("--allow-net-connect=127.0.0.1:80", "127.0.0.1:20480"), "denied"],
  ["connect=:20480", "80 in host order", connect("--allow-net-connect=127.0.0.1:20480", "127.0.0.1:20480"), "allowed"],
  ["listen=127.0.0.1", "bind 0.0.0.0", bind("--allow-net-listen=127.0.0.1", "0.0.0.0:1"), "denied"],
  ["listen=0.0.0.0:80", "bind [::]:80, dual stack", bind("--allow-net-listen=0.0.0.0:80", "[::]:80"), "denied"],
  ["listen=127.0.0.1:8080", "bind port 0", bind("--allow-net-listen=127.0.0.1:8080", "127.0.0.1:0"), "denied"],
  ["listen=127.0.0.1:0", "bind port 0", bind("--allow-net-listen=127.0.0.1:0", "127.0.0.1:0"), "allowed"],
  ["none", "listen() unbound", listen(""), "denied"],
  ["connect", "the bind that connect implies", connect("--allow-net-connect=127.0.0.1", "127.0.0.1:1"), "allowed"],
  ["udp:1.1.1.1:53", "tcp", connect("--allow-net-connect=udp:1.1.1.1:53", "1.1.1.1:53"), "denied"],
  ["udp:1.1.1.1:53", "sendto 8.8.8.8:53", send("--allow-net-connect=udp:1.1.1.1:53", "8.8.8.8:53"), "denied"],
  ["allow all", "sendto 255.255.255.255", send("--allow-net-connect", "255.255.255.255:9"), "denied"],
  ["allow all", "sendto 224.0.0.1", send("--allow-net-connect", "224.0.0.1:9"), "denied"],
  ["allow all", "sendto ff02::1", send("--allow-net-connect", "[ff02::1]:9"), "denied"],
  ["udp", "sendmsg with IP_PKTINFO", () => sendPacketInfo("--allow-net-connect=udp:1.1.1.1:53"), "invalid"],
  ["--allow-net", "socket(AF_PACKET)", socket("--allow-net", AF_PACKET, SOCK_RAW), "denied"],
  ["--allow-net", "socket(SOCK_RAW)", socket("--allow-net", AF_INET, SOCK_RAW), "denied"],
  ["--allow-net", "socket(AF_NETLINK)", socket("--allow-net", AF_NETLINK, SOCK_DGRAM), "denied"],
  ["--allow-net", "socket(AF_VSOCK)", socket("--allow-net", AF_VSOCK, SOCK_STREAM), "invalid"],
  [
    "unix:/run/a.sock",
    "/run/../run/a.sock",
    () => connectUnix(`--allow-net-connect=unix:${root}/run/a.sock`, `${root}/run/a.sock`, `${root}/run/../run/a.sock`),
    "allowed",
  ],
  [
    "unix:/run/app/**",
    "/run/app/../docker.sock",
    () =>
      connectUnix(`--allow-net=unix:${root}/run/app/**`, `${root}/run/docker.sock`, `${root}/run/app/../docker.sock`),
    "denied",
  ],
  [
    "unix:/run/app/**",
    "its directory became a link",
    () => {
      const swap = (): void => {
        renameSync(join(root, "run/app"), join(root, "run/was"));
        symlinkSync(join(root, "other"), join(root, "run/app"));
      };
      const flags = `--allow-net=unix:${root}/run/app/**`;
      const result = connectUnix(flags, `${root}/other/b.sock`, `${root}/run/app/b.sock`, swap);
      rmSync(join(root, "run/app"));
      renameSync(join(root, "run/was"), join(root, "run/app"));
      return result;
    },
    "denied",
  ],
  [
    "files of /run",
    "connect /run/docker.sock",
    () => {
      const flags = `--allow-read=${root}/run --allow-write=${root}/run`;
      return connectUnix(flags, `${root}/run/docker.sock`, `${root}/run/docker.sock`);
    },
    "denied",
  ],
  ["unix:/long", "108 bytes without a NUL", bindLong(108), "allowed"],
  ["unix:/long", "109 bytes", bindLong(109), "invalid"],
  ["connect=A", "a descriptor of A, passed inside", () => pass("--allow-net-connect=127.0.0.1:80", false), "allowed"],
  ["none", "a descriptor from outside", () => receiveFromOutside(""), "denied"],
  ["--allow-fd-pass", "a descriptor from outside", () => receiveFromOutside("--allow-fd-pass"), "allowed"],
  ["connect=A", "a descriptor sent outside", () => pass("--allow-net-connect=127.0.0.1:80", true), "denied"],
  ["--allow-all", "a descriptor from outside", () => receiveFromOutside("--allow-all"), "allowed"],
  ["--allow-all", "a descriptor sent outside", () => pass("--allow-all", true), "allowed"],
  ["deny-fd-pass", "a descriptor from outside", () => receiveFromOutside(NO_PASSING), "denied"],
  ["deny-fd-pass", "a descriptor sent outside", () => pass(NO_PASSING, true), "denied"],
  ["deny-fd-pass", "a descriptor, passed inside", () => pass(NO_PASSING, false), "allowed"],
  ["allow=host:443", "a redirect elsewhere", lookUp("--allow-net=a.com:443", "a.com", PUBLIC, OTHER), "denied"],
  ["flag ::1", "parse", parse("::1"), "no rule"],
  ["flag 127.1", "parse", parse("127.1"), "no rule"],
  ["flag 0x7f.1", "parse", parse("0x7f.1"), "no rule"],
  ["flag 010.0.0.1", "parse", parse("010.0.0.1"), "no rule"],
  ["flag a.com, b.com", "parse", parse(" b.com"), "no rule"],
  ["flag a.com,,b", "parse", parse(""), "no rule"],
  ["deny wins", "connect :80", connect("--allow-net=127.0.0.1:80 --deny-net=127.0.0.0/8", "127.0.0.1:80"), "denied"],
];

describe("the cases of the specification", () => {
  it.each(ROWS)("%s: %s", (_rules, _attempt, act, want) => {
    expect(act()).toBe(want);
  });

  it("have hints where rules do not parse", () => {
    for (const [text, hint] of [
      ["::1", "[::1]"],
      ["127.1", "127.0.0.1"],
      ["0x7f.1", "127.0.0.1"],
      ["010.0.0.1", /./],
    ] as const) {
      const parsed = parseRule(text, addressText, (path) => path);
      expect("error" in parsed ? parsed.error.suggestion : null).toMatch(hint);
    }
  });
});
