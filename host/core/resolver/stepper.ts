import type { Errno, SysResult } from "../errno.js";
import { EINPROGRESS } from "../linux.generated.js";
import type { Link } from "./host-socket.js";
import { poll, type Steps, type Wait } from "./steps.js";

/** How many steps one call takes that does not wait: what floods in must not hold up a guest with other things to do. */
const STEPS_MAX = 64;

/** Takes the steps of one piece of work: as far as they go without waiting, or to the end. */
export class Stepper<Result> {
  readonly #steps: Steps<Result>;
  #wait: Wait | null = null;
  #end: { readonly result: Result } | null = null;

  constructor(steps: Steps<Result>) {
    this.#steps = steps;
  }

  /** What the work waits for; null before its first step and after its last. */
  get wait(): Wait | null {
    return this.#wait;
  }

  /** Goes on without waiting; the result, the same one from then on, or `-EINPROGRESS`. */
  advance(link: Link): Result | Errno {
    for (let count = 0; this.#end === null && count < STEPS_MAX; count++) {
      const ready = this.#poll(link, false);
      if (ready === 0 && this.#left() > 0) break;
      this.#step(ready);
    }
    return this.#end === null ? -EINPROGRESS : this.#end.result;
  }

  /** Goes on to the end, and waits for what has to be waited for. */
  finish(link: Link): Result {
    while (this.#end === null) this.#step(this.#poll(link, true));
    return this.#end.result;
  }

  /** Gives up, and closes what is open. */
  close(): void {
    this.#steps.return(undefined as never);
    this.#wait = null;
  }

  #step(ready: SysResult): void {
    const { done, value } = this.#steps.next(ready);
    this.#wait = done ? null : value;
    if (done) this.#end = { result: value };
  }

  /** Milliseconds. */
  #left(): number {
    return this.#wait === null ? 0 : Math.max(0, this.#wait.deadline - performance.now());
  }

  /** What poll(2) says of what the work waits for. */
  #poll(link: Link, mayWait: boolean): SysResult {
    if (this.#wait === null) return 0;
    const { hostFd, events } = this.#wait;
    return poll(link.kernel, hostFd, events, mayWait ? this.#left() : 0);
  }
}
