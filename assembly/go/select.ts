import { zero } from "../zero";
import { Chan, take, Waiters } from "./channel";
import { monotonic } from "./clock";
import { Goroutine, PENDING, put, ready, self, Wait, Waiter } from "./goroutine";
import { park } from "./stack";
import { Alarm, clearAlarm, setAlarm, timeIn } from "./timers";

/** What poll() and waitFor() answer where no case could go on: Go's `default`, or the end of the time. */
export const NO_CASE: i32 = -1;

/** Waiters that no case uses now. */
let spare: Waiter | null = null;

function takeSpare(): Waiter {
  const w = spare;
  if (w === null) return new Waiter();
  spare = w.next;
  w.next = null;
  return w;
}

/** One case of a select. It stands in the channel's queue with a waiter, which it has only as long as it waits. */
abstract class Case {
  /** Whether a value went from one goroutine to another. */
  ok: bool = false;
  private waiter: Waiter | null = null;

  /** The queue that it waits in. */
  protected abstract get queue(): Waiters;
  /** Does it, if that is possible without waiting. */
  abstract attempt(): bool;
  /** Readies the waiter. */
  protected prepare(w: Waiter): void {}
  /** Takes what `g` was given. It was its turn. */
  abstract finish(g: Goroutine): void;

  join(g: Goroutine, index: i32): void {
    const w = takeSpare();
    w.g = g;
    w.index = index;
    this.prepare(w);
    this.waiter = w;
    this.queue.push(w);
  }

  leave(): void {
    const w = this.waiter!;
    this.queue.remove(w);
    this.waiter = null;
    w.next = spare;
    spare = w;
  }
}

@final
class Receive<T> extends Case {
  value: T = zero<T>();

  constructor(private channel: Chan<T>) {
    super();
  }

  protected get queue(): Waiters {
    return this.channel.receivers;
  }

  attempt(): bool {
    const channel = this.channel;
    if (!channel.poll()) return false;
    this.value = channel.value;
    this.ok = channel.ok;
    return true;
  }

  finish(g: Goroutine): void {
    this.ok = g.ok;
    this.value = take<T>(g);
  }
}

@final
class Send<T> extends Case {
  constructor(
    private channel: Chan<T>,
    private value: T,
  ) {
    super();
  }

  protected get queue(): Waiters {
    return this.channel.senders;
  }

  attempt(): bool {
    return this.channel.offer(this.value);
  }

  protected prepare(w: Waiter): void {
    put<T>(w, this.value);
  }

  finish(g: Goroutine): void {
    if (!g.ok) throw new Error("send on closed channel");
    this.ok = true;
  }
}

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
  private cases: Array<Case | null> = [];

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
    const each = this.cases[index];
    return each !== null && each.ok;
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
      const each = this.cases[index];
      if (each !== null && each.attempt()) return index;
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

  private add(each: Case | null): void {
    this.cases.push(each);
  }

  private join(g: Goroutine): void {
    g.fired = PENDING;
    for (let i = 0, count = this.cases.length; i < count; ++i) {
      const each = this.cases[i];
      if (each !== null) each.join(g, i);
    }
  }

  /** Leaves all queues; the case whose turn it was. */
  private leave(g: Goroutine): i32 {
    for (let i = 0, count = this.cases.length; i < count; ++i) {
      const each = this.cases[i];
      if (each !== null) each.leave();
    }
    const index = g.fired;
    if (index < 0) return NO_CASE;
    this.cases[index]!.finish(g);
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
