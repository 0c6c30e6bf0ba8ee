// Channels: the operations that goroutines wait with, and the queues of them.

import { zero } from "../zero";
import { Goroutine, PENDING, ready, self, Wait } from "./goroutine";
import { park } from "./stack";

/** An operation on a channel that has not happened yet. */
export abstract class Operation {
  g: Goroutine | null = null;
  next: Operation | null = null;
  previous: Operation | null = null;
  isQueued: bool = false;
  /** Its number among those that the goroutine waits for. */
  index: i32 = 0;
  /** Whether a value went from one goroutine to another; false: the channel was closed. */
  ok: bool = false;

  /** Whether it is a send, which a closed channel does not take. */
  get isSend(): bool {
    return false;
  }

  /** Does it, if that is possible without waiting. */
  abstract attempt(): bool;
  /** Waits in the channel's queue. */
  abstract join(): void;
  abstract leave(): void;
}

/** The operations that wait for one end of a channel. */
@final
class Operations {
  private head: Operation | null = null;
  private tail: Operation | null = null;

  push(op: Operation): void {
    const tail = this.tail;
    op.previous = tail;
    op.isQueued = true;
    if (tail !== null) tail.next = op;
    else this.head = op;
    this.tail = op;
  }

  remove(op: Operation): void {
    if (!op.isQueued) return;
    const next = op.next;
    const previous = op.previous;
    if (previous !== null) previous.next = next;
    else this.head = next;
    if (next !== null) next.previous = previous;
    else this.tail = previous;
    op.next = null;
    op.previous = null;
    op.isQueued = false;
  }

  /** Takes the first whose goroutine still waits: in a select another may have happened already. */
  pop(): Operation | null {
    let op = this.head;
    while (op !== null) {
      this.remove(op);
      if (op.g!.fired == PENDING) return op;
      op = this.head;
    }
    return null;
  }
}

@final
export class Receive<T> extends Operation {
  value: T = zero<T>();

  constructor(private channel: Chan<T>) {
    super();
  }

  attempt(): bool {
    const channel = this.channel;
    if (!channel.poll()) return false;
    this.value = channel.value;
    this.ok = channel.ok;
    return true;
  }

  join(): void {
    this.channel.receivers.push(this);
  }

  leave(): void {
    this.channel.receivers.remove(this);
  }
}

@final
export class Send<T> extends Operation {
  constructor(
    private channel: Chan<T>,
    public value: T,
  ) {
    super();
  }

  get isSend(): bool {
    return true;
  }

  attempt(): bool {
    return this.channel.offer(this.value);
  }

  join(): void {
    this.channel.senders.push(this);
  }

  leave(): void {
    this.channel.senders.remove(this);
  }
}

/** The operation has happened: its goroutine can go on. */
function fire(op: Operation, ok: bool): void {
  op.ok = ok;
  const g = op.g!;
  g.fired = op.index;
  ready(g);
}

function waitFor(op: Operation, wait: Wait): void {
  const g = self();
  g.fired = PENDING;
  op.g = g;
  op.join();
  park(g, wait);
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
  /** @internal */
  receivers: Operations = new Operations();
  /** @internal */
  senders: Operations = new Operations();
  private isClosed: bool = false;
  private first: i32 = 0;
  private count: i32 = 0;
  private buffer: StaticArray<T>;

  constructor(capacity: i32 = 0) {
    if (capacity < 0) throw new RangeError("makechan: size out of range");
    this.buffer = new StaticArray<T>(capacity);
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
    const op = new Send<T>(this, value);
    waitFor(op, Wait.SEND);
    if (!op.ok) throw new Error("send on closed channel");
  }

  /** `<-c`: waits for a value; the zero value (null) once the channel is closed and empty, with `ok` false. */
  recv(): T {
    if (!this.poll()) {
      const op = new Receive<T>(this);
      waitFor(op, Wait.RECEIVE);
      this.value = op.value;
      this.ok = op.ok;
    }
    return this.value;
  }

  /** Go's `for v := range c` is `while (c.next()) use(c.value)`. */
  next(): bool {
    this.recv();
    return this.ok;
  }

  /** `close(c)`: nothing more will be sent. Who receives gets what is under way, then zero values. */
  close(): void {
    if (this.isClosed) throw new Error("close of closed channel");
    this.isClosed = true;
    for (let op = this.receivers.pop(); op !== null; op = this.receivers.pop()) fire(op, false);
    for (let op = this.senders.pop(); op !== null; op = this.senders.pop()) fire(op, false);
  }

  /** @internal Sends if that needs no waiting. */
  offer(value: T): bool {
    if (this.isClosed) throw new Error("send on closed channel");
    const receiver = this.receivers.pop();
    if (receiver !== null) {
      changetype<Receive<T>>(receiver).value = value;
      fire(receiver, true);
      return true;
    }
    if (this.count == this.buffer.length) return false;
    this.put(value);
    return true;
  }

  /** @internal Receives into `value` if that needs no waiting. */
  poll(): bool {
    if (this.count > 0) {
      this.value = this.take();
      this.ok = true;
      const sender = this.senders.pop();
      if (sender === null) return true;
      this.put(changetype<Send<T>>(sender).value);
      fire(sender, true);
      return true;
    }
    const sender = this.senders.pop();
    if (sender !== null) {
      this.value = changetype<Send<T>>(sender).value;
      this.ok = true;
      fire(sender, true);
      return true;
    }
    if (!this.isClosed) return false;
    this.value = zero<T>();
    this.ok = false;
    return true;
  }

  private put(value: T): void {
    let at = this.first + this.count++;
    if (at >= this.buffer.length) at -= this.buffer.length;
    this.buffer[at] = value;
  }

  private take(): T {
    const at = this.first;
    const value = this.buffer[at];
    // What has left is not kept alive.
    if (isReference<T>()) this.buffer[at] = zero<T>();
    this.first = at + 1 == this.buffer.length ? 0 : at + 1;
    --this.count;
    return value;
  }
}
