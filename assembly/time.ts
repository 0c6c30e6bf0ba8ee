// Go's package time, as far as goroutines need it.

import { Chan } from "./go/channel";
import { monotonic, realtime } from "./go/clock";
import { Goroutine, ready, self, Wait } from "./go/goroutine";
import { go } from "./go/scheduler";
import { park } from "./go/stack";
import { Alarm, clearAlarm, setAlarm, timeIn } from "./go/timers";

/** Nanoseconds. */
export type Duration = i64;

export const NANOSECOND: Duration = 1;
export const MICROSECOND: Duration = 1_000;
export const MILLISECOND: Duration = 1_000_000;
export const SECOND: Duration = 1_000_000_000;
export const MINUTE: Duration = 60_000_000_000;
export const HOUR: Duration = 3_600_000_000_000;

/** Nanoseconds since 1970-01-01 00:00 UTC. */
export type Time = i64;

/** `time.Now()` */
export function now(): Time {
  return realtime();
}

/** `time.Since(t)` */
export function since(t: Time): Duration {
  return realtime() - t;
}

@final
class Wake extends Alarm {
  constructor(private g: Goroutine) {
    super();
  }

  ring(): void {
    ready(this.g);
  }
}

/** `time.Sleep(d)`: stops the goroutine for at least `d`; others run meanwhile. */
export function sleep(d: Duration): void {
  if (d <= 0) return;
  const g = self();
  setAlarm(new Wake(g), timeIn(d));
  park(g, Wait.SLEEP);
}

/** Sends the time on a channel, unless the last one has not been received yet. */
@final
class Bell extends Alarm {
  /** From one to the next, or 0 for one only. */
  period: Duration = 0;

  constructor(public c: Chan<Time>) {
    super();
  }

  ring(): void {
    if (this.c.length == 0) this.c.offer(realtime());
    if (this.period == 0) return;
    const missed = (monotonic() - this.when) / this.period;
    setAlarm(this, this.when + (missed + 1) * this.period);
  }
}

/** Nothing of an earlier time is left in the channel then, as since Go 1.23. Tells whether `alarm` was set. */
function silence(alarm: Alarm, c: Chan<Time>): bool {
  if (c.length > 0) c.poll();
  return clearAlarm(alarm);
}

@final
class Start<T> extends Alarm {
  constructor(
    private fn: (arg: T) => void,
    private arg: T,
  ) {
    super();
  }

  ring(): void {
    go<T>(this.fn, this.arg);
  }
}

/** `time.NewTimer(d)`: sends the time on `c` after `d`. */
@final
export class Timer {
  readonly c: Chan<Time>;
  private alarm: Alarm;

  constructor(d: Duration, alarm: Alarm | null = null) {
    const c = new Chan<Time>(1);
    const what: Alarm = alarm !== null ? alarm : new Bell(c);
    this.c = c;
    this.alarm = what;
    setAlarm(what, timeIn(d));
  }

  /** Keeps the timer from firing; tells whether it was going to. */
  stop(): bool {
    return silence(this.alarm, this.c);
  }

  /** Has the timer fire after `d` from now; tells whether it was going to fire before. */
  reset(d: Duration): bool {
    const wasSet = this.stop();
    setAlarm(this.alarm, timeIn(d));
    return wasSet;
  }
}

/** `time.AfterFunc(d, fn)`: calls `fn(arg)` in a goroutine of its own after `d`. */
export function afterFunc<T>(d: Duration, fn: (arg: T) => void, arg: T): Timer {
  return new Timer(d, new Start<T>(fn, arg));
}

/** `time.After(d)`: a channel that gets the time after `d`. */
export function after(d: Duration): Chan<Time> {
  return new Timer(d).c;
}

/** `time.NewTicker(d)`: sends the time on `c` every `d`, and leaves out what nobody received. Aborts unless `d` > 0. */
@final
export class Ticker {
  readonly c: Chan<Time>;
  private bell: Bell;

  constructor(d: Duration) {
    if (d <= 0) throw new RangeError("non-positive interval for NewTicker");
    const c = new Chan<Time>(1);
    this.c = c;
    this.bell = new Bell(c);
    this.start(d);
  }

  /** Ends it. The channel stays open, as in Go. */
  stop(): void {
    silence(this.bell, this.c);
  }

  /** Stops it, and starts it again with the period `d`. */
  reset(d: Duration): void {
    if (d <= 0) throw new RangeError("non-positive interval for Ticker.Reset");
    silence(this.bell, this.c);
    this.start(d);
  }

  private start(d: Duration): void {
    this.bell.period = d;
    setAlarm(this.bell, timeIn(d));
  }
}

/** `time.Tick(d)`: the channel of a ticker that never stops. */
export function tick(d: Duration): Chan<Time> {
  return new Ticker(d).c;
}
