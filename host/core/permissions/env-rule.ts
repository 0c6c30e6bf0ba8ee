import type { Parsed, Rule } from "./rule.js";

/** Parses one NAME of `--allow-env`: a variable, or with a final `*` all whose names begin so. */
export function parseEnvRule(text: string): Parsed<Rule> {
  const flaw = flawOf(text);
  if (flaw) return { error: flaw };
  const isPrefix = text.endsWith("*");
  const target = { kind: "variable", name: isPrefix ? text.slice(0, -1) : text, isPrefix } as const;
  return { value: { text, transport: null, target, ports: null } };
}

function flawOf(text: string): { reason: string; suggestion: string | null } | null {
  if (text === "") return { reason: "a variable's name is empty", suggestion: null };
  if (/[\s\p{Cc}]/u.test(text)) {
    const bare = text.replace(/[\s\p{Cc}]/gu, "");
    return { reason: "rules hold no spaces or control characters", suggestion: bare || null };
  }
  if (text === "*") return { reason: "'*' is not a name: for everything give the flag no value", suggestion: "" };
  const [name = ""] = text.split("=");
  if (name !== text) {
    return { reason: "a rule names a variable; --env NAME=VALUE gives it a value", suggestion: name || null };
  }
  if (text.startsWith("$")) return { reason: "a variable's name has no '$' here", suggestion: text.slice(1) || null };
  if (text.slice(0, -1).includes("*")) {
    return { reason: "in a variable's name '*' stands at the end only", suggestion: null };
  }
  return null;
}
