// Go's package errors. Errors are values: a function returns or keeps one, and nothing is thrown.

/** Go's `error`: what went wrong, as a value. Compare known ones by identity: `err === EOF`. */
export class Failure {
  constructor(private text: string) {}

  /** Go's `Error()`. */
  toString(): string {
    return this.text;
  }

  /** Whether it took too long, and might work later. */
  timeout(): bool {
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
