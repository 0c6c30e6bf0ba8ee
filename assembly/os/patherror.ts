import { Failure } from "../errors";

/** `os.PathError`: what failed, on which path, and why. */
@final
export class PathError extends Failure {
  constructor(
    readonly op: string,
    readonly path: string,
    readonly err: Failure,
  ) {
    super("");
  }

  /** `remove x: no such file or directory` */
  toString(): string {
    return `${this.op} ${this.path}: ${this.err.toString()}`;
  }

  timeout(): bool {
    return this.err.timeout();
  }

  unwrap(): Failure | null {
    return this.err;
  }
}
