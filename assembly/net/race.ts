// Happy eyeballs, RFC 8305: a name with several addresses is tried at all of
// them, one a little after the other, and the first that answers wins.

import { Failure } from "../errors";
import { Chan } from "../go/channel";
import { go } from "../go/scheduler";
import { Select } from "../go/select";
import { Conn } from "./conn";

/** One address that is tried. Whoever dials it fills in `conn` or `err`. */
export abstract class Attempt {
  conn: Conn | null = null;
  err: Failure | null = null;
  /** Set once another attempt has won: what is made after that is not wanted any more. */
  isLate: bool = false;
  results: Chan<Attempt> | null = null;

  /** Connects, however long it takes, and leaves `conn` or `err`. */
  abstract dial(): void;

  /** Ends a dial() that is under way. */
  abstract abandon(): void;
}

function run(attempt: Attempt): void {
  attempt.dial();
  const conn = attempt.conn;
  if (attempt.isLate && conn !== null) conn.close();
  attempt.results!.send(attempt);
}

/** The families take turns, and the first address keeps its place. RFC 8305 section 4 */
export function interleave<T>(first: T[], second: T[]): T[] {
  const all: T[] = [];
  for (let i = 0; i < max(first.length, second.length); i++) {
    if (i < first.length) all.push(first[i]);
    if (i < second.length) all.push(second[i]);
  }
  return all;
}

/**
 * Dials all of `attempts`, each `delay` nanoseconds after the one before it, or as soon as that has failed; the one that
 * won, or the first, with why it failed. A negative `delay` tries one after the other.
 */
export function race(attempts: Attempt[], delay: i64): Attempt {
  const results = new Chan<Attempt>(attempts.length);
  const finish = new Select().recv(results);
  let started = 0;
  let running = 0;
  while (started < attempts.length || running > 0) {
    if (started < attempts.length) {
      const attempt = attempts[started++];
      attempt.results = results;
      ++running;
      go(run, attempt);
    }
    const isLast = started == attempts.length || delay < 0;
    if ((isLast ? finish.wait() : finish.waitFor(delay)) < 0) continue;
    --running;
    const done = finish.value<Attempt>(0);
    if (done.conn === null) continue;
    for (let i = 0; i < started; i++) {
      if (attempts[i] !== done) leave(attempts[i]);
    }
    return done;
  }
  return attempts[0];
}

function leave(attempt: Attempt): void {
  attempt.isLate = true;
  const conn = attempt.conn;
  // One that was connected in the meantime waits in the channel.
  if (conn !== null) conn.close();
  else attempt.abandon();
}
