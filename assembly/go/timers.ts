// What is to happen at a time: a heap, the earliest first.

import { monotonic } from "./clock";

/** Something that happens once its time has come. */
export abstract class Alarm {
  /** When, on the monotonic clock, in nanoseconds. */
  when: i64 = 0;
  /** Where it is in the heap; -1: it is not set. */
  place: i32 = -1;

  /** Called by the scheduler; must not wait. */
  abstract ring(): void;
}

const heap_: Alarm[] = [];

/** The monotonic time `delay` nanoseconds from now; the end of time, rather than a number that wraps around. */
export function timeIn(delay: i64): i64 {
  if (delay <= 0) return monotonic();
  const when = monotonic() + delay;
  return when < 0 ? i64.MAX_VALUE : when;
}

/** Has `alarm` ring at `when`. */
export function setAlarm(alarm: Alarm, when: i64): void {
  alarm.when = when;
  if (alarm.place < 0) heap_.push(alarm);
  else if (!rise(alarm, alarm.place)) {
    sink(alarm, alarm.place);
    return;
  } else return;
  rise(alarm, heap_.length - 1);
}

/** Has `alarm` not ring; tells whether it was set. */
export function clearAlarm(alarm: Alarm): bool {
  const place = alarm.place;
  if (place < 0) return false;
  alarm.place = -1;
  const last = heap_.pop();
  if (last !== alarm && !rise(last, place)) sink(last, place);
  return true;
}

/** Rings all that are due; nanoseconds to the next one, or -1 if there is none. */
export function ringDue(): i64 {
  if (heap_.length == 0) return -1;
  const now = monotonic();
  while (heap_.length > 0) {
    const first = heap_[0];
    if (first.when > now) return first.when - now;
    clearAlarm(first);
    first.ring();
  }
  return -1;
}

/** Puts `alarm` at `place` or nearer to the root; tells whether nearer. */
function rise(alarm: Alarm, place: i32): bool {
  let at = place;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap_[parent];
    if (above.when <= alarm.when) break;
    put(above, at);
    at = parent;
  }
  put(alarm, at);
  return at < place;
}

/** Puts `alarm` at `place` or farther from the root. */
function sink(alarm: Alarm, place: i32): void {
  const length = heap_.length;
  let at = place;
  while (true) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && heap_[child + 1].when < heap_[child].when) ++child;
    const below = heap_[child];
    if (below.when >= alarm.when) break;
    put(below, at);
    at = child;
  }
  put(alarm, at);
}

// @ts-ignore: decorator
@inline
function put(alarm: Alarm, place: i32): void {
  heap_[place] = alarm;
  alarm.place = place;
}
