import type { AddressText } from "./address-text.js";
import { bytesOf, type Parsed, type RealPath, type Rule } from "./rule.js";

/** Parses one PATH of `--allow-read` or `--allow-write`: a file, or a directory with all that is below it. */
export function parseFileRule(text: string, _addresses: AddressText, realPath: RealPath): Parsed<Rule> {
  const flaw = flawOf(text, realPath);
  if (flaw) return { error: flaw };
  const target = { kind: "file", path: bytesOf(realPath(text)) } as const;
  return { value: { text, transport: null, target, ports: null } };
}

function flawOf(text: string, realPath: RealPath): { reason: string; suggestion: string | null } | null {
  if (text === "") return { reason: "a path is empty", suggestion: null };
  if (/[\s\p{Cc}]/u.test(text)) {
    return { reason: "rules hold no spaces or control characters: grant the directory", suggestion: null };
  }
  if (text === "*") return { reason: "'*' is not a path: for everything give the flag no value", suggestion: "" };
  const directory = text.replace(/\/\*\*?$/, "");
  if (directory !== text && !directory.includes("*")) {
    return { reason: "a directory's path covers all that is below it, without '*'", suggestion: directory || "/" };
  }
  if (text.startsWith("~/"))
    return { reason: "inside a word '~' is not your home", suggestion: `$HOME${text.slice(1)}` };
  if (!text.startsWith("/")) return { reason: "a path must be absolute", suggestion: realPath(text) };
  return null;
}
