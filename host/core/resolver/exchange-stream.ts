import { type Errno, isErrno, type SysResult } from "../errno.js";
import {
  EAGAIN,
  ECONNRESET,
  MSG_MORE,
  POLLIN,
  POLLOUT,
  SO_ERROR,
  SOCK_STREAM,
  SOL_SOCKET,
} from "../linux.generated.js";
import { type Link, receivedBytes, sendBytes, useSocket } from "./host-socket.js";
import type { ServerAddress } from "./resolv-conf.js";
import { type Deadline, type Steps, waitFor } from "./steps.js";

/** A message on a stream follows its length in two bytes, network order (RFC 1035 4.2.2). */
const PREFIX = 2;

/** Asks one server over TCP; the answer, or `-errno`. */
export function exchangeStream(
  link: Link,
  server: ServerAddress,
  deadline: Deadline,
  query: Uint8Array,
): Steps<Uint8Array | Errno> {
  return useSocket(link.kernel, server, SOCK_STREAM, function* (hostFd) {
    const sent = (yield* finishConnect(link, hostFd, deadline)) || (yield* sendQuery(link, hostFd, query, deadline));
    if (isErrno(sent)) return sent;
    const prefix = yield* receiveAll(link, hostFd, PREFIX, deadline);
    if (typeof prefix === "number") return prefix;
    const answer = yield* receiveAll(link, hostFd, new DataView(prefix.buffer).getUint16(0), deadline);
    if (typeof answer === "number") return answer;
    return link.codec.accepts(query, answer) ? answer : -ECONNRESET;
  });
}

function* finishConnect({ kernel }: Link, hostFd: number, deadline: Deadline): Steps<SysResult> {
  const ready = yield* waitFor(hostFd, POLLOUT, deadline);
  if (isErrno(ready)) return ready;
  const error = new Uint8Array(4);
  const result = kernel.getsockopt(hostFd, SOL_SOCKET, SO_ERROR, error);
  return isErrno(result) ? result : -new DataView(error.buffer).getInt32(0, true);
}

function* sendQuery(link: Link, hostFd: number, query: Uint8Array, deadline: Deadline): Steps<SysResult> {
  const prefix = Uint8Array.of(query.length >> 8, query.length);
  return (
    (yield* sendAll(link, hostFd, prefix, MSG_MORE, deadline)) || (yield* sendAll(link, hostFd, query, 0, deadline))
  );
}

/** 0 when all has been sent. */
function sendAll(link: Link, hostFd: number, bytes: Uint8Array, flags: number, deadline: Deadline): Steps<SysResult> {
  return transferAll(hostFd, POLLOUT, bytes.length, deadline, (done) =>
    sendBytes(link, hostFd, bytes.subarray(done), flags),
  );
}

/** `count` bytes; a stream that ends before was reset for all that it is worth. */
function* receiveAll(link: Link, hostFd: number, count: number, deadline: Deadline): Steps<Uint8Array | Errno> {
  const { kernel, codec } = link;
  const bytes = new Uint8Array(count);
  const result = yield* transferAll(hostFd, POLLIN, count, deadline, (done) => {
    const received = kernel.recv(hostFd, codec.buffer, count - done, 0) || -ECONNRESET;
    if (!isErrno(received)) bytes.set(receivedBytes(link, received), done);
    return received;
  });
  return isErrno(result) ? result : bytes;
}

/** Moves `count` bytes, as many at a time as `transfer` can; 0 or `-errno`. */
function* transferAll(
  hostFd: number,
  events: number,
  count: number,
  deadline: Deadline,
  transfer: (done: number) => SysResult,
): Steps<SysResult> {
  for (let done = 0; done < count; ) {
    const ready = yield* waitFor(hostFd, events, deadline);
    if (isErrno(ready)) return ready;
    const moved = transfer(done);
    if (isErrno(moved) && moved !== -EAGAIN) return moved;
    if (!isErrno(moved)) done += moved;
  }
  return 0;
}
