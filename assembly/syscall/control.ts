// Control messages: what goes beside the bytes of a message.

import { failed, Result } from "../errors";
import { EINVAL, SCM_CREDENTIALS, SCM_RIGHTS, SOL_SOCKET } from "../linux.generated";
import { CMSG_LEN, CMSG_SPACE } from "../message";
import { Errno } from "./errno";
import { Ucred } from "./option";

/** The head of a control message. */
@final
export class Cmsghdr {
  constructor(
    /** Head and data, cmsgLen(size of data). */
    public len: u32 = 0,
    /** SOL_SOCKET, … */
    public level: i32 = 0,
    /** SCM_RIGHTS, SCM_CREDENTIALS, … */
    public type: i32 = 0,
  ) {}
}

/** One control message. */
@final
export class SocketControlMessage {
  constructor(
    public header: Cmsghdr,
    public data: Uint8Array,
  ) {}
}

/** `syscall.CmsgLen(datalen)`: the `len` of a message with so much data. cmsg(3) */
export function cmsgLen(datalen: i32): i32 {
  return CMSG_LEN(datalen);
}

/** `syscall.CmsgSpace(datalen)`: the room that a message with so much data takes. cmsg(3) */
export function cmsgSpace(datalen: i32): i32 {
  return CMSG_SPACE(datalen);
}

/** The messages in `b`, which is what recvmsg() stored: EINVAL if one is longer than what is there, whoever wrote it. */
export function parseSocketControlMessage(b: Uint8Array): Result<SocketControlMessage[]> {
  const messages: SocketControlMessage[] = [];
  let at: u32 = 0;
  while (<u32>b.length >= at && <u32>b.length - at >= CMSG_LEN(0)) {
    const start = b.dataStart + at;
    const header = new Cmsghdr(load<u32>(start), load<i32>(start, 4), load<i32>(start, 8));
    if (header.len < CMSG_LEN(0) || header.len > <u32>b.length - at) {
      return failed<SocketControlMessage[]>(new Errno(EINVAL));
    }
    messages.push(new SocketControlMessage(header, b.subarray(at + CMSG_LEN(0), at + header.len)));
    at += (header.len + 3) & ~3;
  }
  return new Result<SocketControlMessage[]>(messages);
}

/** `syscall.UnixRights(fds...)`: the control message that passes these descriptors. unix(7) */
export function unixRights(...fds: i32[]): Uint8Array {
  const message = controlMessage(SCM_RIGHTS, fds.length * 4);
  const data = message.dataStart + CMSG_LEN(0);
  for (let i = 0; i < fds.length; i++) store<i32>(data + 4 * i, fds[i]);
  return message;
}

/** `syscall.ParseUnixRights(m)`: the descriptors that came with a message. They are the program's to close. */
export function parseUnixRights(m: SocketControlMessage): Result<i32[]> {
  if (!is(m, SCM_RIGHTS)) return failed<i32[]>(new Errno(EINVAL));
  const fds = new Array<i32>(m.data.length >> 2);
  for (let i = 0; i < fds.length; i++) fds[i] = load<i32>(m.data.dataStart + 4 * i);
  return new Result<i32[]>(fds);
}

/** `syscall.UnixCredentials(ucred)`: the control message that tells who sends. unix(7) */
export function unixCredentials(ucred: Ucred): Uint8Array {
  const message = controlMessage(SCM_CREDENTIALS, 12);
  const data = message.dataStart + CMSG_LEN(0);
  store<i32>(data, ucred.pid);
  store<u32>(data, ucred.uid, 4);
  store<u32>(data, ucred.gid, 8);
  return message;
}

/** `syscall.ParseUnixCredentials(m)`: who sent a message, to a socket with SO_PASSCRED. */
export function parseUnixCredentials(m: SocketControlMessage): Result<Ucred> {
  if (!is(m, SCM_CREDENTIALS) || m.data.length < 12) return failed<Ucred>(new Errno(EINVAL));
  const data = m.data.dataStart;
  return new Result<Ucred>(new Ucred(load<i32>(data), load<u32>(data, 4), load<u32>(data, 8)));
}

function is(m: SocketControlMessage, type: i32): bool {
  return m.header.level == SOL_SOCKET && m.header.type == type;
}

/** A message of SOL_SOCKET with room for `size` bytes of data. */
function controlMessage(type: i32, size: i32): Uint8Array {
  const message = new Uint8Array(CMSG_SPACE(size));
  store<u32>(message.dataStart, CMSG_LEN(size));
  store<i32>(message.dataStart, SOL_SOCKET, 4);
  store<i32>(message.dataStart, type, 8);
  return message;
}
