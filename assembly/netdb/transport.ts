// How a query gets to a name server and its answer back.

import * as sys from "../bindings/berkeley";
import { random_get } from "../bindings/preview1";
import { setMessageId } from "../dns/message";

const random: usize = memory.data(2);

/** Gives a query a new random identifier. */
export function renewId(query: usize): void {
  random_get(random, 2);
  setMessageId(query, load<u16>(random));
}

/** Carries one query at a time. */
export abstract class Transport {
  /**
   * Sends the query, and waits for its answer, of which it copies up to `room`
   * bytes to `answer`; the answer's length, or a negated errno.
   *
   * The query's identifier is new afterwards.
   */
  abstract exchange(query: usize, length: i32, answer: usize, room: i32): i32;
}

/** By way of the host: the right to resolve the name is enough, and the host knows the servers. */
@final
export class HostTransport extends Transport {
  exchange(query: usize, length: i32, answer: usize, room: i32): i32 {
    renewId(query);
    return sys.res_send(query, length, answer, room);
  }
}
