/** Stable names of what can keep a module from running, or end it from outside. */
export type RuntimeErrorCode =
  | "ERR_MODULE_INVALID"
  | "ERR_MODULE_IMPORT_UNKNOWN"
  | "ERR_MODULE_IMPORT_TYPE"
  | "ERR_MODULE_NO_START"
  | "ERR_MODULE_NO_MEMORY"
  | "ERR_MODULE_SHARED_MEMORY"
  | "ERR_MEMORY_LIMIT"
  | "ERR_DIRECTORY"
  | "ERR_LISTEN"
  | "ERR_AUDIT"
  | "ERR_SECOND_WALL"
  | "ERR_ISOLATE";

/** A module that cannot be run here: a sentence, the facts, and what to do if that can be told. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";

  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    readonly facts: readonly string[] = [],
    readonly hint: string | null = null,
  ) {
    super(message);
  }
}
