import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Question } from "../../../host/core/permissions/question.js";
import { RAW_KINDS } from "../../../host/core/permissions/rule.js";
import { type Wall, wallOf } from "../../../host/core/permissions/wall.js";
import { policyOf } from "../../fakes/guest.js";

const FLAGS: readonly (readonly [flag: string, values: readonly string[]])[] = [
  [
    "allow-net-connect",
    ["", "127.0.0.1:80", "udp:10.0.0.1:53", "tcp:loopback:80-90", "unix:@a*", "unix:/run/a", "public"],
  ],
  ["allow-net-listen", ["", "0.0.0.0:80", "127.0.0.1:0", "[::1]:8000-9000", "unix:/run/**", "unix:/run/a", "unix:@a"]],
  ["allow-net", ["", "127.0.0.1:443", "unix:/run/app.sock", "example.com:443"]],
  ["allow-net-resolve", ["", "example.com"]],
  ["allow-read", ["", "/srv", "/etc/hosts"]],
  ["allow-write", ["", "/srv", "/nowhere/file"]],
  ["allow-raw", ["", "netlink", "icmp"]],
  ["deny-net", ["", "loopback", "unix:/run/a"]],
  ["deny-raw", ["", "packet"]],
];
const flag = fc
  .constantFrom(...FLAGS)
  .chain(([name, values]) => fc.constantFrom(...values).map((value) => `--${name}${value && "="}${value}`));
const flags = fc.array(flag, { maxLength: 4 }).map((words) => words.join(" "));

const port = fc.constantFrom(0, 1, 53, 80, 85, 443, 8000, 8500, 9000, 65535);
const address = fc
  .constantFrom([127, 0, 0, 1], [0, 0, 0, 0], [10, 0, 0, 1], [93, 184, 216, 34])
  .map((octets) => Uint8Array.from(octets));
const ip = fc.record({ kind: fc.constant("ip" as const), transport: fc.constant("tcp" as const), address, port });
const unix = fc.oneof(
  fc.record({ kind: fc.constant("unix-path" as const), name: fc.constantFrom("/run/a", "/run/app.sock", "/srv/a/b") }),
  fc.record({ kind: fc.constant("unix-abstract" as const), name: fc.constantFrom("a", "abc", "b") }),
);
const question: fc.Arbitrary<Question> = fc.oneof(
  fc.record({
    verb: fc.constantFrom("connect" as const, "bind" as const),
    endpoint: fc.oneof(ip, unix),
    names: fc.constantFrom([], ["example.com"]),
  }),
  fc.record({
    verb: fc.constantFrom("read" as const, "write" as const),
    path: fc.constantFrom("/srv/a", "/etc/hosts", "/nowhere/file", "/"),
    origin: fc.constant("medium" as const),
  }),
  fc.record({ verb: fc.constant("raw" as const), what: fc.constantFrom(...RAW_KINDS) }),
  fc.record({ verb: fc.constant("resolve" as const), name: fc.constant("example.com") }),
);

/** Whether the wall lets through what the question is about. */
function lets(wall: Wall, asked: Question): boolean {
  if (asked.verb === "raw") return wall.raw.includes(asked.what);
  if (asked.verb === "resolve") return wall.looksUp;
  if (asked.verb === "read") return isOpen(wall, asked.path, "read");
  if (asked.verb === "write") return isOpen(wall, asked.path, "write");
  if (asked.verb !== "connect" && asked.verb !== "bind") return false;
  const { endpoint } = asked;
  const isOut = asked.verb === "connect";
  if (endpoint.kind === "ip") return (isOut ? wall.connectPorts : wall.bindPorts)?.includes(endpoint.port) ?? true;
  if (endpoint.kind === "unix-abstract") return !isOut || wall.reachesAbstract;
  return isOut || isOpen(wall, endpoint.name, "sockets");
}

function isOpen({ places }: Wall, path: string, access: "read" | "write" | "sockets"): boolean {
  return places.some(
    (place) => place[access] && (path === place.path || path.startsWith(place.path === "/" ? "/" : `${place.path}/`)),
  );
}

describe("the wall behind a policy", () => {
  it("lets through whatever the policy allows", () => {
    const property = fc.property(flags, question, (text, asked) => {
      const policy = policyOf(text);
      fc.pre(policy.judge(asked).allowed);
      expect(lets(wallOf(policy, false), asked), text).toBe(true);
    });
    fc.assert(property, { numRuns: 5000 });
  });

  it("lets nothing through without a grant", () => {
    expect(wallOf(policyOf(""), false)).toEqual({
      places: [],
      bindPorts: [],
      connectPorts: [],
      reachesAbstract: false,
      raw: [],
      looksUp: false,
    });
  });

  it("is about the ports of TCP, few of them", () => {
    const wall = (text: string) => wallOf(policyOf(text), false);
    expect(
      wall("--allow-net=127.0.0.1:80,udp:127.0.0.1:53,tcp:loopback:90-92 --allow-net-connect=public:443"),
    ).toMatchObject({
      bindPorts: [80, 90, 91, 92],
      connectPorts: [80, 90, 91, 92, 443],
    });
    expect(wall("--allow-net-listen=0.0.0.0:8000-9000")).toMatchObject({ bindPorts: null, connectPorts: [] });
    expect(wall("--allow-net-connect=loopback")).toMatchObject({ bindPorts: [], connectPorts: null });
  });

  it("opens the directory that a socket is made in", () => {
    expect(wallOf(policyOf("--allow-net-listen=unix:/run/app/a.sock"), false).places).toEqual([
      { path: "/run/app", read: false, write: false, sockets: true },
    ]);
  });

  it.each([
    ["rights that may still grow", "", true],
    ["no sandbox", "--allow-all --deny-net", false],
  ])("keeps nothing back from %s", (_, text, mayGrow) => {
    expect(wallOf(policyOf(text), mayGrow)).toEqual({
      places: [{ path: "/", read: true, write: true, sockets: true }],
      bindPorts: null,
      connectPorts: null,
      reachesAbstract: true,
      raw: RAW_KINDS,
      looksUp: true,
    });
  });
});
