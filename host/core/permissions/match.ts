import {
  ANY_4,
  ANY_6,
  canonicalAddress,
  canonicalDestination,
  embeddedV4,
  type IpBytes,
  type IpNetwork,
  isInClass,
  isUnspecified,
  LOOPBACK_4,
  LOOPBACK_6,
  networkContains,
  networksOverlap,
} from "./ip.js";
import { isNameWithin } from "./name.js";
import type { Endpoint, FileOrigin, UnixEndpoint } from "./question.js";
import type { PortRange, RawKind, Rule, RuleTarget, Transport } from "./rule.js";

/** A canonical address, or all interfaces of its family. */
interface IpCandidate {
  readonly kind: "address" | "wildcard";
  readonly purpose: "destination" | "local";
  readonly transport: Transport;
  readonly address: IpBytes;
  readonly port: number;
  /** The guest's leases of a destination. */
  readonly names: readonly string[];
}

/** A name that is to be looked up. */
interface NameCandidate {
  readonly kind: "name";
  readonly name: string;
}

/** A file that is to be read or written, by its real path. */
interface FileCandidate {
  readonly kind: "file";
  readonly path: string;
  readonly origin: FileOrigin;
}

/** A kind of sockets that see more than their own traffic. */
interface RawCandidate {
  readonly kind: "raw";
  readonly what: RawKind;
}

/** A variable that is to be inherited. */
interface VariableCandidate {
  readonly kind: "variable";
  readonly name: string;
}

/** One thing that must be allowed. */
export type Candidate = IpCandidate | NameCandidate | FileCandidate | RawCandidate | VariableCandidate | UnixEndpoint;

const NO_NAMES: readonly string[] = [];

/** What a destination stands for: its canonical address, and the names that it was looked up by. */
export function destinationOf(endpoint: Endpoint, names = NO_NAMES): Candidate[] {
  if (endpoint.kind !== "ip") return [endpoint];
  const { transport, port } = endpoint;
  const address = canonicalDestination(endpoint.address);
  return [{ kind: "address", purpose: "destination", transport, port, address, names }];
}

/** Stands for every port: a group is joined at none. */
const ANY_PORT = -1;

/** What a multicast group stands for: an address that, like a destination, a rule has to name. */
export function groupOf(endpoint: Endpoint): Candidate[] {
  return endpoint.kind === "ip" ? destinationOf({ ...endpoint, port: ANY_PORT }) : [endpoint];
}

/** What a local address stands for: the wildcard is every interface, of both families where the socket is dual-stack. */
export function localOf(endpoint: Endpoint, dualStack: boolean): Candidate[] {
  if (endpoint.kind !== "ip") return [endpoint];
  const { transport, port } = endpoint;
  const address = canonicalAddress(endpoint.address);
  const local = { purpose: "local", transport, port, names: NO_NAMES } as const;
  if (!isUnspecified(address)) return [{ kind: "address", ...local, address }];
  const own: Candidate = { kind: "wildcard", ...local, address };
  return dualStack && address.length === 16 ? [own, { kind: "wildcard", ...local, address: ANY_4.base }] : [own];
}

/** Whether an allow rule covers all of `candidate`. */
export function matches(rule: Rule, candidate: Candidate): boolean {
  if (isUnix(candidate)) return matchesUnix(rule.target, candidate);
  if (candidate.kind === "name") return matchesName(rule.target, candidate.name);
  if (candidate.kind === "file") return matchesFile(rule.target, candidate);
  if (candidate.kind === "raw") return matchesRaw(rule.target, candidate.what);
  if (candidate.kind === "variable") return matchesVariable(rule.target, candidate.name);
  if (!matchesTransport(rule, candidate.transport) || !matchesPort(rule.ports, candidate.port)) return false;
  if (candidate.kind === "wildcard") return coversAllInterfaces(rule.target, candidate.address);
  if (candidate.purpose === "local" && coversAllInterfaces(rule.target, candidate.address)) return true;
  if (rule.target.kind === "name") return coversLease(rule.target, candidate);
  return coversAddress(rule.target, candidate.address, candidate.purpose === "destination");
}

/** Whether a deny rule covers any part of `candidate`, the IPv4 address embedded in an IPv6 one included. */
export function matchesAny(rule: Rule, candidate: Candidate): boolean {
  if (isUnix(candidate)) return matchesUnix(rule.target, candidate);
  if (candidate.kind === "name") return matchesName(rule.target, candidate.name);
  if (candidate.kind === "file") return liesIn(rule.target, candidate.path);
  if (candidate.kind === "raw") return matchesRaw(rule.target, candidate.what);
  if (candidate.kind === "variable") return matchesVariable(rule.target, candidate.name);
  if (!matchesTransport(rule, candidate.transport) || !matchesPort(rule.ports, candidate.port)) return false;
  const { target } = rule;
  if (target.kind === "everything") return true;
  if (target.kind === "name") return candidate.names.some((name) => matchesName(target, name));
  if (candidate.purpose === "local" && coversAllInterfaces(target, candidate.address)) return true;
  if (candidate.kind === "wildcard") return touchesFamily(target, candidate.address);
  const addresses = [candidate.address, embeddedV4(candidate.address)].filter((address) => address !== null);
  return addresses.some((address) => coversAddress(target, canonicalDestination(address), false));
}

function matchesTransport({ transport }: Rule, wanted: Transport): boolean {
  return transport === null || transport === wanted;
}

