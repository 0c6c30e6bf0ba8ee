import type { FdTable } from "./fd-table.js";
import type { Kernel } from "./kernel.js";
import type { Permissions } from "./permissions/permissions.js";
import type { Resolver } from "./resolver/resolver.js";

/** One guest's share of the host: what every operation needs, and all that it may touch. */
export interface Core {
  readonly kernel: Kernel;
  readonly fds: FdTable;
  readonly permissions: Permissions;
  readonly resolver: Resolver;
}
