import type { Inherited } from "../core/inherited.js";
import { AF_INET, AF_INET6, AF_UNIX } from "../core/linux.generated.js";
import type { AddressText } from "../core/permissions/address-text.js";
import { parseRule, type Rule } from "../core/permissions/rule.js";
import type { SocketAddress } from "../core/sockaddr.js";
import { realPath } from "../runtime/real-path.js";
import type { Listener } from "../runtime/run-guest.js";
import type { RunOptions } from "./command-line.js";
import { EXIT } from "./exit-code.js";
import { UserError } from "./message.js";

/** sd_listen_fds(3): the first descriptor that is passed. */
const LISTEN_FDS_START = 3;

/** What systemd calls a socket without a name. */
const UNNAMED = "unknown";

/** The sockets that the program is started with, in the order of its descriptors from 3 on. */
export function listenersOf(
  { listenFds, listenFd, preopenListen }: Pick<RunOptions, "listenFds" | "listenFd" | "preopenListen">,
  own: Readonly<Record<string, string | undefined>>,
  addresses: AddressText,
): Listener[] {
  const given = [...(listenFds ? passedDescriptors(own) : []), ...listenFd.map(givenDescriptor)];
  const numbers = given.map(({ inherited }) => (inherited.kind === "descriptor" ? inherited.hostFd : -1));
  const twice = numbers.find((number, i) => numbers.indexOf(number) !== i);
  if (twice !== undefined) throw flaw(`the descriptor ${twice} is given twice`, []);
  return [...given, ...preopenListen.map((text) => preopened(text, addresses))];
}

/** The variables that tell the program of them (sd_listen_fds(3)); it has no number that LISTEN_PID could hold. */
export function listenVariables(listeners: readonly Listener[]): Record<string, string> {
  const names = listeners.map(({ name }) => name).join(":");
  return { LISTEN_FDS: String(listeners.length), LISTEN_FDNAMES: names };
}

function passedDescriptors({
  LISTEN_PID,
  LISTEN_FDS,
  LISTEN_FDNAMES = "",
}: Readonly<Record<string, string | undefined>>) {
  if (LISTEN_PID !== String(process.pid) || !/^[1-9]\d{0,4}$/.test(LISTEN_FDS ?? "")) {
    throw flaw("no sockets were passed, as --listen-fds wants", ["LISTEN_PID and LISTEN_FDS are not for this process"]);
  }
  const names = LISTEN_FDNAMES.split(":");
  return Array.from({ length: Number(LISTEN_FDS) }, (_, i) => descriptor(LISTEN_FDS_START + i, names[i] || UNNAMED));
}

/** `N` or `N=NAME` */
function givenDescriptor(text: string): Listener {
  const [, number = "", name = UNNAMED] = /^(\d{1,7})(?:=([^:\s\p{Cc}]{1,255}))?$/u.exec(text) ?? [];
  if (number === "") {
    throw flaw(`bad value '${text}' in --listen-fd`, ["it takes the number of a descriptor"], "--listen-fd 3=NAME");
  }
  if (Number(number) > 2) return descriptor(Number(number), name);
  throw flaw(`bad value '${text}' in --listen-fd`, ["0, 1 and 2 are the program's in any case"]);
}

function descriptor(hostFd: number, name: string): Listener {
  return { name, what: `the descriptor ${hostFd}`, inherited: { kind: "descriptor", hostFd } };
}

/** `tcp:ADDRESS:PORT`, `udp:ADDRESS:PORT` or `unix:PATH`: a rule that stands for one socket. */
function preopened(text: string, addresses: AddressText): Listener {
  const parsed = parseRule(text, addresses, realPath);
  const inherited = "error" in parsed ? null : socketOf(parsed.value);
  if (inherited !== null) return { name: UNNAMED, what: text, inherited };
  const { reason, suggestion } =
    "error" in parsed
      ? parsed.error
      : { reason: "it takes tcp:, udp: or unix:, and one address with a port", suggestion: "tcp:127.0.0.1:8080" };
  throw flaw(`bad value '${text}' in --preopen-listen`, [reason], suggestion && `--preopen-listen ${suggestion}`);
}

function socketOf({ target, ports, transport }: Rule): Inherited | null {
  const address = target.kind.startsWith("unix") ? unixAddress(target) : ipAddress(target, ports);
  if (address === null || (address.family !== AF_UNIX && transport === null)) return null;
  return { kind: "address", datagrams: transport === "udp", address };
}

function unixAddress(target: Rule["target"]): SocketAddress | null {
  const bytes = (name: string): Uint8Array => Uint8Array.from(Buffer.from(name, "latin1"));
  if (target.kind === "unix-path" && !target.below && target.path.length < 108) {
    return { family: AF_UNIX, kind: "pathname", name: bytes(target.path) };
  }
  if (target.kind !== "unix-abstract" || target.isPrefix || target.name.length > 107) return null;
  return { family: AF_UNIX, kind: "abstract", name: bytes(target.name) };
}

function ipAddress(target: Rule["target"], ports: Rule["ports"]): SocketAddress | null {
  if (target.kind !== "network" || ports === null || ports.first !== ports.last) return null;
  const { base, prefix } = target.network;
  if (prefix !== base.length * 8) return null;
  const { first: port } = ports;
  if (base.length === 4) return { family: AF_INET, port, address: base };
  return { family: AF_INET6, port, address: base, flowinfo: 0, scopeId: 0 };
}

function flaw(error: string, facts: readonly string[], hint: string | null = null): UserError {
  return new UserError({ error, facts, hint }, EXIT.usage);
}
