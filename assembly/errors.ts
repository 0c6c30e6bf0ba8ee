// Go's package errors. Errors are values: a function returns or keeps one, and nothing is thrown.

import { zero } from "./zero";

/** Go's `error`: what went wrong, as a value. Compare known ones by identity: `err === EOF`. */
export class Failure {
  constructor(private message: string) {}

  /** Go's `Error()`. */
  toString(): string {
    return this.message;
  }

  /** Whether it took too long, and might work later. */
  timeout(): bool {
    return false;
  }

  /** Whether it may work later. */
  temporary(): bool {
    return false;
  }

  /** The error that led to this one, or null. */
  unwrap(): Failure | null {
    return null;
  }

  /** Whether `other` means the same without being the same object. */
  equals(other: Failure): bool {
    return false;
  }
}

/** `errors.Is(err, target)`: tells whether `err`, or an error that led to it, is `target`. */
export function is(err: Failure | null, target: Failure): bool {
  let each = err;
  while (each !== null) {
    if (each === target || each.equals(target)) return true;
    each = each.unwrap();
  }
  return false;
}

/** `errors.As`: `err`, or the first error that led to it, that is a `T`; null if there is none. */
export function as<T extends Failure>(err: Failure | null): T | null {
  let each = err;
  while (each !== null) {
    // @ts-ignore: a class to asc
    if (each instanceof T) return changetype<T>(each);
    each = each.unwrap();
  }
  return null;
}

/** `errors.Unwrap(err)`: the error that led to `err`, or null. */
export function unwrap(err: Failure | null): Failure | null {
  return err !== null ? err.unwrap() : null;
}

@final
class Joined extends Failure {
  constructor(private failures: Failure[]) {
    super("");
  }

  toString(): string {
    const lines = new Array<string>(this.failures.length);
    for (let i = 0; i < lines.length; i++) lines[i] = this.failures[i].toString();
    return lines.join("\n");
  }

  equals(other: Failure): bool {
    for (let i = 0; i < this.failures.length; i++) {
      if (is(this.failures[i], other)) return true;
    }
    return false;
  }
}

/** `errors.Join(errs…)`: one error of several, nulls left out, a line each; null if there are none. `is` finds them. */
export function join(errs: Array<Failure | null>): Failure | null {
  const failures = new Array<Failure>();
  for (let i = 0; i < errs.length; i++) {
    const each = errs[i];
    if (each !== null) failures.push(each);
  }
  return failures.length > 0 ? new Joined(failures) : null;
}

/**
 * What Go returns as `(T, error)`: a value, or why there is none.
 *
 *     const opened = open("letter");
 *     const err = opened.err;
 *     if (err !== null) return fail(err);
 *     const file = opened.value;
 */
@final
export class Result<T> {
  constructor(
    private result: T,
    /** Null, or what went wrong. */
    readonly err: Failure | null = null,
  ) {}

  /** Whether there is a value. */
  get ok(): bool {
    return this.err === null;
  }

  /** The value. Aborts with the error's text if there is none, as `panic(err)` in Go. */
  get value(): T {
    const err = this.err;
    if (err !== null) throw new Error(err.toString());
    return this.result;
  }
}

/** A result that is none. */
export function failed<T>(err: Failure): Result<T> {
  return new Result<T>(zero<T>(), err);
}
