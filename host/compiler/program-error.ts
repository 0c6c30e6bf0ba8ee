/** Why a program could not be loaded. The codes stay the same from version to version. */
export type ProgramErrorCode =
  | "ERR_PROGRAM_NOT_FOUND"
  | "ERR_PROGRAM_NOT_A_FILE"
  | "ERR_PROGRAM_UNREADABLE"
  | "ERR_PROGRAM_UNKNOWN_TYPE"
  | "ERR_PROGRAM_COMPILE";

/** A program that could not be loaded: `message` says what, and `facts` why, a line each. */
export class ProgramError extends Error {
  override readonly name: string = "ProgramError";

  constructor(
    readonly code: ProgramErrorCode,
    message: string,
    readonly facts: readonly string[] = [],
  ) {
    super(message);
  }
}

/** A program whose source is wrong: `diagnostics` holds the compiler's own report, with file, line and column. */
export class CompileError extends ProgramError {
  override readonly name = "CompileError";

  constructor(
    message: string,
    readonly diagnostics: string,
  ) {
    super("ERR_PROGRAM_COMPILE", message);
  }
}
