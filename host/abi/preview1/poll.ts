import { isErrno, type SysResult } from "../../core/errno.js";
import {
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  EBADF,
  EINVAL,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLRDHUP,
} from "../../core/linux.generated.js";
import { PollSet } from "../../core/poll.js";
import type { AbiContext } from "../imports.js";
import type { GuestMemory } from "../memory.js";
import { preview1Errno, SUCCESS } from "./errno.js";

const SIZEOF_SUBSCRIPTION = 48;
const SIZEOF_EVENT = 32;
const TAG_CLOCK = 0;
const TAG_FD_WRITE = 2;
const CLOCK_ABSOLUTE = 1;
const EVENT_HANGUP = 1;
const MAX_SUBSCRIPTIONS = 1 << 16;

/**
 * ```text
 * struct subscription: 0 u64 userdata, 8 u8 tag,
 *   clock: 16 u32 id, 24 u64 timeout (ns), 32 u64 precision, 40 u16 flags;  fd_read, fd_write: 16 u32 fd
 * ```
 */
interface Subscription {
  readonly userdata: bigint;
  readonly tag: number;
  readonly fd: number;
  /** When it fires, in nanoseconds of the monotonic clock; null for descriptors. */
  readonly deadline: number | null;
  readonly error: number;
}

/** `poll_oneoff(in: *const subscription, out: *mut event, nsubscriptions, nevents: *mut size) -> errno` */
export function poll_oneoff(
  { core, memory }: AbiContext,
  input: number,
  output: number,
  count: number,
  nevents: number,
): SysResult {
  if (count <= 0 || count > MAX_SUBSCRIPTIONS) return -EINVAL;
  memory.reserve(input, count * SIZEOF_SUBSCRIPTION);
  memory.reserve(output, count * SIZEOF_EVENT);
  memory.reserve(nevents, 4);
  const now = monotonicNow();
  const subscriptions = Array.from({ length: count }, (_, i) =>
    readSubscription(memory, input + i * SIZEOF_SUBSCRIPTION, now),
  );
  const set = new PollSet();
  set.reset(count);
  subscriptions.forEach(({ tag, fd }, i) => {
    if (tag === TAG_CLOCK) set.set(core, i, -1, 0);
    else set.set(core, i, fd, tag === TAG_FD_WRITE ? POLLOUT : POLLIN | POLLRDHUP);
  });
  const timeout = timeoutOf(subscriptions, now);
  const ready = set.wait(core, timeout);
  if (isErrno(ready)) return ready;

  // A wait that ended with nothing has reached the first deadline, whatever rounding says.
  const after = ready === 0 ? Math.max(monotonicNow(), now + timeout) : monotonicNow();
  let events = 0;
  subscriptions.forEach((subscription, i) => {
    const revents = set.revents(i);
    const isDue = subscription.error !== 0 || (subscription.deadline !== null && subscription.deadline <= after);
    if (revents === 0 && !isDue) return;
    const available = revents & POLLIN ? core.kernel.available(core.fds.hostFd(subscription.fd)) : 0;
    writeEvent(memory, output + events * SIZEOF_EVENT, subscription, revents, available);
    events++;
  });
  memory.setUint32(nevents, events);
  return 0;
}

function readSubscription(memory: GuestMemory, pointer: number, now: number): Subscription {
  const userdata = memory.getBigUint64(pointer);
  const tag = memory.getUint16(pointer + 8) & 0xff;
  const word = memory.getUint32(pointer + 16);
  if (tag === TAG_CLOCK) {
    const isAbsolute = (memory.getUint16(pointer + 40) & CLOCK_ABSOLUTE) !== 0;
    const base = clockBase(word, now, isAbsolute);
    const deadline = base === null ? null : base + Number(memory.getBigUint64(pointer + 24));
    return { userdata, tag, fd: -1, deadline, error: base === null ? preview1Errno(EINVAL) : SUCCESS };
  }
  const error = tag > TAG_FD_WRITE ? preview1Errno(EINVAL) : SUCCESS;
  // A number that is no descriptor is an event's error, and negative ones are not to be skipped as poll(2) does.
  return { userdata, tag, fd: error ? -1 : Math.min(word, 0x7fffffff), deadline: null, error };
}

/** What to add to a timeout to have it on the monotonic clock; null for a clock that cannot be waited on. */
function clockBase(clock: number, now: number, isAbsolute: boolean): number | null {
  if (clock !== CLOCK_REALTIME && clock !== CLOCK_MONOTONIC) return null;
  if (!isAbsolute) return now;
  return clock === CLOCK_MONOTONIC ? 0 : now - Date.now() * 1e6;
}

/** Nanoseconds until the first clock fires, 0 if something is already wrong, -1 if there is no clock. */
function timeoutOf(subscriptions: readonly Subscription[], now: number): number {
  if (subscriptions.some(({ error }) => error !== 0)) return 0;
  const deadlines = subscriptions.flatMap(({ deadline }) => (deadline === null ? [] : [deadline]));
  return deadlines.length === 0 ? -1 : Math.max(0, Math.min(...deadlines) - now);
}

/** CLOCK_MONOTONIC in nanoseconds: what `clock_time_get` tells guests, too. */
function monotonicNow(): number {
  return Number(process.hrtime.bigint());
}

/**
 * ```text
 * struct event: 0 u64 userdata, 8 u16 error, 10 u8 type, 16 u64 nbytes, 24 u16 rwflags
 * ```
 */
function writeEvent(
  memory: GuestMemory,
  pointer: number,
  { userdata, tag, error }: Subscription,
  revents: number,
  available: number,
): void {
  memory.bytes(pointer, SIZEOF_EVENT).fill(0);
  memory.setBigUint64(pointer, userdata);
  memory.setUint16(pointer + 8, revents & POLLNVAL ? preview1Errno(EBADF) : error);
  memory.setUint16(pointer + 10, tag);
  if (tag === TAG_CLOCK) return;
  // A listener, for one, cannot say how much there is.
  memory.setBigUint64(pointer + 16, BigInt(Math.max(0, available)));
  memory.setUint16(pointer + 24, revents & (POLLHUP | POLLRDHUP | POLLERR) ? EVENT_HANGUP : 0);
}
