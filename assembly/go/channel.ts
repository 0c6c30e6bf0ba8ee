// Channels: who sends, who receives, and who waits for the other.

import { zero } from "../zero";
import { Goroutine, get, PENDING, put, ready, self, Wait, Waiter } from "./goroutine";
import { park } from "./stack";

/** Those who wait for one end of a channel: a part of the channel, which the collector need not know. */
@unmanaged
export class Waiters {
  private head: Waiter | null = null;
  private tail: Waiter | null = null;

  // @ts-ignore: decorator
  @inline
  push(w: Waiter): void {
    const tail = this.tail;
    w.previous = tail;
    w.isQueued = true;
    if (tail !== null) tail.next = w;
    else this.head = w;
    this.tail = w;
  }

  remove(w: Waiter): void {
    if (!w.isQueued) return;
    const next = w.next;
    const previous = w.previous;
    if (previous !== null) previous.next = next;
    else this.head = next;
    if (next !== null) next.previous = previous;
    else this.tail = previous;
    w.next = null;
    w.isQueued = false;
  }

  /** Takes the first whose goroutine still waits: in a select another case may have had its turn already. */
  pop(): Waiter | null {
    while (true) {
      const w = this.head;
      if (w === null) return null;
      const next = w.next;
      this.head = next;
      if (next !== null) next.previous = null;
      else this.tail = null;
      w.next = null;
      w.isQueued = false;
      if (w.g.fired == PENDING) return w;
    }
  }
}

/** Waits among `waiters`. */
// @ts-ignore: decorator
@inline
function waitIn(waiters: Waiters, wait: Wait): void {
  const g = self();
  g.fired = PENDING;
  waiters.push(g);
  park(g, wait);
}

/** It is the turn of `w`: its goroutine can go on. */
function fire(w: Waiter, ok: bool): void {
  const g = w.g;
  g.ok = ok;
  g.fired = w.index;
  ready(g);
}

/** Hands `value` to the goroutine of `w`, which receives. */
function give<T>(w: Waiter, value: T): void {
  const g = w.g;
  put<T>(g, value);
  if (isManaged<T>()) g.holdsValue = true;
  fire(w, true);
}

/** What `g` was given while it waited; the zero value if the channel was closed instead. */
// @ts-ignore: decorator
@inline
export function take<T>(g: Goroutine): T {
  if (!g.ok) return zero<T>();
  if (isManaged<T>()) g.holdsValue = false;
  return get<T>(g);
}

/**
 * A channel: `make(chan T, capacity)`.
 *
 * Without a capacity a value goes from hand to hand: who sends waits for who
 * receives. With one, that many values can be under way.
 */
@final
export class Chan<T> {
  /** The value that the last receive brought. Read it before the goroutine waits again. */
  value: T = zero<T>();
  /** Whether that value was sent; false: the channel is closed and empty. Go's `v, ok := <-c`. */
  ok: bool = false;
  // The two Waiters, each of two pointers.
  private receiving: u64 = 0;
  private sending: u64 = 0;
  private isClosed: bool = false;
  private first: i32 = 0;
  private count: i32 = 0;
  private buffer: StaticArray<T>;

  constructor(capacity: i32 = 0) {
    if (capacity < 0) throw new RangeError("makechan: size out of range");
    this.buffer = new StaticArray<T>(capacity);
  }

  /** @internal */
  // @ts-ignore: decorator
  @inline
  get receivers(): Waiters {
    return changetype<Waiters>(changetype<usize>(this) + offsetof<Chan<T>>("receiving"));
  }

  /** @internal */
  // @ts-ignore: decorator
  @inline
  get senders(): Waiters {
    return changetype<Waiters>(changetype<usize>(this) + offsetof<Chan<T>>("sending"));
  }

  /** `len(c)`: how many values are under way. */
  get length(): i32 {
    return this.count;
  }

  /** `cap(c)` */
  get capacity(): i32 {
    return this.buffer.length;
  }

  /** `c <- value`: waits until somebody receives it or there is room. Aborts if the channel is closed. */
  send(value: T): void {
    if (this.offer(value)) return;
    const g = self();
    put<T>(g, value);
    waitIn(this.senders, Wait.SEND);
    if (!self().ok) throw new Error("send on closed channel");
  }

  /** `<-c`: waits for a value; the zero value (null) once the channel is closed and empty, with `ok` false. */
  recv(): T {
    if (!this.poll()) this.receive();
    return this.value;
  }

  /** Go's `for v := range c` is `while (c.next()) use(c.value)`. */
  next(): bool {
    if (!this.poll()) this.receive();
    return this.ok;
  }

  /** `close(c)`: nothing more will be sent. Who receives gets what is under way, then zero values. */
  close(): void {
    if (this.isClosed) throw new Error("close of closed channel");
    this.isClosed = true;
    for (let w = this.receivers.pop(); w !== null; w = this.receivers.pop()) fire(w, false);
    for (let w = this.senders.pop(); w !== null; w = this.senders.pop()) fire(w, false);
  }

  /** @internal Sends if that needs no waiting. */
  offer(value: T): bool {
    if (this.isClosed) throw new Error("send on closed channel");
    const receiver = this.receivers.pop();
    if (receiver !== null) {
      give<T>(receiver, value);
      return true;
    }
    if (this.count == this.buffer.length) return false;
    this.add(value);
    return true;
  }

  /** @internal Receives into `value` if that needs no waiting. */
  poll(): bool {
    if (this.count > 0) {
      this.value = this.removeFirst();
      this.ok = true;
      const sender = this.senders.pop();
      if (sender === null) return true;
      this.add(get<T>(sender));
      fire(sender, true);
      return true;
    }
    const sender = this.senders.pop();
    if (sender !== null) {
      this.value = get<T>(sender);
      this.ok = true;
      fire(sender, true);
      return true;
    }
    if (!this.isClosed) return false;
    this.value = zero<T>();
    this.ok = false;
    return true;
  }

  // @ts-ignore: decorator
  @inline
  private receive(): void {
    waitIn(this.receivers, Wait.RECEIVE);
    const g = self();
    this.ok = g.ok;
    this.value = take<T>(g);
  }

  private add(value: T): void {
    let at = this.first + this.count++;
    if (at >= this.buffer.length) at -= this.buffer.length;
    this.buffer[at] = value;
  }

  private removeFirst(): T {
    const at = this.first;
    const value = this.buffer[at];
    // What has left is not kept alive.
    if (isReference<T>()) this.buffer[at] = zero<T>();
    this.first = at + 1 == this.buffer.length ? 0 : at + 1;
    --this.count;
    return value;
  }
}
