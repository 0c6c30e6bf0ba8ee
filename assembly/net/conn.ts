// What all connections have in common: Go's interfaces, and the conn that its
// TCPConn, UDPConn and UnixConn are made of.

import { Failure, failed, Result } from "../errors";
import { Closer, EOF, Reader, Writer } from "../io";
import { SO_RCVBUF, SO_SNDBUF, SOL_SOCKET } from "../linux.generated";
import { File } from "../os";
import { ErrDeadlineExceeded, SyscallError } from "../os/errors";
import { Errno } from "../syscall/errno";
import { Addr } from "./addr";
import { CLOSED, Descriptor, EXPIRED } from "./descriptor";
import { ErrClosed, OpError } from "./errors";

/** A connection: Go's interface `net.Conn`. Any number of goroutines may use it at once. */
export abstract class Conn implements Reader, Writer, Closer {
  err: Failure | null = null;

  /** Reads up to `p.length` bytes, and waits for the first of them; how many. 0: `err` is EOF or says what went wrong. */
  abstract read(p: Uint8Array): i32;

  /** Writes all of `p`; how many bytes. If fewer, `err` tells why. */
  abstract write(p: Uint8Array): i32;

  /** Ends the connection; all that wait for it are told. Null, or what went wrong. */
  abstract close(): Failure | null;

  /** The address of this end, or null if it is not known. */
  abstract localAddr(): Addr | null;

  /** The address of the other end, or null without one. */
  abstract remoteAddr(): Addr | null;

  /** Reads and writes fail with a time-out from `t` on, as time's now() counts, also those that wait already. 0: never. */
  abstract setDeadline(t: i64): Failure | null;

  /** The same for reads. */
  abstract setReadDeadline(t: i64): Failure | null;

  /** The same for writes. */
  abstract setWriteDeadline(t: i64): Failure | null;
}

/** Why a call answered `result`, which is negative: Go's error below an OpError. */
export function reasonOf(call: string, result: i32): Failure {
  if (result == CLOSED) return ErrClosed;
  if (result == EXPIRED) return ErrDeadlineExceeded;
  return new SyscallError(call, new Errno(-result));
}

/** A connection that is a socket of the kernel's: Go's `conn`. */
export abstract class SocketConn extends Conn {
  constructor(
    protected descriptor: Descriptor,
    protected net: string,
    protected laddr: Addr | null,
    protected raddr: Addr | null,
  ) {
    super();
  }

  /** Whether a read of nothing is the end. An empty datagram is none. */
  protected get endsWithNothing(): bool {
    return true;
  }

  read(p: Uint8Array): i32 {
    const size = this.descriptor.read(p.dataStart, p.length);
    if (size <= 0) return this.endRead(size, p.length);
    if (this.err !== null) this.err = null;
    return size;
  }

  private endRead(size: i32, asked: i32): i32 {
    if (size < 0) this.err = this.failure("read", reasonOf("read", size));
    else this.err = asked > 0 && this.endsWithNothing ? EOF : null;
    return 0;
  }

  write(p: Uint8Array): i32 {
    const size = this.descriptor.write(p.dataStart, p.length);
    if (size < 0) return this.endWrite(size);
    if (this.err !== null) this.err = null;
    return size;
  }

  private endWrite(size: i32): i32 {
    const written = this.descriptor.written;
    this.err = this.failure("write", reasonOf("write", size));
    return written;
  }

  close(): Failure | null {
    const result = this.descriptor.close();
    return result < 0 ? this.failure("close", reasonOf("close", result)) : null;
  }

  localAddr(): Addr | null {
    return this.laddr;
  }

  remoteAddr(): Addr | null {
    return this.raddr;
  }

  setDeadline(t: i64): Failure | null {
    const result = this.descriptor.setReadDeadline(t);
    if (result == 0) this.descriptor.setWriteDeadline(t);
    return this.wasSet("set", result);
  }

  setReadDeadline(t: i64): Failure | null {
    return this.wasSet("set", this.descriptor.setReadDeadline(t));
  }

  setWriteDeadline(t: i64): Failure | null {
    return this.wasSet("set", this.descriptor.setWriteDeadline(t));
  }

  /** The size of the kernel's buffer for what has come, SO_RCVBUF: it takes twice as much. socket(7) */
  setReadBuffer(bytes: i32): Failure | null {
    return this.setOption(SOL_SOCKET, SO_RCVBUF, bytes);
  }

  /** The size of the kernel's buffer for what is to go, SO_SNDBUF. socket(7) */
  setWriteBuffer(bytes: i32): Failure | null {
    return this.setOption(SOL_SOCKET, SO_SNDBUF, bytes);
  }

  /**
   * `File()`: a second descriptor of the same socket, as a file: to be passed on, or given to calls of sockyard/socket.
   *
   * Closing one does not close the other. Both do not block.
   */
  file(): Result<File> {
    const fd = this.descriptor.duplicate();
    if (fd < 0) return failed<File>(this.failure("file", reasonOf("dup", fd)));
    return new Result<File>(new File(fd, `${this.net}:${textOf(this.laddr)}->${textOf(this.raddr)}`));
  }

  protected failure(op: string, err: Failure): OpError {
    return new OpError(op, this.net, this.laddr, this.raddr, err);
  }

  protected setOption(level: i32, name: i32, value: i32): Failure | null {
    return this.wasSet("setsockopt", this.descriptor.setOption(level, name, value));
  }

  /** Null, or why the call that sets something answered `result`. */
  protected wasSet(call: string, result: i32): Failure | null {
    return result < 0 ? new OpError("set", this.net, null, this.laddr, reasonOf(call, result)) : null;
  }
}

function textOf(addr: Addr | null): string {
  return addr === null ? "" : addr.toString();
}
