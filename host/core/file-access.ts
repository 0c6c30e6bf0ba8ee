import type { Core } from "./core.js";
import type { Errno, SysResult } from "./errno.js";
import { O_ACCMODE, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "./linux.generated.js";
import type { FileOrigin } from "./permissions/question.js";

/** What is to be done with a file, and so which rights that takes. */
export interface Access {
  readonly reads: boolean;
  readonly writes: boolean;
  /** Whether the file gets another path, and all that is below it. */
  readonly moves?: true;
}

export const READING: Access = { reads: true, writes: false };
export const WRITING: Access = { reads: false, writes: true };
/** Where it goes, other rules may hold: so it has to be open to both already. */
export const MOVING: Access = { reads: true, writes: true, moves: true };

/** What an open with these flags is to do; creating and truncating are writing. */
export function accessOf(flags: number): Access {
  const access = flags & O_ACCMODE;
  return { reads: access !== O_WRONLY, writes: access !== O_RDONLY || (flags & (O_CREAT | O_TRUNC)) !== 0 };
}

/** Judges a file by its real path; 0 or `-EACCES`. */
export function judgeFile(core: Core, access: Access, real: Uint8Array | Errno, origin: FileOrigin): SysResult {
  const file = { path: spell(real), origin, ...(access.moves && { moves: access.moves }) };
  return (
    (access.reads ? core.permissions.check({ verb: "read", ...file }) : 0) ||
    (access.writes ? core.permissions.check({ verb: "write", ...file }) : 0)
  );
}

/** One character per byte; a path that cannot be told matches no rule for one. */
export function spell(real: Uint8Array | Errno): string {
  return typeof real === "number" ? "" : String.fromCharCode(...real);
}
