import type { SysResult } from "../core/errno.js";
import type { FileOrigin } from "../core/permissions/question.js";

/** In the order of `enum kernel_origin` in kernel.h. */
const ORIGINS: readonly FileOrigin[] = ["medium", "kernel", "host"];

/** What cannot be told is as closed as can be. */
export function fileOrigin(result: SysResult): FileOrigin {
  return ORIGINS[result] ?? "host";
}
