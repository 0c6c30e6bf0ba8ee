import type { IpBytes } from "./ip.js";
import type { Transport } from "./rule.js";

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
 * - `unlink`, `stat`: the socket file of a Unix address (rights: listen; listen or connect)
 * - `raw`: the family or type of a socket that sees more than its own traffic
 */
export type Question =
  | {
      readonly verb: "connect" | "send" | "bind" | "listen" | "unlink" | "stat";
      readonly endpoint: Endpoint;
      readonly dualStack?: boolean;
    }
  | { readonly verb: "raw"; readonly what: string };

/** The answer, with the rule that gave it: a denial's rule is null when no rule allowed. */
export interface Verdict {
  readonly allowed: boolean;
  /** As it was granted or denied, such as `--allow-net-connect=loopback`. */
  readonly rule: string | null;
}
