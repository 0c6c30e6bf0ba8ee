// Queries over connections that the program itself makes: Go's Resolver.Dial.

import { isResponse, isTruncated } from "../dns/message";
import { Failure, Result } from "../errors";
import { readFull } from "../io";
import { EBADMSG, EIO, ETIMEDOUT } from "../linux.generated";
import { renewId, Transport } from "../netdb";
import { Errno } from "../syscall/errno";
import { now, SECOND } from "../time";
import { Conn } from "./conn";
import { UDPConn } from "./udp";
import { UnixConn } from "./unix";

/** Makes a connection to a name server. `network` is `udp`, and after an answer that was cut `tcp`. */
export type DialFunction = (network: string, address: string) => Result<Conn>;

/** Go's server where none is configured. Whom to ask is the function's to know: the host keeps its servers to itself. */
const SERVER: string = "127.0.0.1:53";
/** As resolv.conf(5) has it by default. */
const ATTEMPTS: i32 = 2;
const TIMEOUT: i64 = 5 * SECOND;

/** A way to a name server that the program chooses. */
@final
export class DialTransport extends Transport {
  /** Why the last connection was not made, or failed. */
  err: Failure | null = null;

  constructor(
    private dial: DialFunction,
    /** When to give up, as time's now() counts. 0: after the attempts. */
    private deadline: i64,
  ) {
    super();
  }

  exchange(query: usize, length: i32, answer: usize, room: i32): i32 {
    let result = -ETIMEDOUT;
    for (let attempt = 0; attempt < ATTEMPTS && result == -ETIMEDOUT; attempt++) {
      if (this.deadline != 0 && now() >= this.deadline) break;
      renewId(query);
      result = this.ask("udp", query, length, answer, room);
      if (result > 0 && isTruncated(answer)) result = this.ask("tcp", query, length, answer, room);
    }
    return result;
  }

  private ask(network: string, query: usize, length: i32, answer: usize, room: i32): i32 {
    const dialed = this.dial(network, SERVER);
    if (!dialed.ok) return this.fail(dialed.err!);
    const conn = dialed.value;
    const limit = now() + TIMEOUT;
    conn.setDeadline(this.deadline != 0 ? min(this.deadline, limit) : limit);
    const isPacket = conn instanceof UDPConn || conn instanceof UnixConn;
    const result = isPacket
      ? this.overPackets(conn, query, length, answer, room)
      : this.overStream(conn, query, length, answer, room);
    conn.close();
    return result;
  }

  private overPackets(conn: Conn, query: usize, length: i32, answer: usize, room: i32): i32 {
    const question = bytesAt(query, length, 0);
    if (conn.write(question) < length) return this.fail(conn.err!);
    const buffer = new Uint8Array(room);
    while (true) {
      const size = conn.read(buffer);
      if (size == 0) return this.failOf(conn);
      memory.copy(answer, buffer.dataStart, size);
      // Whatever else comes is not the answer.
      if (isResponse(query, length, answer, size)) return size;
    }
  }

  /** Each message follows its length, in two bytes. RFC 1035 section 4.2.2 */
  private overStream(conn: Conn, query: usize, length: i32, answer: usize, room: i32): i32 {
    const question = bytesAt(query, length, 2);
    store<u16>(question.dataStart, bswap<u16>(<u16>length));
    if (conn.write(question) < question.length) return this.fail(conn.err!);
    const prefix = new Uint8Array(2);
    if (readFull(conn, prefix).err !== null) return this.failOf(conn);
    const message = new Uint8Array(bswap<u16>(load<u16>(prefix.dataStart)));
    if (message.length > room) return -EBADMSG;
    if (readFull(conn, message).err !== null) return this.failOf(conn);
    memory.copy(answer, message.dataStart, message.length);
    return isResponse(query, length, answer, message.length) ? message.length : -EBADMSG;
  }

  private failOf(conn: Conn): i32 {
    const err = conn.err;
    return err !== null ? this.fail(err) : -EBADMSG;
  }

  private fail(err: Failure): i32 {
    this.err = err;
    if (err.timeout()) return -ETIMEDOUT;
    let each: Failure | null = err;
    while (each !== null && !(each instanceof Errno)) each = each.unwrap();
    return each !== null ? -(each as Errno).number : -EIO;
  }
}

/** The `length` bytes at `at`, behind `gap` bytes. */
function bytesAt(at: usize, length: i32, gap: i32): Uint8Array {
  const bytes = new Uint8Array(gap + length);
  memory.copy(bytes.dataStart + gap, at, length);
  return bytes;
}
