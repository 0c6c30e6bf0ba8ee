import { isErrno, type SysResult } from "../errno.js";
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
import { type Deadline, deadlineIn, type Link, useSocket, waitFor } from "./host-socket.js";
import type { ResolvConf, ServerAddress } from "./resolv-conf.js";

/** Failures that no other server would mend. */
const OWN: readonly number[] = [-EMFILE, -ENFILE, -ENOMEM, -ENOBUFS, -ECANCELED];

const ANSWER_MAX = 65535;

/**
 * Asks the servers, in turn and as often as resolv.conf(5) says, for the answer to the codec's query.
 *
 * The answer's length, `-ETIMEDOUT` if none came in time, `-ECONNREFUSED` if no
 * server could be reached. A server that fails or refuses makes room for the
 * next; what it said is the answer if none says better.
 */
export function exchange(link: Link, conf: ResolvConf, first: number, queryLength: number): SysResult {
  let failure: SysResult = -ECONNREFUSED;
  let poor: Uint8Array | null = null;
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    let isSilent = false;
    for (let i = 0; i < conf.servers.length; i++) {
      const server = conf.servers[(first + i) % conf.servers.length] as ServerAddress;
      const result = ask(link, server, conf.timeout, queryLength);
      if (OWN.includes(result)) return result;
      if (!isErrno(result) && isUseful(link.codec, result)) return result;
      if (!isErrno(result)) poor = link.codec.copyAnswer(result, 0);
      isSilent ||= result === -ETIMEDOUT;
    }
    if (isSilent) failure = -ETIMEDOUT;
    // Who has answered would say the same again.
    else break;
  }
  if (poor === null) return failure;
  link.codec.putAnswer(poor);
  return poor.length;
}

/** One server: over UDP, and over TCP if that is cut. */
function ask(link: Link, server: ServerAddress, seconds: number, queryLength: number): SysResult {
  const identified = chooseId(link);
  if (isErrno(identified)) return identified;
  const received = exchangeDatagrams(link, server, deadlineIn(seconds), queryLength);
  if (isErrno(received) || !link.codec.isTruncated()) return received;
  return exchangeStream(link, server, deadlineIn(seconds), queryLength);
}

/** The kernel chooses the source port at random when it connects, and the identifier is chosen here: RFC 5452. */
function chooseId({ kernel, codec }: Link): SysResult {
  const result = kernel.getrandom(codec.scratch, 2);
  if (!isErrno(result)) codec.setQuestionId(new DataView(codec.memory.buffer).getUint16(codec.scratch));
  return result;
}

function exchangeDatagrams(link: Link, server: ServerAddress, deadline: Deadline, queryLength: number): SysResult {
  const { kernel, codec } = link;
  return useSocket(kernel, server, SOCK_DGRAM, (hostFd) => {
    const sent = kernel.send(hostFd, codec.query, queryLength, 0);
    if (isErrno(sent)) return sent;
    for (;;) {
      const ready = waitFor(kernel, hostFd, POLLIN, deadline);
      if (isErrno(ready)) return ready;
      const received = kernel.recvfrom(hostFd, codec.answer, ANSWER_MAX, 0);
      if (received === -EAGAIN) continue;
      if (isErrno(received)) return received;
      if (isFrom(kernel, server) && codec.accepts(queryLength, received)) return received;
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
function isUseful(codec: DnsCodec, length: number): boolean {
  const rcode = codec.rcode();
  if (rcode === SERVFAIL || rcode === NOTIMP || rcode === REFUSED) return false;
  return rcode !== NOERROR || !isReferral(new DataView(codec.memory.buffer, codec.answer, length));
}

/** No answer, not authoritative, and no recursion to be had (AA and RA of the header): as glibc's res_send has it. */
function isReferral(header: DataView): boolean {
  const isAuthoritative = (header.getUint8(2) & 0x04) !== 0;
  const recurses = (header.getUint8(3) & 0x80) !== 0;
  return header.getUint16(6) === 0 && !isAuthoritative && !recurses;
}
