import { describe, expect, it } from "vitest";
import { parseDirectory } from "../../../host/core/permissions/dir-rule.js";
import { preopensOf } from "../../../host/core/permissions/preopens.js";
import type { FileOrigin } from "../../../host/core/permissions/question.js";
import { policyOf } from "../../fakes/guest.js";

const judge = (flags: string, verb: "read" | "write", path: string, origin: FileOrigin = "medium"): boolean =>
  policyOf(flags).judge({ verb, path, origin }).allowed;

describe("the value of --dir", () => {
  it.each([
    ["/a", "/a", "/a", false],
    [".", ".", ".", false],
    ["/a::/b", "/a", "/b", false],
    ["/a::/b:ro", "/a", "/b", true],
    ["a:ro", "a", "a", true],
    ["/a,b c::.", "/a,b c", ".", false],
    ["/a::b::c", "/a", "b::c", false],
    ["/a:b::/c:d", "/a:b", "/c:d", false],
  ])("%j", (text, host, guest, isReadOnly) => {
    expect(parseDirectory(text)).toEqual({ value: { host, guest, isReadOnly } });
  });

  it.each([
    ["", null],
    ["::/b", null],
    ["/a::", "/a"],
    ["/a\n::/b", null],
    ["~/data::/b", "$HOME/data::/b"],
  ])("%j is none", (text, suggestion) => {
    expect(parseDirectory(text)).toMatchObject({ error: { suggestion } });
  });
});

describe("--dir", () => {
  it("grants both rights to all below the directory, by its name of this machine", () => {
    for (const verb of ["read", "write"] as const) {
      expect(judge("--dir=/srv/a::/b", verb, "/srv/a")).toBe(true);
      expect(judge("--dir=/srv/a::/b", verb, "/srv/a/x/y")).toBe(true);
      for (const path of ["/b", "/b/x", "/srv", "/srv/ab", "/"]) {
        expect(judge("--dir=/srv/a::/b", verb, path)).toBe(false);
      }
    }
  });

  it("grants reading alone with :ro, and is no more than its rights elsewhere", () => {
    expect(judge("--dir=/srv/a::/b:ro", "read", "/srv/a/x")).toBe(true);
    expect(judge("--dir=/srv/a::/b:ro", "write", "/srv/a/x")).toBe(false);
    expect(judge("--dir=/", "read", "/proc/1/status", "kernel")).toBe(false);
    expect(judge("--dir=/", "write", "/dev/null", "kernel")).toBe(false);
    expect(judge("--dir=/proc", "read", "/proc/self/mem", "host")).toBe(false);
  });
});

describe("the directories of the start", () => {
  const flag = (word: string) => {
    const [name = "", value] = word.split("=");
    return { name, value: value ?? null };
  };
  const names = (words: string, allowAll = false): string[] =>
    preopensOf(words.split(" ").map(flag), allowAll).map(
      ({ host, guest, isRequired }) => `${host}:${guest}${isRequired ? "!" : ""}`,
    );

  it.each([
    ["--", []],
    ["dir=/a::/b", ["/a:/b!"]],
    ["allow-read=/x,/y allow-write=/x dir=/a", ["/a:/a!", "/x:/x", "/y:/y"]],
    ["allow-read=/x/", ["/x:/x"]],
    ["allow-read", ["/:/"]],
    ["allow-read=/ allow-write", ["/:/"]],
    ["dir=/a::/x allow-read=/x", ["/a:/x!"]],
    ["allow-net=/x allow-raw", []],
  ])("of %s are %j", (words, wanted) => {
    expect(names(words)).toEqual(wanted);
  });

  it("are everything for --allow-all", () => {
    expect(names("dir=.", true)).toEqual([".:.!", "/:/"]);
  });
});