function matchesPort(ports: PortRange | null, port: number): boolean {
  return ports === null || port === ANY_PORT || (ports.first <= port && port <= ports.last);
}

/** Whether the target holds the canonical name; no address and no class does. */
function matchesName(target: RuleTarget, name: string): boolean {
  switch (target.kind) {
    case "everything":
      return true;
    case "name":
      return isNameWithin(name, target.name, target.below);
    case "localhost":
      return name === "localhost";
    default:
      return false;
  }
}

/**
 * Whether the guest looked the address up by a name of the target, and it is public.
 *
 * Whoever answers for a name could otherwise lead the guest to the host itself,
 * or into its network: such addresses want a rule of their own.
 */
function coversLease(target: RuleTarget, { address, names }: IpCandidate): boolean {
  return isInClass("public", address) && names.some((name) => matchesName(target, name));
}

/** Whether the target is a wildcard itself: nothing else opens all interfaces, loopback least of all. */
function coversAllInterfaces(target: RuleTarget, address: IpBytes): boolean {
  if (target.kind === "everything") return true;
  if (target.kind !== "network") return false;
  const { base, prefix } = target.network;
  if (!isUnspecified(base)) return false;
  const isWildcard = prefix === 0 || prefix === base.length * 8;
  // `[::]` is what a dual-stack server binds, so it stands for both families; `0.0.0.0` for IPv4 alone.
  return isWildcard && (base.length === address.length || base.length === 16);
}

/**
 * Whether the target holds the canonical address. Multicast and broadcast
 * destinations want a rule that names them: a grant of everything is not one.
 */
function coversAddress(target: RuleTarget, address: IpBytes, isDestination: boolean): boolean {
  switch (target.kind) {
    case "everything":
      return !isDestination || !isInClass("multicast", address);
    case "network":
      return networkContains(destinationNetwork(target.network), address);
    case "class":
      return isInClass(target.ipClass, address);
    case "localhost":
      return sameAddress(address, LOOPBACK_4) || sameAddress(address, LOOPBACK_6);
    default:
      return false;
  }
}

/** A rule for `0.0.0.0` or `[::]` as a destination means what the address means there: this host. */
function destinationNetwork({ base, prefix }: IpNetwork): IpNetwork {
  return prefix === base.length * 8 ? { base: canonicalDestination(base), prefix } : { base, prefix };
}

/** Whether the target holds any address of the wildcard's family. */
function touchesFamily(target: RuleTarget, wildcard: IpBytes): boolean {
  switch (target.kind) {
    case "network":
      return networksOverlap(wildcard.length === 4 ? ANY_4 : ANY_6, target.network);
    case "class":
    case "localhost":
      return true;
    default:
      return false;
  }
}

function sameAddress(one: IpBytes, other: IpBytes): boolean {
  return networkContains({ base: one, prefix: one.length * 8 }, other);
}

function isUnix(candidate: Candidate): candidate is UnixEndpoint {
  return candidate.kind === "unix-path" || candidate.kind === "unix-abstract";
}

function matchesUnix(target: RuleTarget, candidate: UnixEndpoint): boolean {
  switch (target.kind) {
    case "everything":
      return true;
    case "unix-path":
      if (candidate.kind !== "unix-path") return false;
      return target.below ? candidate.name.startsWith(directoryPrefix(target.path)) : candidate.name === target.path;
    case "unix-abstract":
      if (candidate.kind !== "unix-abstract") return false;
      return target.isPrefix ? candidate.name.startsWith(target.name) : candidate.name === target.name;
    default:
      return false;
  }
}

function matchesRaw(target: RuleTarget, what: RawKind): boolean {
  return target.kind === "everything" || (target.kind === "raw" && target.what === what);
}

function matchesVariable(target: RuleTarget, name: string): boolean {
  if (target.kind === "everything") return true;
  return target.kind === "variable" && (target.isPrefix ? name.startsWith(target.name) : name === target.name);
}

/** Where the kernel shows itself, by custom of every Linux. */
const KERNEL_PLACES: readonly string[] = ["/proc", "/sys", "/dev"];

/**
 * A path covers the file itself, or all that is below the directory. What shows or steers the kernel wants a rule that
 * names it or lies there as well, and no rule opens the host's own process: its memory is the way out of the sandbox.
 */
function matchesFile(target: RuleTarget, { path, origin }: FileCandidate): boolean {
  if (origin === "host" || !liesIn(target, path)) return false;
  if (origin === "medium" && !isKernelPlace(path)) return true;
  return target.kind === "file" && (path === target.path || isKernelPlace(target.path));
}

/** Whether a path is the target or below it. To a denial it is all the same what lies there. */
function liesIn(target: RuleTarget, path: string): boolean {
  return target.kind === "everything" || (target.kind === "file" && isWithin(path, target.path));
}

/** Below a directory, the name of what no rule names: no file can have it. */
export const ANY_OTHER = "/\0";

/** Whether the target is a path that is `place` or below it. */
export function isNamedWithin(target: RuleTarget, place: string): boolean {
  return (target.kind === "file" || target.kind === "unix-path") && isWithin(target.path, place);
}

/** Whether a real path leads into /proc, /sys or /dev. */
function isKernelPlace(path: string): boolean {
  return KERNEL_PLACES.some((place) => isWithin(path, place));
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(directoryPrefix(place));
}

/** The root already ends in the slash that every other directory lacks. */
function directoryPrefix(path: string): string {
  return path === "/" ? path : `${path}/`;
}
