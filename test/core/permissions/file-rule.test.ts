import { describe, expect, it } from "vitest";
import { BadRuleError } from "../../../host/core/permissions/parse-policy.js";
import type { FileOrigin } from "../../../host/core/permissions/question.js";
import { policyOf } from "../../fakes/guest.js";

const reads = (flags: string, path: string, origin: FileOrigin = "medium"): boolean =>
  policyOf(flags).judge({ verb: "read", path, origin }).allowed;
const writes = (flags: string, path: string, origin: FileOrigin = "medium"): boolean =>
  policyOf(flags).judge({ verb: "write", path, origin }).allowed;

function flaw(flags: string): { reason: string; correction: string | null } {
  try {
    policyOf(flags);
  } catch (error) {
    if (error instanceof BadRuleError) return { reason: error.flaw.reason, correction: error.correction };
  }
  throw new Error("it parses");
}

describe("--allow-read and --allow-write", () => {
  it("cover a file itself, and all below a directory", () => {
    expect(reads("--allow-read=/none/a,/none/b", "/none/a")).toBe(true);
    expect(reads("--allow-read=/none/a,/none/b", "/none/b/c/d")).toBe(true);
    expect(reads("--allow-read=/none/a", "/none/ab")).toBe(false);
    expect(reads("--allow-read=/none/a", "/none")).toBe(false);
    expect(reads("--allow-read=/", "/anything")).toBe(true);
    expect(reads("--allow-read=/none/a/", "/none/a/b")).toBe(true);
    expect(reads("--allow-read", "/anything")).toBe(true);
    expect(reads("--allow-all", "/anything")).toBe(true);
  });

  it("are apart from each other and from the rights of the network", () => {
    expect(writes("--allow-read", "/a")).toBe(false);
    expect(reads("--allow-write", "/a")).toBe(false);
    expect(reads("--allow-net --allow-raw", "/a")).toBe(false);
    const endpoint = { kind: "unix-path", name: "/run/a" } as const;
    expect(policyOf("--allow-read --allow-write").judge({ verb: "connect", endpoint }).allowed).toBe(false);
    expect(policyOf("--allow-read").judge({ verb: "stat", endpoint }).allowed).toBe(true);
    expect(policyOf("--allow-read").judge({ verb: "unlink", endpoint }).allowed).toBe(false);
    expect(policyOf("--allow-write=/run").judge({ verb: "unlink", endpoint }).allowed).toBe(true);
  });

  it("cover what shows the kernel only if they name it", () => {
    for (const place of ["/proc", "/sys", "/dev"]) {
      for (const flags of ["--allow-read", "--allow-read=/"]) {
        expect(reads(flags, place)).toBe(false);
        expect(reads(flags, `${place}/1/a`)).toBe(false);
        expect(reads(flags, `${place}ure/a`)).toBe(true);
      }
      expect(reads(`--allow-read=${place}`, `${place}/1/a`)).toBe(true);
      expect(reads(`--allow-read=/,${place}/1`, `${place}/1/a`)).toBe(true);
      expect(reads(`--allow-read=/,${place}/1`, `${place}/2/a`)).toBe(false);
      expect(reads("--allow-all", `${place}/1/a`)).toBe(true);
    }
    expect(writes("--allow-write", "/dev/sda")).toBe(false);
    expect(writes("--allow-write --allow-read=/dev", "/dev/sda")).toBe(false);
    const endpoint = { kind: "unix-path", name: "/dev/log" } as const;
    expect(policyOf("--allow-read").judge({ verb: "stat", endpoint }).allowed).toBe(false);
    expect(policyOf("--allow-write=/").judge({ verb: "unlink", endpoint }).allowed).toBe(false);
    expect(policyOf("--allow-write=/dev").judge({ verb: "unlink", endpoint }).allowed).toBe(true);
  });

  it("cover it in other places only if they name the very file", () => {
    expect(reads("--allow-read", "/none/a", "kernel")).toBe(false);
    expect(reads("--allow-read=/none", "/none/a", "kernel")).toBe(false);
    expect(reads("--allow-read=/none/a", "/none/a", "kernel")).toBe(true);
    expect(reads("--allow-read=/dev", "/dev/null", "kernel")).toBe(true);
  });

  it("never cover the process that runs the program", () => {
    for (const flags of ["--allow-read", "--allow-read=/proc", "--allow-read=/proc/7", "--allow-read=/proc/7/mem"])
      expect(reads(flags, "/proc/7/mem", "host")).toBe(false);
    expect(reads("--allow-all", "/proc/7/mem", "host")).toBe(true);
  });

  it.each([
    ["--allow-read=relative", "a path must be absolute", `--allow-read=${process.cwd()}/relative`],
    ["--allow-read=~/a", "inside a word '~' is not your home", "--allow-read=$HOME/a"],
    ["--allow-net=unix:~/a", "inside a word '~' is not your home", "--allow-net=unix:$HOME/a"],
    ["--allow-read=/a/**", "a directory's path covers all that is below it, without '*'", "--allow-read=/a"],
    ["--allow-write=/*", "a directory's path covers all that is below it, without '*'", "--allow-write=/"],
    ["--allow-read=*", "'*' is not a path: for everything give the flag no value", "--allow-read"],
    ["--allow-read=/a,,/b", "a path is empty", null],
    ["--allow-read=/a\u0007b", "rules hold no spaces or control characters: grant the directory", null],
  ])("%s does not parse", (flags, reason, correction) => {
    expect(flaw(flags)).toEqual({ reason, correction });
  });
});

describe("--allow-raw", () => {
  const may = (flags: string, what: "netlink" | "packet" | "icmp" | "raw"): boolean =>
    policyOf(flags).judge({ verb: "raw", what }).allowed;

  it("names kinds, or stands for all; no other right implies it", () => {
    expect(may("--allow-raw=netlink,icmp", "icmp")).toBe(true);
    expect(may("--allow-raw=netlink,icmp", "packet")).toBe(false);
    expect(may("--allow-raw", "packet")).toBe(true);
    expect(may("--allow-all", "raw")).toBe(true);
    expect(may("--allow-net --allow-read --allow-write", "netlink")).toBe(false);
  });

  it("knows no other kinds", () => {
    const reason = "'ping' is no kind of raw socket: netlink, packet, icmp, raw";
    expect(flaw("--allow-raw=ping")).toEqual({ reason, correction: null });
    expect(flaw("--allow-raw=ICMP").correction).toBe("--allow-raw=icmp");
  });
});
