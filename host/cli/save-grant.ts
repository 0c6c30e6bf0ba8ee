import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PermissionFlag } from "../core/permissions/parse-policy.js";
import { DEFAULT_SET, FILE_NAME, NoSettingsError, readPermissionSets, readSettings } from "./permission-set.js";

/**
 * Adds a grant to a set (null for the default one) of the nearest `sockyard.json`, or of a new one in `directory`;
 * answers the file's path. Throws a `UserError`, or what the file system says.
 */
export function saveGrant({ name, value }: PermissionFlag, set: string | null, directory: string): string {
  const { file, settings } = settingsFor(set ?? DEFAULT_SET, directory);
  const grants = entry(entry(settings, "permissions"), set ?? DEFAULT_SET);
  const rules = grants[name];
  if (value === null) grants[name] = true;
  else if (rules !== true) grants[name] = [...new Set([...(Array.isArray(rules) ? rules : []), value])];
  replaceFile(file, `${JSON.stringify(settings, null, 2)}\n`);
  return file;
}

type Fields = Record<string, unknown>;

/** Nothing is written over that says something else than sets of rules. */
function settingsFor(set: string, directory: string): { readonly file: string; readonly settings: Fields } {
  try {
    const { file, text, sets } = readSettings(directory);
    if (Object.hasOwn(sets, set)) readPermissionSets([set], directory);
    return { file, settings: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof NoSettingsError)) throw error;
    return { file: join(directory, FILE_NAME), settings: {} };
  }
}

/** The object under `key`, made if it is missing. */
function entry(parent: Fields, key: string): Fields {
  if (!Object.hasOwn(parent, key)) parent[key] = {};
  return parent[key] as Fields;
}

/** As a whole or not at all. */
function replaceFile(file: string, text: string): void {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o644;
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, text, { flag: "wx", mode: mode & 0o777 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
