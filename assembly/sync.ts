// Go's package sync. Who waits first gets it first.

import { Goroutine, Queue, ready, self, Wait } from "./go/goroutine";
import { park } from "./go/stack";

function waitIn(queue: Queue, wait: Wait): void {
  const g = self();
  queue.push(g);
  park(g, wait);
}

/** Waits for a number of goroutines to finish. */
@final
export class WaitGroup {
  private count: i32 = 0;
  private waiting: Queue = new Queue();

  /** Waits for `delta` more. Aborts if that makes it fewer than none. */
  add(delta: i32): void {
    this.count += delta;
    if (this.count < 0) throw new RangeError("sync: negative WaitGroup counter");
    if (this.count > 0) return;
    for (let g = this.waiting.pop(); g !== null; g = this.waiting.pop()) ready(g);
  }

  /** One has finished. */
  done(): void {
    this.add(-1);
  }

  /** Waits until all have finished. */
  wait(): void {
    if (this.count > 0) waitIn(this.waiting, Wait.GROUP);
  }
}

/** A lock that one goroutine holds at a time. */
@final
export class Mutex {
  private isHeld: bool = false;
  private waiting: Queue = new Queue();

  /** Takes the lock, or waits until it is handed over. */
  lock(): void {
    if (this.isHeld) waitIn(this.waiting, Wait.MUTEX);
    else this.isHeld = true;
  }

  /** Takes the lock if it is free. */
  tryLock(): bool {
    if (this.isHeld) return false;
    this.isHeld = true;
    return true;
  }

  /** Hands the lock to who has waited longest. Any goroutine may, as in Go. Aborts if nobody holds it. */
  unlock(): void {
    if (!this.isHeld) throw new Error("sync: unlock of unlocked mutex");
    const g = this.waiting.pop();
    if (g !== null) ready(g);
    else this.isHeld = false;
  }
}

/** A lock for one writer or any number of readers. Readers that come while a writer waits let it go first. */
@final
export class RWMutex {
  private isWriting: bool = false;
  private readers: i32 = 0;
  private waitingWriters: Queue = new Queue();
  private waitingReaders: Queue = new Queue();

  /** Takes the lock for writing. */
  lock(): void {
    if (this.isWriting || this.readers > 0) waitIn(this.waitingWriters, Wait.WRITE_LOCK);
    else this.isWriting = true;
  }

  /** Takes the lock for writing if it is free. */
  tryLock(): bool {
    if (this.isWriting || this.readers > 0) return false;
    this.isWriting = true;
    return true;
  }

  /** Ends writing: the readers that wait come first, then the next writer. */
  unlock(): void {
    if (!this.isWriting) throw new Error("sync: Unlock of unlocked RWMutex");
    if (this.waitingReaders.isEmpty) {
      const writer = this.waitingWriters.pop();
      if (writer !== null) ready(writer);
      else this.isWriting = false;
      return;
    }
    this.isWriting = false;
    for (let g = this.waitingReaders.pop(); g !== null; g = this.waitingReaders.pop()) {
      ++this.readers;
      ready(g);
    }
  }

  /** Takes the lock for reading. */
  rLock(): void {
    if (this.isWriting || !this.waitingWriters.isEmpty) waitIn(this.waitingReaders, Wait.READ_LOCK);
    else ++this.readers;
  }

  /** Takes the lock for reading if no writer has it or waits for it. */
  tryRLock(): bool {
    if (this.isWriting || !this.waitingWriters.isEmpty) return false;
    ++this.readers;
    return true;
  }

  /** Ends reading; the last reader lets a writer in. */
  rUnlock(): void {
    if (this.readers == 0) throw new Error("sync: RUnlock of unlocked RWMutex");
    if (--this.readers > 0) return;
    const writer = this.waitingWriters.pop();
    if (writer === null) return;
    this.isWriting = true;
    ready(writer);
  }
}

/** Does something the first time only. */
@final
export class Once {
  private isDone: bool = false;
  private mutex: Mutex = new Mutex();

  /** Calls `fn` unless this has been done; whoever comes while `fn` runs waits until it has. */
  do(fn: () => void): void {
    if (this.isDone) return;
    this.mutex.lock();
    if (!this.isDone) {
      fn();
      this.isDone = true;
    }
    this.mutex.unlock();
  }
}
