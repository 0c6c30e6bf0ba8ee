import { type Parsed, RAW_KINDS, type Rule } from "./rule.js";

/** Parses one KIND of `--allow-raw`. */
export function parseRawRule(text: string): Parsed<Rule> {
  const what = RAW_KINDS.find((kind) => kind === text);
  if (what !== undefined) return { value: { text, transport: null, target: { kind: "raw", what }, ports: null } };
  const reason = `'${text}' is no kind of raw socket: ${RAW_KINDS.join(", ")}`;
  const meant = RAW_KINDS.find((kind) => kind === text.trim().toLowerCase());
  return { error: { reason, suggestion: meant ?? null } };
}
