// The options of sockets, by the type of their value.

import * as sys from "../bindings/berkeley";
import { failed, Result } from "../errors";
import { EINVAL } from "../linux.generated";
import { Errno } from "./errno";

const value: usize = memory.data(20, 8);
const valueSize: usize = memory.data(4, 4);

/** The value of SO_RCVTIMEO and SO_SNDTIMEO; both zero: no time limit. */
@final
export class Timeval {
  constructor(
    public sec: i64 = 0,
    public usec: i64 = 0,
  ) {}
}

/** The value of SO_LINGER. */
@final
export class Linger {
  constructor(
    /** Not 0: close() waits for unsent data. */
    public onoff: i32 = 0,
    /** Seconds. */
    public linger: i32 = 0,
  ) {}
}

/** The value of SO_PEERCRED, and what SCM_CREDENTIALS carries: who a process is. */
@final
export class Ucred {
  constructor(
    public pid: i32 = 0,
    public uid: u32 = 0,
    public gid: u32 = 0,
  ) {}
}

/** The value of IP_ADD_MEMBERSHIP: a group, and one's own address on an interface; 4 bytes each. */
@final
export class IPMreq {
  multiaddr: StaticArray<u8> = new StaticArray<u8>(4);
  interface: StaticArray<u8> = new StaticArray<u8>(4);
}

/** The same with an interface's number. */
@final
export class IPMreqn {
  multiaddr: StaticArray<u8> = new StaticArray<u8>(4);
  address: StaticArray<u8> = new StaticArray<u8>(4);
  ifindex: i32 = 0;
}

/** The value of IPV6_JOIN_GROUP: a group of 16 bytes, and an interface's number. */
@final
export class IPv6Mreq {
  multiaddr: StaticArray<u8> = new StaticArray<u8>(16);
  interface: u32 = 0;
}

/** `syscall.SetsockoptInt(fd, level, opt, value)`: setsockopt(2) */
export function setsockoptInt(fd: i32, level: i32, opt: i32, number: i32): Errno | null {
  store<i32>(value, number);
  return set(fd, level, opt, 4);
}

/** `syscall.SetsockoptByte(fd, level, opt, value)`: of one byte. setsockopt(2) */
export function setsockoptByte(fd: i32, level: i32, opt: i32, byte: u8): Errno | null {
  store<u8>(value, byte);
  return set(fd, level, opt, 1);
}

/** `syscall.SetsockoptString(fd, level, opt, s)`: TCP_CONGESTION. setsockopt(2) */
export function setsockoptString(fd: i32, level: i32, opt: i32, s: string): Errno | null {
  const bytes = String.UTF8.encode(s);
  return Errno.of(sys.setsockopt(fd, level, opt, changetype<usize>(bytes), bytes.byteLength));
}

/** `syscall.SetsockoptTimeval(fd, level, opt, tv)`: SO_RCVTIMEO, SO_SNDTIMEO. setsockopt(2) */
export function setsockoptTimeval(fd: i32, level: i32, opt: i32, tv: Timeval): Errno | null {
  store<i64>(value, tv.sec);
  store<i64>(value, tv.usec, 8);
  return set(fd, level, opt, 16);
}

/** `syscall.SetsockoptLinger(fd, level, opt, l)`: SO_LINGER. setsockopt(2) */
export function setsockoptLinger(fd: i32, level: i32, opt: i32, l: Linger): Errno | null {
  store<i32>(value, l.onoff);
  store<i32>(value, l.linger, 4);
  return set(fd, level, opt, 8);
}

/** `syscall.SetsockoptInet4Addr(fd, level, opt, value)`: IP_MULTICAST_IF. setsockopt(2) */
export function setsockoptInet4Addr(fd: i32, level: i32, opt: i32, address: StaticArray<u8>): Errno | null {
  return Errno.of(put(address, 4, 0) ? setAt(fd, level, opt, 4) : -EINVAL);
}

/** `syscall.SetsockoptIPMreq(fd, level, opt, mreq)`: IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP. setsockopt(2) */
export function setsockoptIPMreq(fd: i32, level: i32, opt: i32, mreq: IPMreq): Errno | null {
  if (!put(mreq.multiaddr, 4, 0) || !put(mreq.interface, 4, 4)) return new Errno(EINVAL);
  return set(fd, level, opt, 8);
}

/** `syscall.SetsockoptIPMreqn(fd, level, opt, mreq)`: the same, and IP_MULTICAST_IF. setsockopt(2) */
export function setsockoptIPMreqn(fd: i32, level: i32, opt: i32, mreq: IPMreqn): Errno | null {
  if (!put(mreq.multiaddr, 4, 0) || !put(mreq.address, 4, 4)) return new Errno(EINVAL);
  store<i32>(value, mreq.ifindex, 8);
  return set(fd, level, opt, 12);
}

/** `syscall.SetsockoptIPv6Mreq(fd, level, opt, mreq)`: IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP. setsockopt(2) */
export function setsockoptIPv6Mreq(fd: i32, level: i32, opt: i32, mreq: IPv6Mreq): Errno | null {
  if (!put(mreq.multiaddr, 16, 0)) return new Errno(EINVAL);
  store<u32>(value, mreq.interface, 16);
  return set(fd, level, opt, 20);
}

/** `syscall.GetsockoptInt(fd, level, opt)`: getsockopt(2) */
export function getsockoptInt(fd: i32, level: i32, opt: i32): Result<i32> {
  store<i32>(value, 0);
  const result = get(fd, level, opt, 4);
  return result < 0 ? failed<i32>(new Errno(-result)) : new Result<i32>(load<i32>(value));
}

/** `syscall.GetsockoptInet4Addr(fd, level, opt)`: IP_MULTICAST_IF. getsockopt(2) */
export function getsockoptInet4Addr(fd: i32, level: i32, opt: i32): Result<StaticArray<u8>> {
  const address = new StaticArray<u8>(4);
  const result = get(fd, level, opt, 4);
  if (result < 0) return failed<StaticArray<u8>>(new Errno(-result));
  memory.copy(changetype<usize>(address), value, 4);
  return new Result<StaticArray<u8>>(address);
}

/** `syscall.GetsockoptUcred(fd, level, opt)`: SO_PEERCRED. getsockopt(2) */
export function getsockoptUcred(fd: i32, level: i32, opt: i32): Result<Ucred> {
  const result = get(fd, level, opt, 12);
  if (result < 0) return failed<Ucred>(new Errno(-result));
  return new Result<Ucred>(new Ucred(load<i32>(value), load<u32>(value, 4), load<u32>(value, 8)));
}

function setAt(fd: i32, level: i32, opt: i32, size: u32): i32 {
  return sys.setsockopt(fd, level, opt, value, size);
}

function set(fd: i32, level: i32, opt: i32, size: u32): Errno | null {
  return Errno.of(setAt(fd, level, opt, size));
}

function get(fd: i32, level: i32, opt: i32, size: u32): i32 {
  store<u32>(valueSize, size);
  return sys.getsockopt(fd, level, opt, value, valueSize);
}

/** Puts an address of `size` bytes into the value; false if it has another number of them. */
function put(address: StaticArray<u8>, size: i32, offset: i32): bool {
  if (address.length != size) return false;
  memory.copy(value + offset, changetype<usize>(address), size);
  return true;
}
