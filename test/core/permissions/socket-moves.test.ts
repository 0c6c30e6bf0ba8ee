import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gainsSockets } from "../../../host/core/permissions/socket-moves.js";
import { policyOf } from "../../fakes/guest.js";

describe("gainsSockets", () => {
  it.each([
    ["", "/a/s", "/x/s", false],
    ["--allow-all", "/a/s", "/x/s", false],
    ["--allow-net", "/a/s", "/x/s", false],
    ["--allow-net-connect=unix:/x/**", "/a/s", "/x/s", true],
    ["--allow-net-connect=unix:/x/**", "/x/s", "/x/t", false],
    ["--allow-net-connect=unix:/x/**", "/x/s", "/x/d/s", false],
    ["--allow-net-connect=unix:/x/**", "/x/s", "/a/s", false],
    ["--allow-net-connect=unix:/x/**", "/xx/s", "/x/s", true],
    ["--allow-net-connect=unix:/x/**,unix:/a/s", "/a/s", "/x/s", true],
    ["--allow-net-connect=unix:/x/s,unix:/a/s", "/a/s", "/x/s", false],
    ["--allow-net-connect=unix:/x/s", "/a/s", "/x/s", true],
    ["--allow-net-connect=unix:/x/s", "/a/s", "/x/t", false],
    ["--allow-net-listen=unix:/x/**", "/a/s", "/x/s", false],
    // A directory, and what may be in it.
    ["--allow-net-connect=unix:/x/s", "/a", "/x", true],
    ["--allow-net-connect=unix:/x/d/e/**", "/a", "/x", true],
    ["--allow-net-connect=unix:/x/d/e/**,unix:/a/d/e/**", "/a", "/x", false],
    ["--allow-net-connect=unix:/x/d/e/**,unix:/a/d/**", "/a", "/x", false],
    ["--allow-net-connect=unix:/x/d/**,unix:/a/d/e/**", "/a", "/x", true],
    ["--allow-net-connect=unix:/x/**,unix:/a/**", "/a/d", "/x/d", false],
    ["--allow-net-connect=unix:/x/**,unix:/a/d/**", "/a/d", "/x/d", true],
    ["--allow-net-connect=unix:/a/d/e/**", "/a/d", "/x", false],
    // A denial is kept, even where nothing is allowed yet: it could be asked for.
    ["--deny-net=unix:/a/**", "/a/s", "/x/s", true],
    ["--deny-net=unix:/a/**,unix:/x/**", "/a/s", "/x/s", false],
    ["--allow-all --deny-net=unix:/a/**", "/a/s", "/x/s", true],
    ["--allow-all --deny-net=unix:/a/**", "/x/s", "/a/s", false],
    ["--allow-all --deny-net-listen=unix:/a/**", "/a/s", "/x/s", false],
    // A path that cannot be told.
    ["--allow-net-connect=unix:/**", "", "/x/s", true],
    ["--allow-net-connect=unix:/**", "/x/s", "", false],
    ["--allow-all", "", "/x/s", false],
  ])("with %j from %j to %j is %j", (flags, from, to, gains) => {
    expect(gainsSockets(policyOf(flags), from, to)).toBe(gains);
  });

  it("is what looking at every path below would find", () => {
    const name = fc.constantFrom("a", "b");
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join("/")}`);
    const rule = fc.tuple(path, fc.constantFrom("", "/**")).map(([place, below]) => `unix:/model${place}${below}`);
    const flag = fc.tuple(fc.constantFrom("--allow-net-connect", "--deny-net-connect"), rule);
    const rests = ["", ...everyPath(["a", "b", "c"], 5)];
    fc.assert(
      fc.property(fc.array(flag, { maxLength: 5 }), path, path, (flags, from, to) => {
        const policy = policyOf(flags.map((pair) => pair.join("=")).join(" "));
        const openness = (place: string): number => {
          const endpoint = { kind: "unix-path", name: `/model${place}` } as const;
          const { allowed, rule: decisive } = policy.judge({ verb: "connect", endpoint });
          return allowed ? 2 : decisive === null ? 1 : 0;
        };
        const expected = rests.some((rest) => openness(to + rest) > openness(from + rest));
        expect(gainsSockets(policy, `/model${from}`, `/model${to}`)).toBe(expected);
      }),
    );
  });
});

/** Every path of up to `depth` of these names. */
function everyPath(names: readonly string[], depth: number): string[] {
  if (depth === 0) return [];
  return names.flatMap((name) => [`/${name}`, ...everyPath(names, depth - 1).map((rest) => `/${name}${rest}`)]);
}
