import { isErrno, type SysResult } from "../errno.js";
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
import { type Deadline, type Link, useSocket, waitFor } from "./host-socket.js";
import type { ServerAddress } from "./resolv-conf.js";

/** A message on a stream follows its length in two bytes, network order (RFC 1035 4.2.2). */
const PREFIX = 2;

/** Asks one server over TCP; the answer's length, or `-errno`. */
export function exchangeStream(link: Link, server: ServerAddress, deadline: Deadline, queryLength: number): SysResult {
  const { kernel, codec } = link;
  return useSocket(kernel, server, SOCK_STREAM, (hostFd) => {
    const connected = finishConnect(link, hostFd, deadline);
    if (isErrno(connected)) return connected;

    new DataView(codec.memory.buffer).setUint16(codec.scratch, queryLength);
    const sent =
      sendAll(link, hostFd, codec.scratch, PREFIX, MSG_MORE, deadline) ||
      sendAll(link, hostFd, codec.query, queryLength, 0, deadline);
    if (isErrno(sent)) return sent;

    const prefixed = receiveAll(link, hostFd, codec.scratch, PREFIX, deadline);
    if (isErrno(prefixed)) return prefixed;
    const length = new DataView(codec.memory.buffer).getUint16(codec.scratch);
    const received = receiveAll(link, hostFd, codec.answer, length, deadline);
    if (isErrno(received)) return received;
    return codec.accepts(queryLength, length) ? length : -ECONNRESET;
  });
}

function finishConnect({ kernel }: Link, hostFd: number, deadline: Deadline): SysResult {
  const ready = waitFor(kernel, hostFd, POLLOUT, deadline);
  if (isErrno(ready)) return ready;
  const error = new Uint8Array(4);
  const result = kernel.getsockopt(hostFd, SOL_SOCKET, SO_ERROR, error);
  return isErrno(result) ? result : -new DataView(error.buffer).getInt32(0, true);
}

/** 0 when all has been sent. */
function sendAll(
  { kernel }: Link,
  hostFd: number,
  pointer: number,
  count: number,
  flags: number,
  deadline: Deadline,
): SysResult {
  return transferAll(count, (done) => {
    const ready = waitFor(kernel, hostFd, POLLOUT, deadline);
    return isErrno(ready) ? ready : kernel.send(hostFd, pointer + done, count - done, flags);
  });
}

/** 0 when all has come; a stream that ends before was reset for all that it is worth. */
function receiveAll({ kernel }: Link, hostFd: number, pointer: number, count: number, deadline: Deadline): SysResult {
  return transferAll(count, (done) => {
    const ready = waitFor(kernel, hostFd, POLLIN, deadline);
    return isErrno(ready) ? ready : kernel.recv(hostFd, pointer + done, count - done, 0) || -ECONNRESET;
  });
}

function transferAll(count: number, transfer: (done: number) => SysResult): SysResult {
  for (let done = 0; done < count; ) {
    const moved = transfer(done);
    if (isErrno(moved) && moved !== -EAGAIN) return moved;
    if (!isErrno(moved)) done += moved;
  }
  return 0;
}
