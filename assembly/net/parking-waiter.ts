// Look-ups that wait while other goroutines run.

import { monotonic, realtime } from "../go/clock";
import { cancelWaits, setReadDeadline, setWriteDeadline, waitReadable, waitWritable } from "../go/poller";
import { ECANCELED, ETIMEDOUT, POLLOUT } from "../linux.generated";
import { Waiter } from "../netdb/waiter";

const NEVER: i64 = i64.MAX_VALUE;

/**
 * Parks the goroutine that waits.
 *
 * One for each look-up that has a deadline of its own, or that is to be cancelled; the goroutines that ask different
 * things for it may share one.
 */
@final
export class ParkingWaiter extends Waiter {
  private isCancelled: bool = false;
  /** What goroutines wait for now. */
  private fds: i32[] = [];

  /** `when`: from then on, as time's now() counts, all waits end with -ETIMEDOUT. 0: never. */
  constructor(private when: i64 = 0) {
    super();
  }

  /** Ends all waits with -ECANCELED, those to come, too. */
  cancel(): void {
    this.isCancelled = true;
    for (let i = 0; i < this.fds.length; i++) cancelWaits(this.fds[i]);
  }

  check(): i32 {
    if (this.isCancelled) return -ECANCELED;
    return this.when != 0 && realtime() >= this.when ? -ETIMEDOUT : 0;
  }

  wait(fd: i32, events: i32, deadline: i64): i32 {
    const refused = this.check();
    if (refused != 0) return refused;
    const left = this.timeLeft(deadline);
    if (left <= 0) return -ETIMEDOUT;
    const isWrite = events == POLLOUT;
    if (left != NEVER) {
      const end = realtime() + left;
      const set = isWrite ? setWriteDeadline(fd, end) : setReadDeadline(fd, end);
      if (set < 0) return set;
    }
    this.fds.push(fd);
    const result = isWrite ? waitWritable(fd) : waitReadable(fd);
    this.fds.splice(this.fds.indexOf(fd), 1);
    return result;
  }

  forget(fd: i32): void {
    cancelWaits(fd);
  }

  /** Nanoseconds until `deadline` of monotonic(), or until the time of all waits is over. */
  private timeLeft(deadline: i64): i64 {
    const one = deadline == NEVER ? NEVER : deadline - monotonic();
    const all = this.when == 0 ? NEVER : this.when - realtime();
    return min(one, all);
  }
}
