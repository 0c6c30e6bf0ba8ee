// The resolver: one question, or one name tried in several domains. RFC 1034
// section 5, with the rules of glibc's res_query. resolver(3)

import { isResponse, MAX_MESSAGE, responseCode } from "../dns/message";
import { writeQuery } from "../dns/write";
import { EBADMSG, FORMERR, NO_RECOVERY, NOTIMP } from "../linux.generated";
import { Answer } from "./answer";
import { asciiName } from "./ascii-name";
import { Configuration } from "./configuration";
import { Inquiry, isComplete, search } from "./search";
import { ServerTransport } from "./server-transport";
import { HostTransport, Transport } from "./transport";

// What passes every network unfragmented. https://www.dnsflagday.net/2020/
const PAYLOAD: i32 = 1232;
const QUERY_SIZE: i32 = 282;

/** A query and its answer: one look-up's own, until it has read what it wants. */
@final
class Messages {
  readonly query: StaticArray<u8> = new StaticArray<u8>(QUERY_SIZE);
  readonly answer: StaticArray<u8> = new StaticArray<u8>(MAX_MESSAGE);

  /** Those of a look-up that is over, or new ones if all are in use. */
  static take(): Messages {
    const known = spare;
    spare = null;
    return known !== null ? known : new Messages();
  }

  give(): void {
    spare = this;
  }
}

let spare: Messages | null = null;

/**
 * Looks up records of names.
 *
 * Several goroutines may use one at once, if its transport lets them run.
 *
 * `systemResolver()` asks the name servers of this machine through the host, and
 * needs the right to resolve the names. `new Resolver("192.0.2.53")` asks that
 * server over sockets, and needs the right to connect to it.
 */
@final
export class Resolver {
  private transport: Transport;
  private settings: Configuration | null = null;

  /** `timeout`: milliseconds for each of `attempts` to ask the server. */
  constructor(server: string, port: i32 = 53, timeout: i32 = 5000, attempts: i32 = 2) {
    this.transport = new ServerTransport(server, port, timeout, attempts);
  }

  /** A resolver with another way to a server. */
  static over(transport: Transport): Resolver {
    const result = new Resolver("");
    result.transport = transport;
    return result;
  }

  /** How names are searched for. Read from the machine's resolv.conf when it is first needed. */
  get configuration(): Configuration {
    const known = this.settings;
    if (known !== null) return known;
    const settings = Configuration.load();
    this.settings = settings;
    return settings;
  }

  set configuration(value: Configuration) {
    this.settings = value;
  }

  /** `res_query`: the records of `type` (T_A, …) of exactly this name. */
  query(name: string, type: i32): Answer {
    const text = asciiName(name);
    if (text === null) return new Answer(NO_RECOVERY);
    const messages = Messages.take();
    const result = this.ask(messages, text, type);
    messages.give();
    return result;
  }

  /**
   * `res_search`: the records of `type` of a name, or of that name in one of the
   * domains of the search list.
   *
   * A name with a final dot is tried as it is, only. One with `ndots` dots or
   * more is tried as it is first, others last.
   */
  search(name: string, type: i32): Answer {
    return this.inquire(name, new OneType(this, type));
  }

  /** @internal The same of whatever `inquiry` asks of each name. */
  inquire(name: string, inquiry: Inquiry): Answer {
    return isComplete(name) ? inquiry.ask(name) : search(name, this.configuration, inquiry);
  }

  private ask(messages: Messages, text: ArrayBuffer, type: i32): Answer {
    const answer = changetype<usize>(messages.answer);
    let length = this.exchange(messages, text, type, PAYLOAD);
    if (length > 0) {
      const rcode = responseCode(answer);
      // A server from before 1999 does not know what an OPT record is.
      if (rcode == FORMERR || rcode == NOTIMP) length = this.exchange(messages, text, type, 0);
    }
    return length < 0 ? Answer.failure(-length) : Answer.read(answer, length, type);
  }

  private exchange(messages: Messages, text: ArrayBuffer, type: i32, payload: i32): i32 {
    const query = changetype<usize>(messages.query);
    const answer = changetype<usize>(messages.answer);
    const length = writeQuery(query, 0, changetype<usize>(text), text.byteLength, type, payload);
    const result = this.transport.exchange(query, length, answer, MAX_MESSAGE);
    if (result < 0) return result;
    return result <= MAX_MESSAGE && isResponse(query, length, answer, result) ? result : -EBADMSG;
  }
}

/** The records of one type. */
@final
class OneType extends Inquiry {
  constructor(
    private resolver: Resolver,
    private type: i32,
  ) {
    super();
  }

  ask(name: string): Answer {
    return this.resolver.query(name, this.type);
  }
}

// @ts-ignore: decorator
@lazy let ofTheSystem: Resolver | null = null;

/** The resolver that asks the name servers of this machine, through the host. */
export function systemResolver(): Resolver {
  const known = ofTheSystem;
  if (known !== null) return known;
  const resolver = Resolver.over(new HostTransport());
  ofTheSystem = resolver;
  return resolver;
}
