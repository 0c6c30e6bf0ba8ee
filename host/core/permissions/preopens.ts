import { parseDirectory } from "./dir-rule.js";
import type { PermissionFlag } from "./parse-policy.js";

/** A directory that a program has open from its start, if it asks for any. */
export interface Preopen {
  /** As it was given: relative to the working directory, or absolute. */
  readonly host: string;
  /** What the program calls it. */
  readonly guest: string;
  /** Whether it was asked for by `--dir`: then it has to be there. */
  readonly isRequired: boolean;
}

/**
 * The directories of the flags: those of `--dir` first, then those of the rules to read and to write, each once.
 *
 * Whether a rule's path is a directory is for whoever opens it to see. Everything is what is below the root.
 */
export function preopensOf(flags: readonly PermissionFlag[], allowAll: boolean): Preopen[] {
  const named = flags.filter(({ name }) => name === "dir").flatMap(({ value }) => directoryIn(value ?? ""));
  const ruled = flags
    .filter(({ name }) => name === "allow-read" || name === "allow-write")
    .flatMap(({ value }) => (value === null ? ["/"] : value.split(",")));
  const paths = [...ruled, ...(allowAll ? ["/"] : [])].map((path) => path.replace(/(?<=.)\/+$/, ""));
  const all = [...named, ...paths.map((path) => ({ host: path, guest: path, isRequired: false }))];
  return all.filter(({ guest }, i) => all.findIndex((other) => other.guest === guest) === i);
}

function directoryIn(value: string): Preopen[] {
  const parsed = parseDirectory(value);
  return "error" in parsed ? [] : [{ host: parsed.value.host, guest: parsed.value.guest, isRequired: true }];
}
