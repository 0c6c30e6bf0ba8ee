import { isErrno, type SysResult } from "../../core/errno.js";
import { type DescriptorPair, openPipe, openSocketPair } from "../../core/pair.js";
import type { AbiContext } from "../imports.js";
import type { GuestMemory } from "../memory.js";

const SIZEOF_PAIR = 8;

/**
 * `int socketpair(int domain, int type, int protocol, int sv[2])`
 *
 * Two connected sockets of AF_UNIX: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET. Needs no right.
 * EOPNOTSUPP for the IP families, EAFNOSUPPORT for others, EMFILE: socketpair(2).
 */
export function socketpair(
  { core, memory }: AbiContext,
  domain: number,
  type: number,
  protocol: number,
  sv: number,
): SysResult {
  memory.reserve(sv, SIZEOF_PAIR);
  return writePair(memory, sv, openSocketPair(core, domain, type, protocol));
}

/**
 * `int pipe(int pipefd[2])`
 *
 * `pipefd[0]` reads what is written to `pipefd[1]`. EMFILE: pipe(2).
 */
export function pipe(context: AbiContext, pipefd: number): SysResult {
  return pipe2(context, pipefd, 0);
}

/**
 * `int pipe2(int pipefd[2], int flags)`
 *
 * As pipe, with O_CLOEXEC, O_NONBLOCK and O_DIRECT; EINVAL for other flags.
 */
export function pipe2({ core, memory }: AbiContext, pipefd: number, flags: number): SysResult {
  memory.reserve(pipefd, SIZEOF_PAIR);
  return writePair(memory, pipefd, openPipe(core, flags));
}

function writePair(memory: GuestMemory, pointer: number, pair: DescriptorPair | SysResult): SysResult {
  if (isErrno(pair) || typeof pair === "number") return pair as SysResult;
  memory.setUint32(pointer, pair[0]);
  memory.setUint32(pointer + 4, pair[1]);
  return 0;
}
