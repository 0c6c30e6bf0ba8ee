// The errors of Go's package net, with Go's texts.

import { Failure } from "../errors";
import { ECONNABORTED, ECONNRESET } from "../linux.generated";
import { SyscallError } from "../os/errors";
import { Errno } from "../syscall/errno";
import { Addr } from "./addr";

/** `net.ErrClosed`: the connection has been closed, by this program. */
// @ts-ignore: decorator
@lazy export const ErrClosed: Failure = new Failure("use of closed network connection");

/** `net.ErrWriteToConnected`: what is connected has its address already. */
// @ts-ignore: decorator
@lazy export const ErrWriteToConnected: Failure = new Failure("use of WriteTo with pre-connected connection");

/** What an operation of net failed of, and where. */
@final
export class OpError extends Failure {
  constructor(
    /** `dial`, `listen`, `accept`, `read`, `write`, `close`, `set`, … */
    readonly op: string,
    /** `tcp`, `udp6`, `unix`, … */
    readonly net: string,
    /** The own address of a connection. */
    readonly source: Addr | null,
    /** The peer's address, or of a listener its own. */
    readonly addr: Addr | null,
    readonly err: Failure,
  ) {
    super("");
  }

  /** `dial tcp 127.0.0.1:80: connect: connection refused`, `read tcp 127.0.0.1:1->127.0.0.1:2: i/o timeout` */
  toString(): string {
    const source = this.source;
    const addr = this.addr;
    let text = this.op;
    if (this.net.length > 0) text += ` ${this.net}`;
    if (source !== null) text += ` ${source.toString()}`;
    if (addr !== null) text += `${source !== null ? "->" : " "}${addr.toString()}`;
    return `${text}: ${this.err.toString()}`;
  }

  timeout(): bool {
    return this.err.timeout();
  }

  temporary(): bool {
    const err = this.err;
    if (this.op == "accept" && isConnectionError(err)) return true;
    return err instanceof SyscallError ? (err as SyscallError).err.temporary() : err.temporary();
  }

  unwrap(): Failure | null {
    return this.err;
  }
}

/** Whether a client has gone before it was accepted. */
function isConnectionError(err: Failure): bool {
  if (!(err instanceof Errno)) return false;
  const number = (err as Errno).number;
  return number == ECONNRESET || number == ECONNABORTED;
}

/** What an address does not have that it should. */
@final
export class AddrError extends Failure {
  constructor(
    readonly err: string,
    readonly addr: string,
  ) {
    super("");
  }

  /** `address x: missing port in address` */
  toString(): string {
    return this.addr.length > 0 ? `address ${this.addr}: ${this.err}` : this.err;
  }
}

/** A text is not what it should be the text of. */
@final
export class ParseError extends Failure {
  constructor(
    /** `IP address`, `CIDR address` */
    readonly type: string,
    readonly text: string,
  ) {
    super("");
  }

  /** `invalid CIDR address: x` */
  toString(): string {
    return `invalid ${this.type}: ${this.text}`;
  }
}

/** There is no network of this name. */
@final
export class UnknownNetworkError extends Failure {
  constructor(readonly network: string) {
    super("");
  }

  /** `unknown network x` */
  toString(): string {
    return `unknown network ${this.network}`;
  }
}

/** An address cannot be used there. */
@final
export class InvalidAddrError extends Failure {}

/** A look-up of a name failed. */
@final
export class DNSError extends Failure {
  constructor(
    /** `no such host`, `server misbehaving`, `i/o timeout`, … */
    readonly err: string,
    readonly name: string,
    /** Who was asked, if that is known. */
    readonly server: string = "",
    readonly isTimeout: bool = false,
    readonly isTemporary: bool = false,
    readonly isNotFound: bool = false,
  ) {
    super("");
  }

  /** `lookup NAME on SERVER: no such host` */
  toString(): string {
    const where = this.server.length > 0 ? ` on ${this.server}` : "";
    return `lookup ${this.name}${where}: ${this.err}`;
  }

  timeout(): bool {
    return this.isTimeout;
  }

  temporary(): bool {
    return this.isTimeout || this.isTemporary;
  }
}

/** The configuration of DNS cannot be read. */
@final
export class DNSConfigError extends Failure {
  constructor(readonly err: Failure) {
    super("");
  }

  /** `error reading DNS config: …` */
  toString(): string {
    return `error reading DNS config: ${this.err.toString()}`;
  }

  unwrap(): Failure | null {
    return this.err;
  }
}
