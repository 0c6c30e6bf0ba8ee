import type { IpBytes } from "./ip.js";
import type { RawKind, Transport } from "./rule.js";

/** An IP endpoint as the call gave it, not yet canonical. */
export interface IpEndpoint {
  readonly kind: "ip";
  readonly transport: Transport;
  readonly address: IpBytes;
  readonly port: number;
}

/** A Unix endpoint: the real path or the abstract name, one character per byte. */
export interface UnixEndpoint {
  readonly kind: "unix-path" | "unix-abstract";
  readonly name: string;
}

export type Endpoint = IpEndpoint | UnixEndpoint;

/**
 * Everything that policy can be asked, with what each question judges:
 *
 * - `connect`, `send`: the destination, the unspecified one as loopback (right: connect)
 * - `bind`: the address asked for, the wildcard as all interfaces (right: listen)
 * - `listen`: the actual local address of a socket whose bind was not judged (right: listen)
 * - `join`: a multicast group, whatever the port (right: listen, by a rule that names multicast)
 * - `unlink`, `stat`: the socket file of a Unix address (rights: listen or write; listen, connect
 *   or read)
 * - `resolve`: the canonical name of a look-up (right: resolve); one of an address's name (a PTR query) is also
 *   open to who may connect to that address
 * - `read`, `write`: the real path of a file that is no socket (rights: read, write)
 * - `move`: the real path of a socket file, or of a directory that may hold some, which is to get another path where
 *   sockets may be connected to (right: connect, to what is there, or to all below it)
 * - `pass-fd`: descriptors that cross the boundary of the sandbox, whichever they are
 * - `raw`: the family or type of a socket that sees more than its own traffic
 * - `env`: a variable of the host's environment, before the guest starts: what it may not see is not there
 */
export type Question =
  | EndpointQuestion
  | ResolveQuestion
  | FileQuestion
  | MoveQuestion
  | { readonly verb: "pass-fd"; readonly direction: "send" | "receive" }
  | { readonly verb: "raw"; readonly what: RawKind }
  | { readonly verb: "env"; readonly name: string };

/**
 * Where a file's contents come from: a medium; the kernel and its devices; or the process that runs the guest, whose
 * memory is one of its files.
 */
export type FileOrigin = "medium" | "kernel" | "host";

export interface FileQuestion {
  readonly verb: "read" | "write";
  /** One character per byte. */
  readonly path: string;
  readonly origin: FileOrigin;
  /** Whether it is to get another path: what is denied below it would go along, to where the denial does not find it. */
  readonly moves?: true;
}

export interface MoveQuestion {
  readonly verb: "move";
  /** One character per byte, as in `to`. */
  readonly path: string;
  readonly to: string;
  readonly isDirectory: boolean;
}

export interface EndpointQuestion {
  readonly verb: "connect" | "send" | "bind" | "listen" | "join" | "unlink" | "stat";
  readonly endpoint: Endpoint;
  readonly dualStack?: boolean;
  /** The names by which the guest looked up a destination: its leases. */
  readonly names?: readonly string[];
}

export interface ResolveQuestion {
  readonly verb: "resolve";
  /** In lower case, without a final dot; what is no letter, digit, hyphen or underscore as `\DDD`. */
  readonly name: string;
  /** The address whose name is asked for. */
  readonly address?: IpBytes;
  /** As of a destination: the leases of `address`. */
  readonly names?: readonly string[];
}

/** The answer, with the rule that gave it: a denial's rule is null when no rule allowed. */
export interface Verdict {
  readonly allowed: boolean;
  /** As it was granted or denied, such as `--allow-net-connect=loopback`. */
  readonly rule: string | null;
  /** Whether it answers this one question, and the same asked again has to be judged anew. */
  readonly once?: true;
}
