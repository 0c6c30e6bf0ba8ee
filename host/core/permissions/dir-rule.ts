import type { AddressText } from "./address-text.js";
import { bytesOf, type Parsed, type RealPath, type Rule, type RuleError } from "./rule.js";

/** A directory of the host, and what the guest calls it. */
export interface DirectoryGrant {
  readonly host: string;
  readonly guest: string;
  readonly isReadOnly: boolean;
}

/** Splits `HOST[::GUEST][:ro]`, the value of `--dir`; without a name of its own it has the one that was given. */
export function parseDirectory(text: string): Parsed<DirectoryGrant> {
  const isReadOnly = text.endsWith(":ro");
  const whole = isReadOnly ? text.slice(0, -":ro".length) : text;
  const border = whole.indexOf("::");
  const host = border === -1 ? whole : whole.slice(0, border);
  const guest = border === -1 ? whole : whole.slice(border + "::".length);
  const flaw = flawOf(host, guest);
  return flaw ? { error: flaw } : { value: { host, guest, isReadOnly } };
}

/** Parses `--dir`: the right to read and to write all that is below a directory. */
export function parseDirRule(text: string, _addresses: AddressText, realPath: RealPath): Parsed<Rule> {
  const parsed = parseDirectory(text);
  if ("error" in parsed) return parsed;
  const { host, isReadOnly } = parsed.value;
  const path = bytesOf(realPath(host));
  const target = isReadOnly ? ({ kind: "file", path, isReadOnly } as const) : ({ kind: "file", path } as const);
  return { value: { text, transport: null, target, ports: null } };
}

function flawOf(host: string, guest: string): RuleError | null {
  if (host === "") return { reason: "a directory of this machine is missing", suggestion: null };
  if (guest === "") return { reason: "after '::' the program's name for it is missing", suggestion: host };
  if (/\p{Cc}/u.test(host + guest)) return { reason: "a path holds no control characters", suggestion: null };
  if (host.startsWith("~/")) {
    return { reason: "inside a word '~' is not your home", suggestion: `$HOME${host.slice(1)}::${guest}` };
  }
  return null;
}
