import { isErrno, type SysResult } from "../errno.js";
import { ENOENT, EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_MOD, POLLIN } from "../linux.generated.js";
import type { Link } from "./host-socket.js";
import type { Wait } from "./steps.js";

const NANOSECONDS_PER_MILLISECOND = 1e6;

/**
 * One descriptor that can be read when a look-up can go on: an epoll set of the host's own, with what the look-up waits
 * for, and a timer for its deadline.
 */
export class Readiness {
  readonly #link: Link;
  readonly #timerFd: number;

  private constructor(
    link: Link,
    readonly hostFd: number,
    timerFd: number,
  ) {
    this.#link = link;
    this.#timerFd = timerFd;
  }

  /** Opens one that cannot be read yet, or answers `-errno` and has opened nothing. */
  static open(link: Link): Readiness | SysResult {
    const { kernel } = link;
    const hostFd = kernel.epollCreate(EPOLL_CLOEXEC);
    if (isErrno(hostFd)) return hostFd;
    const timerFd = kernel.timerfdCreate();
    const readiness = new Readiness(link, hostFd, timerFd);
    const result = isErrno(timerFd) ? timerFd : readiness.#watch(timerFd, POLLIN);
    if (!isErrno(result)) return readiness;
    readiness.close();
    return result;
  }

  /** Makes it readable once `wait` is over, or at once if there is nothing to wait for; 0 or `-errno`. */
  set(wait: Wait | null): SysResult {
    const left = wait === null ? 0 : (wait.deadline - performance.now()) * NANOSECONDS_PER_MILLISECOND;
    const timed = this.#link.kernel.timerfdSettime(this.#timerFd, left);
    return timed || (wait === null ? 0 : this.#watch(wait.hostFd, wait.events));
  }

  close(): void {
    const { kernel } = this.#link;
    kernel.close(this.hostFd);
    if (!isErrno(this.#timerFd)) kernel.close(this.#timerFd);
  }

  /** A socket that was closed has left the set by itself (epoll(7)), and its number may have come back. */
  #watch(hostFd: number, events: number): SysResult {
    const { kernel, codec } = this.#link;
    // The bits of poll(2) and epoll(7) are the same.
    new DataView(codec.memory.buffer).setUint32(codec.scratch, events, true);
    const known = kernel.epollCtl(this.hostFd, EPOLL_CTL_MOD, hostFd, codec.scratch);
    return known === -ENOENT ? kernel.epollCtl(this.hostFd, EPOLL_CTL_ADD, hostFd, codec.scratch) : known;
  }
}
