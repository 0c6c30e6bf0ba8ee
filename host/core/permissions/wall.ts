import type { Policy, Right } from "./policy.js";
import { RAW_KINDS, type RawKind, type Rule } from "./rule.js";

/** What may be done below a path, or to the file that is there. */
export interface Place {
  /** The real path, one character per byte. */
  readonly path: string;
  readonly read: boolean;
  /** To write, to create, to rename and to remove. */
  readonly write: boolean;
  /** To make and to remove socket files. */
  readonly sockets: boolean;
}

/**
 * The grants in terms that the kernel can hold a process to.
 *
 * It is never less than what the policy allows: what cannot be said in these
 * terms (addresses, denials, the names behind an address) is left out.
 */
export interface Wall {
  readonly places: readonly Place[];
  /** TCP ports to bind; null for any. */
  readonly bindPorts: readonly number[] | null;
  /** TCP ports to connect to; null for any. */
  readonly connectPorts: readonly number[] | null;
  /** Whether an abstract Unix socket of another process may be reached. */
  readonly reachesAbstract: boolean;
  readonly raw: readonly RawKind[];
  /** Whether there can be look-ups, for which the host has needs of its own. */
  readonly looksUp: boolean;
}

/** A wall that keeps nothing back: for rights that are total, or that may still grow. */
const OPEN: Wall = {
  places: [{ path: "/", read: true, write: true, sockets: true }],
  bindPorts: null,
  connectPorts: null,
  reachesAbstract: true,
  raw: RAW_KINDS,
  looksUp: true,
};

/** So many ports are told to the kernel one by one; more are any. */
const MOST_PORTS = 256;

/** The wall behind a policy, whose rights somebody may still add to if `mayGrow`. */
export function wallOf(policy: Policy, mayGrow: boolean): Wall {
  const { all } = policy.rules;
  if (all || mayGrow) return OPEN;
  const allowed = (right: Right): Rule[] => policy.rules[right].allow.map(({ rule }) => rule);
  const [connect, listen] = [allowed("connect"), allowed("listen")];
  return {
    places: [
      ...allowed("read").map((rule) => place(rule, "read")),
      ...allowed("write").map((rule) => place(rule, "write")),
      ...listen.filter(isUnixPath).map((rule) => place(rule, "sockets")),
    ],
    bindPorts: portsOf(listen),
    connectPorts: portsOf(connect),
    reachesAbstract: connect.some(({ target }) => target.kind === "everything" || target.kind === "unix-abstract"),
    raw: RAW_KINDS.filter((kind) => policy.judge({ verb: "raw", what: kind }).allowed),
    // Who may connect to an address may ask for its name.
    looksUp: policy.mayResolve || connect.some(isIp),
  };
}

function place({ target }: Rule, access: "read" | "write" | "sockets"): Place {
  const none = { read: false, write: false, sockets: false };
  return { path: pathOf(target), ...none, [access]: true };
}

/** A socket is made in its directory. */
function pathOf(target: Rule["target"]): string {
  if (target.kind === "file") return target.path;
  if (target.kind !== "unix-path") return "/";
  return target.below ? target.path : target.path.slice(0, target.path.lastIndexOf("/")) || "/";
}

function isUnixPath({ target }: Rule): boolean {
  return target.kind === "everything" || target.kind === "unix-path";
}

function isIp({ target }: Rule): boolean {
  return target.kind !== "unix-path" && target.kind !== "unix-abstract";
}

/** The ports of the rules that are about TCP, each once. */
function portsOf(rules: readonly Rule[]): number[] | null {
  const ports = new Set<number>();
  for (const rule of rules) {
    if (!isIp(rule) || rule.transport === "udp") continue;
    if (rule.ports === null || rule.ports.last - rule.ports.first >= MOST_PORTS) return null;
    for (let port = rule.ports.first; port <= rule.ports.last; port++) ports.add(port);
    if (ports.size > MOST_PORTS) return null;
  }
  return [...ports];
}
