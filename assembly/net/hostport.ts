// Addresses as text with a port: `host:port`, `[host]:port`.

import { failed, Result } from "../errors";
import { AddrError } from "./errors";

const OPEN: i32 = 0x5b;
const COLON: i32 = 0x3a;
const MISSING_PORT: string = "missing port in address";
const TOO_MANY_COLONS: string = "too many colons in address";

/** What Go's SplitHostPort() returns as `(host, port, nil)`. */
@final
export class HostPort {
  constructor(
    readonly host: string,
    readonly port: string,
  ) {}
}

/** `net.JoinHostPort(host, port)`: `host:port`, or `[host]:port` if there is a colon in `host`. */
export function joinHostPort(host: string, port: string): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * `net.SplitHostPort(hostport)`: the two parts of `host:port`, `[host]:port` or
 * `[host%zone]:port`. Neither is looked at.
 *
 * Fails with an AddrError: `address x: missing port in address`, and others.
 */
export function splitHostPort(hostport: string): Result<HostPort> {
  const colon = hostport.lastIndexOf(":");
  if (colon < 0) return refuse(hostport, MISSING_PORT);
  const isBracketed = hostport.charCodeAt(0) == OPEN;
  const close = isBracketed ? hostport.indexOf("]") : -1;
  const problem = isBracketed ? bracketProblem(hostport, close, colon) : null;
  if (problem !== null) return refuse(hostport, problem);
  const host = isBracketed ? hostport.substring(1, close) : hostport.substring(0, colon);
  if (!isBracketed && host.includes(":")) return refuse(hostport, TOO_MANY_COLONS);
  if (hostport.indexOf("[", i32(isBracketed)) >= 0) return refuse(hostport, "unexpected '[' in address");
  if (hostport.indexOf("]", close + 1) >= 0) return refuse(hostport, "unexpected ']' in address");
  return new Result<HostPort>(new HostPort(host, hostport.substring(colon + 1)));
}

/** What is wrong around the bracket at `close`, which the last colon has to follow; null: nothing. */
function bracketProblem(hostport: string, close: i32, colon: i32): string | null {
  if (close < 0) return "missing ']' in address";
  if (close + 1 == colon) return null;
  // charCodeAt() answers -1 past the end.
  return hostport.charCodeAt(close + 1) == COLON ? TOO_MANY_COLONS : MISSING_PORT;
}

function refuse(address: string, why: string): Result<HostPort> {
  return failed<HostPort>(new AddrError(why, address));
}
