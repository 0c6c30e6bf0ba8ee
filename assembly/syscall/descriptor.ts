// The calls on descriptors of any kind.

import * as sys from "../bindings/berkeley";
import { EINVAL, F_GETFL, F_SETFD, F_SETFL, FD_CLOEXEC, O_NONBLOCK } from "../linux.generated";
import { Errno } from "./errno";

/** `syscall.Read(fd, p)`: reads up to `p.length` bytes: how many, 0 at the end, or a negated errno. read(2) */
export function read(fd: i32, p: Uint8Array): i32 {
  return sys.read(fd, p.dataStart, p.length);
}

/** `syscall.Write(fd, p)`: writes up to `p.length` bytes: how many, or a negated errno. write(2) */
export function write(fd: i32, p: Uint8Array): i32 {
  return sys.write(fd, p.dataStart, p.length);
}

/** `syscall.Open(path, mode, perm)`: a file's descriptor, or a negated errno. open(2) */
export function open(path: string, mode: i32, perm: u32): i32 {
  if (path.includes("\0")) return -EINVAL;
  return sys.open(changetype<usize>(String.UTF8.encode(path, true)), mode, perm);
}

/** `syscall.Close(fd)`: gives a descriptor up. close(2) */
export function close(fd: i32): Errno | null {
  return Errno.of(sys.close(fd));
}

/** `syscall.Unlink(path)`: removes a name from the file system. unlink(2) */
export function unlink(path: string): Errno | null {
  if (path.includes("\0")) return new Errno(EINVAL);
  return Errno.of(sys.unlink(changetype<usize>(String.UTF8.encode(path, true))));
}

/** `syscall.Dup(fd)`: a second descriptor for the same, or a negated errno. dup(2) */
export function dup(fd: i32): i32 {
  return sys.dup(fd);
}

/** `syscall.Dup2(oldfd, newfd)`: makes `newfd` a second descriptor for what `oldfd` is. dup(2) */
export function dup2(oldfd: i32, newfd: i32): Errno | null {
  return Errno.of(sys.dup2(oldfd, newfd));
}

/** `syscall.Dup3(oldfd, newfd, flags)`: dup2() with O_CLOEXEC; EINVAL if both are the same. dup(2) */
export function dup3(oldfd: i32, newfd: i32, flags: i32): Errno | null {
  return Errno.of(sys.dup3(oldfd, newfd, flags));
}

/** `syscall.Pipe(p)`: makes a pipe: what is written to `p[1]` is read from `p[0]`. EINVAL unless `p` has 2 elements. pipe(2) */
export function pipe(p: StaticArray<i32>): Errno | null {
  return pipe2(p, 0);
}

/** `syscall.Pipe2(p, flags)`: pipe() with O_CLOEXEC, O_NONBLOCK or O_DIRECT. pipe(2) */
export function pipe2(p: StaticArray<i32>, flags: i32): Errno | null {
  return Errno.of(p.length == 2 ? sys.pipe2(changetype<usize>(p), flags) : -EINVAL);
}

/** `syscall.SetNonblock(fd, nonblocking)`: has calls fail with EAGAIN that would have to wait, or not. fcntl(2) */
export function setNonblock(fd: i32, nonblocking: bool): Errno | null {
  const flags = sys.fcntl(fd, F_GETFL, 0);
  if (flags < 0) return new Errno(-flags);
  return Errno.of(sys.fcntl(fd, F_SETFL, nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

/** `syscall.CloseOnExec(fd)`: keeps the descriptor from other programs. fcntl(2) */
export function closeOnExec(fd: i32): void {
  sys.fcntl(fd, F_SETFD, FD_CLOEXEC);
}
