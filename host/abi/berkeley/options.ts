import { isErrno, type SysResult } from "../../core/errno.js";
import { EINVAL } from "../../core/linux.generated.js";
import { getOption, optionValueMax, setOption } from "../../core/options.js";
import type { AbiContext } from "../imports.js";

/**
 * `int getsockopt(int fd, int level, int optname, void *optval, socklen_t *optlen)`
 *
 * `struct timeval` is two 64-bit numbers, `struct linger` two 32-bit ones.
 */
export function getsockopt(
  { core, memory }: AbiContext,
  fd: number,
  level: number,
  optname: number,
  optval: number,
  optlen: number,
): SysResult {
  const socket = core.fds.socket(fd);
  if (isErrno(socket)) return socket;
  const room = memory.getInt32(optlen);
  if (room < 0) return -EINVAL;
  const value = new Uint8Array(Math.min(room, optionValueMax(level, optname)));
  memory.reserve(optval, value.length);
  const length = getOption(core, core.fds.hostFd(fd), level, optname, value);
  if (isErrno(length)) return length;
  memory.bytes(optval, length).set(value.subarray(0, length));
  memory.setUint32(optlen, length);
  return 0;
}

/**
 * `int setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)`
 *
 * Joining a multicast group is judged by the right to listen, and wants a rule that names it (EACCES). TCP_CONGESTION
 * can be set to reno and cubic (EPERM). ENOPROTOOPT for options that are not honored: setsockopt(2).
 */
export function setsockopt(
  { core, memory }: AbiContext,
  fd: number,
  level: number,
  optname: number,
  optval: number,
  optlen: number,
): SysResult {
  const socket = core.fds.socket(fd);
  if (isErrno(socket)) return socket;
  if (optlen < 0) return -EINVAL;
  const value = memory.copy(optval, Math.min(optlen, optionValueMax(level, optname)));
  return setOption(core, core.fds.hostFd(fd), level, optname, value);
}
