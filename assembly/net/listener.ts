// What listeners have in common.

import { Failure, failed, Result } from "../errors";
import { Closer } from "../io";
import { SIZEOF_SOCKADDR_STORAGE } from "../linux.generated";
import { File } from "../os";
import { Addr } from "./addr";
import { Conn, reasonOf } from "./conn";
import { Descriptor } from "./descriptor";
import { OpError } from "./errors";
import { failureOf, name, nameLength } from "./socket";

/** Something that clients connect to: Go's interface `net.Listener`. Any number of goroutines may use it at once. */
export abstract class Listener implements Closer {
  /** Waits for the next client; a connection to it, or why there is none. */
  abstract accept(): Result<Conn>;

  /** Ends it; all that wait in accept() are told. What was accepted goes on. */
  abstract close(): Failure | null;

  /** Where it listens. */
  abstract addr(): Addr;
}

/** A listener that is a socket of the kernel's. */
export abstract class SocketListener extends Listener {
  constructor(
    protected descriptor: Descriptor,
    protected net: string,
    protected laddr: Addr,
  ) {
    super();
  }

  close(): Failure | null {
    return this.wasDone("close", failureOf("close", this.descriptor.close()));
  }

  addr(): Addr {
    return this.laddr;
  }

  /** accept() fails with a time-out from `t` on, as time's now() counts. 0: never. */
  setDeadline(t: i64): Failure | null {
    return this.wasDone("set", failureOf("set", this.descriptor.setReadDeadline(t)));
  }

  /** `File()`: a second descriptor of the same socket, as a file. Closing one does not close the other. */
  file(): Result<File> {
    const fd = this.descriptor.duplicate();
    if (fd < 0) return failed<File>(this.failure("file", reasonOf("dup", fd)));
    return new Result<File>(new File(fd, `${this.net}:${this.laddr.toString()}->`));
  }

  /** The next client's descriptor, with its address at `name`; or -errno. */
  protected take(): i32 {
    return this.descriptor.accept(name, nameLength, SIZEOF_SOCKADDR_STORAGE);
  }

  protected failure(op: string, err: Failure): OpError {
    return new OpError(op, this.net, null, this.laddr, err);
  }

  private wasDone(op: string, err: Failure | null): Failure | null {
    return err === null ? null : this.failure(op, err);
  }
}
