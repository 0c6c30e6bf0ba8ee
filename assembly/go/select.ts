import { Chan, Operation, Receive, Send } from "./channel";
import { monotonic } from "./clock";
import { Goroutine, PENDING, ready, self, Wait } from "./goroutine";
import { park } from "./stack";
import { Alarm, clearAlarm, setAlarm, timeIn } from "./timers";

/** What poll() and waitFor() answer where no case could go on: Go's `default`, or the end of the time. */
export const NO_CASE: i32 = -1;

/** A select that has waited long enough. */
@final
class TimeOut extends Alarm {
  constructor(private g: Goroutine) {
    super();
  }

  ring(): void {
    if (this.g.fired != PENDING) return;
    this.g.fired = NO_CASE - 1;
    ready(this.g);
  }
}

/**
 * Go's `select`: cases in the order of their numbers, then one of wait(), poll() and waitFor().
 *
 * ```ts
 * const s = new Select().recv(jobs).send(results, result);
 * switch (s.wait()) {
 *   case 0: work(s.value<Job>(0)); break;
 *   case 1: break;
 * }
 * ```
 *
 * It may be used again and again. Of several cases that could go on, chance
 * takes one. A channel that is null takes part in nothing, as in Go.
 */
@final
export class Select {
  private cases: Array<Operation | null> = [];

  /** `case v := <-channel` */
  recv<T>(channel: Chan<T> | null): this {
    this.add(channel === null ? null : new Receive<T>(channel));
    return this;
  }

  /** `case channel <- value` */
  send<T>(channel: Chan<T> | null, value: T): this {
    this.add(channel === null ? null : new Send<T>(channel, value));
    return this;
  }

  /** The value that case `index`, a recv, received last. */
  value<T>(index: i32): T {
    return (this.cases[index] as Receive<T>).value;
  }

  /** Whether that value was sent; false: the channel is closed. */
  ok(index: i32): bool {
    const op = this.cases[index];
    return op !== null && op.ok;
  }

  /** Waits for a case, and does it; its number. */
  wait(): i32 {
    const index = this.poll();
    if (index != NO_CASE) return index;
    const g = self();
    this.join(g);
    park(g, this.cases.length == 0 ? Wait.NO_CASE : Wait.SELECT);
    return this.leave(g);
  }

  /** Does a case that need not wait; its number, or `NO_CASE`: Go's `default`. */
  poll(): i32 {
    const count = this.cases.length;
    if (count == 0) return NO_CASE;
    const offset = count == 1 ? 0 : <i32>(random() % <u32>count);
    for (let i = 0; i < count; ++i) {
      const index = (offset + i) % count;
      const op = this.cases[index];
      if (op !== null && op.attempt()) return index;
    }
    return NO_CASE;
  }

  /** Waits `timeout` nanoseconds at most; the number of the case, or `NO_CASE`: Go's `case <-time.After(timeout)`. */
  waitFor(timeout: i64): i32 {
    const index = this.poll();
    if (index != NO_CASE || timeout <= 0) return index;
    const g = self();
    const alarm = new TimeOut(g);
    setAlarm(alarm, timeIn(timeout));
    this.join(g);
    park(g, Wait.SELECT);
    clearAlarm(alarm);
    return this.leave(g);
  }

  private add(op: Operation | null): void {
    if (op !== null) op.index = this.cases.length;
    this.cases.push(op);
  }

  private join(g: Goroutine): void {
    g.fired = PENDING;
    for (let i = 0, count = this.cases.length; i < count; ++i) {
      const op = this.cases[i];
      if (op === null) continue;
      op.g = g;
      op.join();
    }
  }

  /** Leaves all queues; the case that has happened. */
  private leave(g: Goroutine): i32 {
    for (let i = 0, count = this.cases.length; i < count; ++i) {
      const op = this.cases[i];
      if (op !== null) op.leave();
    }
    const index = g.fired;
    if (index < 0) return NO_CASE;
    const op = this.cases[index]!;
    if (op.isSend && !op.ok) throw new Error("send on closed channel");
    return index;
  }
}

let seed: u32 = 0;

/** Which of several cases comes first need only be fair, not unpredictable: xorshift. */
function random(): u32 {
  let x = seed;
  if (x == 0) x = <u32>monotonic() | 1;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  seed = x;
  return x;
}
