import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type PermissionFlag, RULE_FLAGS } from "../core/permissions/parse-policy.js";
import { KEEP_FD_FLAG, PASS_FD_FLAG, type Policy } from "../core/permissions/policy.js";
import { bytesOf } from "../core/permissions/rule.js";
import { realPath } from "../runtime/real-path.js";
import { EXIT } from "./exit-code.js";
import { UserError } from "./message.js";
import { closest } from "./suggestion.js";

/** The file that holds permission sets. */
export const FILE_NAME = "sockyard.json";

/** The set that `-P` without a name means. */
export const DEFAULT_SET = "default";

const SWITCHES: readonly string[] = [PASS_FD_FLAG, KEEP_FD_FLAG];

/** A file's text, and what it says. */
export interface Settings {
  readonly file: string;
  readonly text: string;
  readonly sets: Readonly<Record<string, unknown>>;
}

/** Sets of permissions, as flags, and the file that they came from. */
export interface PermissionSets {
  readonly file: string;
  readonly flags: readonly PermissionFlag[];
}

/** Reads sets (null for the default one) of the nearest `sockyard.json`, in `directory` or above. */
export function readPermissionSets(names: readonly (string | null)[], directory: string): PermissionSets {
  const settings = readSettings(directory);
  return { file: settings.file, flags: names.flatMap((name) => flagsOf(settings, name ?? DEFAULT_SET)) };
}

/** A program that could write its own permissions would have more of them the next time. */
export function refuseWritable(file: string, policy: Policy): void {
  const path = bytesOf(realPath(file));
  if (!policy.judge({ verb: "write", path, origin: "medium" }).allowed) return;
  const facts = ["a program that can write its permissions can give itself others"];
  throw new UserError(
    { error: `the program may write '${file}'`, facts, hint: `--deny-write=${realPath(file)}` },
    EXIT.usage,
  );
}

/** The nearest file and what it says, checked as far as its sets. */
export function readSettings(directory: string): Settings {
  const { file, text } = findSettings(directory);
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch (error) {
    throw flaw(`${file} is not JSON`, [(error as Error).message]);
  }
  if (!isRecord(settings))
    throw flaw(`${file} is no object`, ['it begins with { "permissions": { "default": { … } } }']);
  for (const key of Object.keys(settings)) {
    if (key !== "permissions") throw unknownKey(`${file}:${lineOf(text, [key])}`, key, ["permissions"]);
  }
  const { permissions = {} } = settings;
  if (!isRecord(permissions)) throw flaw(`${file}:${lineOf(text, ["permissions"])}: "permissions" is no object`, []);
  return { file, text, sets: permissions };
}

/** There is no `sockyard.json`, in a directory or above it. */
export class NoSettingsError extends UserError {
  constructor(directory: string) {
    super({ error: `there is no ${FILE_NAME}`, facts: [`neither in ${directory} nor above it`] }, EXIT.usage);
  }
}

function findSettings(directory: string): { readonly file: string; readonly text: string } {
  for (let place = directory; ; place = dirname(place)) {
    const file = join(place, FILE_NAME);
    try {
      return { file, text: readFileSync(file, "utf8") };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") throw flaw(`cannot read '${file}'`, [code]);
    }
    if (place === dirname(place)) throw new NoSettingsError(directory);
  }
}

function flagsOf({ file, text, sets }: Settings, name: string): PermissionFlag[] {
  const set = Object.hasOwn(sets, name) ? sets[name] : undefined;
  if (set === undefined) {
    const likely = closest(name, Object.keys(sets)) ?? Object.keys(sets)[0];
    const hint = likely === undefined ? null : likely === DEFAULT_SET ? "-P" : `-P=${likely}`;
    throw new UserError({ error: `no permission set '${name}' in ${file}`, hint }, EXIT.usage);
  }
  if (!isRecord(set)) throw flaw(`${file}:${lineOf(text, ["permissions", name])}: "${name}" is no object`, []);
  return Object.entries(set).flatMap(([key, value]) => {
    const place = (...path: string[]): string => `${file}:${lineOf(text, ["permissions", name, key, ...path])}`;
    if (!Object.hasOwn(RULE_FLAGS, key) && !SWITCHES.includes(key)) throw unknownKey(place(), key, keys());
    return rulesOf(key, value, place);
  });
}

function rulesOf(key: string, value: unknown, place: (...path: string[]) => string): PermissionFlag[] {
  if (value === true) return [{ name: key, value: null, place: place() }];
  if (SWITCHES.includes(key)) throw flaw(`${place()}: "${key}" is true or not there`, []);
  if (!Array.isArray(value) || value.some((rule) => typeof rule !== "string")) {
    throw flaw(`${place()}: "${key}" is true, or a list of rules`, [], `"${key}": ["RULE", …]`);
  }
  return value.map((rule: string) => {
    if (!rule.includes(",")) return { name: key, value: rule, place: place(rule) };
    const parts = rule.split(",").map((part) => JSON.stringify(part.trim()));
    throw flaw(`${place(rule)}: '${rule}' in "${key}" is more than one rule`, [], parts.join(", "));
  });
}

function keys(): string[] {
  return [...Object.keys(RULE_FLAGS), ...SWITCHES];
}

function unknownKey(place: string, key: string, known: readonly string[]): UserError {
  const typed = ["no sandbox at all has to be typed: --allow-all"];
  if (key === "allow-all") return flaw(`${place}: unknown key "${key}"`, typed);
  const likely = closest(key, known);
  const facts = [`known are ${known.join(", ")}`];
  return flaw(`${place}: unknown key "${key}"`, facts, likely === null ? null : `did you mean "${likely}"?`);
}

function flaw(error: string, facts: readonly string[], hint: string | null = null): UserError {
  return new UserError({ error, facts, hint }, EXIT.usage);
}

/** The line where the last of these strings stands, each behind the one before it. */
function lineOf(text: string, path: readonly string[]): number {
  let at = 0;
  for (const part of path) {
    const found = text.indexOf(JSON.stringify(part), at);
    if (found === -1) break;
    at = found + 1;
  }
  return text.slice(0, at).split("\n").length;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
