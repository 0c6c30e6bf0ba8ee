import type { Core } from "./core.js";
import { isErrno, type SysResult } from "./errno.js";
import { POLLNVAL } from "./linux.generated.js";

/**
 * The descriptors that one guest waits for: the one place where waiting happens.
 *
 * ```text
 * struct pollfd
 *  0 i32 fd       the kernel's descriptor, -1 to be skipped
 *  4 i16 events   host order
 *  6 i16 revents  host order
 * ```
 */
export class PollSet {
  #bytes = new Uint8Array(8 * 16);
  #words = new Int32Array(this.#bytes.buffer);
  #shorts = new Int16Array(this.#bytes.buffer);
  #count = 0;
  #invalid = 0;

  /** Starts anew with room for `count` descriptors. */
  reset(count: number): void {
    this.#count = count;
    this.#invalid = 0;
    if (count * 8 <= this.#bytes.length) return;
    this.#bytes = new Uint8Array(count * 8);
    this.#words = new Int32Array(this.#bytes.buffer);
    this.#shorts = new Int16Array(this.#bytes.buffer);
  }

  /** Sets entry `index`; a negative `fd` is skipped, one that is not open is POLLNVAL, as poll(2) has it. */
  set(core: Core, index: number, fd: number, events: number): void {
    const isInvalid = fd >= 0 && !core.fds.isOpen(fd);
    if (isInvalid) this.#invalid++;
    this.#words[index * 2] = fd < 0 || isInvalid ? -1 : core.fds.waitFd(fd);
    this.#shorts[index * 4 + 2] = events;
    this.#shorts[index * 4 + 3] = isInvalid ? POLLNVAL : 0;
  }

  /** Waits up to `timeout` nanoseconds, negative for ever; how many entries have events, or `-errno`. */
  wait(core: Core, timeout: number): SysResult {
    const invalid = this.#invalid;
    const marks = invalid === 0 ? null : this.#invalidEntries();
    const ready = core.kernel.poll(this.#bytes, this.#count, invalid === 0 ? timeout : 0);
    if (isErrno(ready)) return ready;
    for (const index of marks ?? []) this.#shorts[index * 4 + 3] = POLLNVAL;
    return ready + invalid;
  }

  revents(index: number): number {
    return this.#shorts[index * 4 + 3] as number;
  }

  #invalidEntries(): number[] {
    return Array.from({ length: this.#count }, (_, index) => index).filter((index) => this.revents(index) === POLLNVAL);
  }
}
