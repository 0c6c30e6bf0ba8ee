import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../host/cli/exit-code.js";
import { PROJECT } from "./cli/sockyard.js";

const page = readFileSync(join(PROJECT, "docs/errors.md"), "utf8");

/** The codes of errors that the host's sources have. */
function codes(): string[] {
  const files = readdirSync(join(PROJECT, "host"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((name) => name.endsWith(".ts")).map((name) => join(PROJECT, "host", name));
  return [...new Set(sources.flatMap((path) => readFileSync(path, "utf8").match(/"ERR_[A-Z_]+"/g) ?? []))];
}

describe("docs/errors.md", () => {
  it("has every code of the host's errors, and no other", () => {
    const documented = [...page.matchAll(/^\| `(ERR_\w+)` \|/gm)].map(([, code]) => `"${code}"`);
    expect(documented.sort()).toEqual(codes().sort());
  });

  it("has every exit code of the command", () => {
    const documented = new Set([...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code)));
    expect(Object.values(EXIT).filter((code) => !documented.has(code))).toEqual([]);
  });
});
