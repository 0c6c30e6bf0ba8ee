import { type Errno, isErrno } from "../errno.js";
import type { Kernel } from "../kernel.js";
import {
  EAGAIN,
  ECANCELED,
  ECONNREFUSED,
  EMFILE,
  ENFILE,
  ENOBUFS,
  ENOMEM,
  ETIMEDOUT,
  NOERROR,
  NOTIMP,
  POLLIN,
  REFUSED,
  SERVFAIL,
  SOCK_DGRAM,
} from "../linux.generated.js";
import { encodeSockaddr } from "../sockaddr.js";
import type { DnsCodec } from "./dns-codec.js";
import { exchangeStream } from "./exchange-stream.js";
import { type Link, receivedBytes, sendBytes, useSocket } from "./host-socket.js";
import type { ResolvConf, ServerAddress } from "./resolv-conf.js";
import { type Deadline, deadlineIn, type Steps, waitFor } from "./steps.js";

/** Failures that no other server would mend. */
const OWN: readonly number[] = [-EMFILE, -ENFILE, -ENOMEM, -ENOBUFS, -ECANCELED];

const ANSWER_MAX = 65535;

/**
 * Asks the servers, in turn and as often as resolv.conf(5) says, for the answer to a query.
 *
 * The answer, `-ETIMEDOUT` if none came in time, `-ECONNREFUSED` if no
 * server could be reached. A server that fails or refuses makes room for the
 * next; what it said is the answer if none says better.
 */
export function* exchange(link: Link, conf: ResolvConf, first: number, query: Uint8Array): Steps<Uint8Array | Errno> {
  let failure: Errno = -ECONNREFUSED;
  let poor: Uint8Array | null = null;
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    let isSilent = false;
    for (let i = 0; i < conf.servers.length; i++) {
      const server = conf.servers[(first + i) % conf.servers.length] as ServerAddress;
      const result = yield* ask(link, server, conf.timeout, query);
      if (typeof result !== "number") {
        if (isUseful(link.codec, result)) return result;
        poor = result;
      } else if (OWN.includes(result)) {
        return result;
      }
      isSilent ||= result === -ETIMEDOUT;
    }
    if (isSilent) failure = -ETIMEDOUT;
    // Who has answered would say the same again.
    else break;
  }
  return poor ?? failure;
}

/** One server: over UDP, and over TCP if that is cut. */
function* ask(link: Link, server: ServerAddress, seconds: number, query: Uint8Array): Steps<Uint8Array | Errno> {
  const identified = identify(link, query);
  if (typeof identified === "number") return identified;
  const received = yield* exchangeDatagrams(link, server, deadlineIn(seconds), identified);
  if (typeof received === "number" || !link.codec.isTruncated(received)) return received;
  return yield* exchangeStream(link, server, deadlineIn(seconds), identified);
}

/** The kernel chooses the source port at random when it connects, and the identifier is chosen here: RFC 5452. */
function identify({ kernel, codec }: Link, query: Uint8Array): Uint8Array | Errno {
  const result = kernel.getrandom(codec.scratch, 2);
  return isErrno(result) ? result : codec.withId(query, new DataView(codec.memory.buffer).getUint16(codec.scratch));
}

function exchangeDatagrams(
  link: Link,
  server: ServerAddress,
  deadline: Deadline,
  query: Uint8Array,
): Steps<Uint8Array | Errno> {
  const { kernel, codec } = link;
  return useSocket(kernel, server, SOCK_DGRAM, function* (hostFd) {
    const sent = sendBytes(link, hostFd, query, 0);
    if (isErrno(sent)) return sent;
    for (;;) {
      const ready = yield* waitFor(hostFd, POLLIN, deadline);
      if (isErrno(ready)) return ready;
      const received = kernel.recvfrom(hostFd, codec.buffer, ANSWER_MAX, 0, 0, 0);
      if (received === -EAGAIN) continue;
      if (isErrno(received)) return received;
      if (!isFrom(kernel, server)) continue;
      const answer = receivedBytes(link, received);
      if (codec.accepts(query, answer)) return answer;
    }
  });
}

const expected = new Uint8Array(128);

/** Whether the slot holds the server's address: until a socket is connected, anyone can send to it. */
function isFrom({ address }: Kernel, server: ServerAddress): boolean {
  const length = encodeSockaddr(server, expected);
  return address.length === length && expected.subarray(0, length).every((octet, i) => octet === address.bytes[i]);
}

/** Whether a server did its work: it neither failed nor refused, nor sent us on to others (RFC 1034 4.3.1). */
function isUseful(codec: DnsCodec, answer: Uint8Array): boolean {
  const rcode = codec.rcode(answer);
  if (rcode === SERVFAIL || rcode === NOTIMP || rcode === REFUSED) return false;
  return rcode !== NOERROR || !isReferral(new DataView(answer.buffer, answer.byteOffset));
}

/** No answer, not authoritative, and no recursion to be had (AA and RA of the header): as glibc's res_send has it. */
function isReferral(header: DataView): boolean {
  const isAuthoritative = (header.getUint8(2) & 0x04) !== 0;
  const recurses = (header.getUint8(3) & 0x80) !== 0;
  return header.getUint16(6) === 0 && !isAuthoritative && !recurses;
}
