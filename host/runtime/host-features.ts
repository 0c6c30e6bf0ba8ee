import { errnoName, isErrno, type SysResult } from "../core/errno.js";
import { EOPNOTSUPP, EPERM } from "../core/linux.generated.js";
import { filterAvailable, hasOpenat2, landlockVersion } from "../kernel/second-wall.js";

/** Each with what landlock(7) calls its ABI, and the kernel that came with it. */
export const LANDLOCK = {
  /** The first that lets files be renamed from one directory into another. */
  files: 2,
  truncate: 3,
  ports: 4,
  scopes: 6,
} as const;

/** What keeps the second wall from being whole on this machine: a sentence each. */
export function secondWallFlaws(): string[] {
  return [...landlockFlaws(landlockVersion()), ...filterFlaws()];
}

/** What the kernel offers, in parts. */
export function hostFeatures(): {
  /** The ABI's version, or null. */
  readonly landlock: number | null;
  readonly filter: boolean;
  readonly openat2: boolean;
} {
  const version = landlockVersion();
  return { landlock: isErrno(version) ? null : version, filter: !isErrno(filterAvailable()), openat2: hasOpenat2() };
}

/** Linux's version of each step, for whoever has to get there. */
function landlockFlaws(version: SysResult): string[] {
  if (version === -EPERM) return ["Landlock is forbidden to this process, as containers do by a filter of their own"];
  if (version === -EOPNOTSUPP) return ["Landlock is not enabled: boot with lsm=landlock,… (landlock(7))"];
  if (isErrno(version)) return ["the kernel has no Landlock, which came with Linux 5.13"];
  const flaws: string[] = [];
  if (version < LANDLOCK.files) flaws.push("Landlock has no rules for files that can be moved: Linux 5.19 has");
  if (version < LANDLOCK.ports) flaws.push("Landlock has no rules for TCP ports: Linux 6.7 has");
  if (version < LANDLOCK.scopes) flaws.push("Landlock has no rules for abstract Unix sockets: Linux 6.12 has");
  return flaws;
}

function filterFlaws(): string[] {
  const available = filterAvailable();
  if (available === -EOPNOTSUPP) return [`there is no filter of system calls for ${process.arch}`];
  return isErrno(available) ? [`the kernel has no filters of system calls (${errnoName(-available)})`] : [];
}
