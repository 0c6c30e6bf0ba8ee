// How a query gets to a name server and its answer back.

import * as sys from "../bindings/berkeley";
import { random_get } from "../bindings/preview1";
import { setMessageId } from "../dns/message";
import { EINPROGRESS, POLLIN } from "../linux.generated";
import { Waiter } from "./waiter";

const random: usize = memory.data(2);

/** Gives a query a new random identifier. */
export function renewId(query: usize): void {
  random_get(random, 2);
  setMessageId(query, load<u16>(random));
}

/** Carries queries: several at once, where it waits in a way that lets others run meanwhile. */
export abstract class Transport {
  /**
   * Sends the query, and waits for its answer, of which it copies up to `room`
   * bytes to `answer`; the answer's length, or a negated errno.
   *
   * The query's identifier is new afterwards. `query` and `answer` are the call's own until it returns.
   */
  abstract exchange(query: usize, length: i32, answer: usize, room: i32): i32;
}

/** By way of the host: the right to resolve the name is enough, and the host knows the servers. The program stands still. */
@final
export class HostTransport extends Transport {
  exchange(query: usize, length: i32, answer: usize, room: i32): i32 {
    renewId(query);
    return sys.res_send(query, length, answer, room);
  }
}

/** The same, with somebody else who waits. */
@final
export class AsyncHostTransport extends Transport {
  constructor(private waiter: Waiter) {
    super();
  }

  exchange(query: usize, length: i32, answer: usize, room: i32): i32 {
    const refused = this.waiter.check();
    if (refused != 0) return refused;
    renewId(query);
    const fd = sys.res_send_async(query, length);
    if (fd < 0) return fd;
    let result = sys.res_send_result(fd, answer, room);
    while (result == -EINPROGRESS) {
      const ready = this.waiter.wait(fd, POLLIN, i64.MAX_VALUE);
      result = ready < 0 ? ready : sys.res_send_result(fd, answer, room);
    }
    this.waiter.forget(fd);
    sys.close(fd);
    return result;
  }
}
